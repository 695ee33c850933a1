// Command load sends requests at a constant rate and never sends one twice. Its clients behave like ordinary ones
// (a connection that the server has closed is not used again), but a request that was sent and not answered with
// 200 and its own identity is a failure, and so is a connection that cannot be made.
//
// It runs until its standard input ends, waits for what is in flight, and prints its counts as one line of JSON per
// second on standard output, the last one with "done":true. Failures are printed on standard error as they happen.
package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

type options struct {
	http, https, host, plainHost, path string
	hosts, connections                 int
	timeout                            time.Duration
}

// client sends one request and returns the answer; kinds differ in how they use connections.
type client interface {
	exchange(request) (answer, error)
}

func main() {
	var o options
	var kinds string
	var rate float64
	var webSockets int
	flag.StringVar(&o.http, "http", "", "address of the HTTP port, host:port")
	flag.StringVar(&o.https, "https", "", "address of the HTTPS port, host:port")
	flag.StringVar(&o.host, "host", "", "host of the requests over TLS; %d in it is replaced by a number below -hosts")
	flag.StringVar(&o.plainHost, "plain-host", "", "host of the requests of kind h1 (without TLS)")
	flag.StringVar(&o.path, "path", "/", "path of the requests")
	flag.StringVar(&kinds, "kinds", "h1,h1s,tls,h2", "h1: keep-alive; h1s: keep-alive over TLS; tls: a TLS connection each; h2")
	flag.IntVar(&o.hosts, "hosts", 1, "number of hosts")
	flag.IntVar(&o.connections, "connections", 4, "connections kept per kind")
	flag.Float64Var(&rate, "rate", 200, "requests per second, all kinds together")
	flag.IntVar(&webSockets, "websockets", 0, "WebSockets to hold open, each with a message every 200 ms")
	flag.DurationVar(&o.timeout, "timeout", 10*time.Second, "a request without an answer for so long has failed")
	flag.Parse()

	counts := newCounts()
	stop := make(chan struct{})
	var running sync.WaitGroup
	names := strings.Split(kinds, ",")
	for i := range names {
		c := newClient(names[i], &o, counts)
		running.Go(func() { pace(names[i], c, rate/float64(len(names)), counts, stop) })
	}
	for i := range webSockets {
		running.Go(func() { webSocket(i, &o, counts, stop) })
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(stop)
	}()
	ticks := time.NewTicker(time.Second)
	out := json.NewEncoder(os.Stdout)
	for open := true; open; {
		select {
		case <-ticks.C:
			_ = out.Encode(counts.snapshot(false))
		case <-stop:
			open = false
		}
	}
	running.Wait()
	_ = out.Encode(counts.snapshot(true))
}

// pace sends open-loop: the next request goes out on time even if the last one is still unanswered.
func pace(kind string, c client, rate float64, counts *counts, stop chan struct{}) {
	var flying sync.WaitGroup
	defer flying.Wait()
	interval := time.Duration(float64(time.Second) / rate)
	begin := time.Now()
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-time.After(time.Until(begin.Add(time.Duration(n) * interval))):
		}
		flying.Go(func() {
			r := request{id: fmt.Sprintf("%s-%d-%d", kind, os.Getpid(), n), post: n%2 == 1}
			sent := time.Now()
			a, err := c.exchange(r)
			if err == nil {
				err = a.check(r)
			}
			counts.exchanged(kind, r, a, err, sent)
		})
	}
}

func newClient(kind string, o *options, counts *counts) client {
	switch kind {
	case "h1":
		return newPool(o.connections, o.timeout, func() (*connection, error) {
			return dial(kind, o.http, nil, o.plainHost, o, counts)
		})
	case "h1s":
		next := o.numbered()
		return newPool(o.connections, o.timeout, func() (*connection, error) {
			host := next()
			return dial(kind, o.https, o.tls(host, "http/1.1"), host, o, counts)
		})
	case "tls":
		next := o.numbered()
		return &single{o.timeout, func() (*connection, error) {
			host := next()
			return dial(kind, o.https, o.tls(host, "http/1.1"), host, o, counts)
		}}
	case "h2":
		return newMultiplexed(o, counts)
	}
	fmt.Fprintln(os.Stderr, "unknown kind", kind)
	os.Exit(2)
	return nil
}

// numbered gives the next host at each call, from several goroutines.
func (o *options) numbered() func() string {
	var lock sync.Mutex
	n := -1
	return func() string {
		lock.Lock()
		defer lock.Unlock()
		n = (n + 1) % o.hosts
		return strings.ReplaceAll(o.host, "%d", fmt.Sprint(n))
	}
}

// tls trusts any certificate: which one is served is counted by its serial number, and judged by the test.
func (o *options) tls(host, protocol string) *tls.Config {
	return &tls.Config{ServerName: host, NextProtos: []string{protocol}, InsecureSkipVerify: true}
}

func reader(r io.Reader) *bufio.Reader { return bufio.NewReaderSize(r, 16<<10) }
