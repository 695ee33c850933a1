// Command load is the bench's client for what wrk and h2load cannot do: a whole or a resumed TLS handshake for each
// request, and plain requests at a fixed rate over kept connections. Its last line says how many requests were answered and how
// many failed, as h2load's does.
//
//	load -handshakes resumed -connections 64 -seconds 6 https://localhost:8443/b100
//	load -rate 5000 -connections 64 -seconds 6 http://localhost:8080/b100
package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

type counts struct{ succeeded, failed atomic.Int64 }

func (c *counts) add(err error) {
	if err == nil {
		c.succeeded.Add(1)
	} else if c.failed.Add(1) == 1 {
		fmt.Fprintln(os.Stderr, "first failure:", err)
	}
}

func main() {
	handshakes := flag.String("handshakes", "", "full or resumed: a TLS connection for each request")
	rate := flag.Float64("rate", 0, "requests per second over kept connections, all together")
	connections := flag.Int("connections", 64, "connections at a time")
	seconds := flag.Int("seconds", 6, "how long")
	flag.Parse()
	target, err := url.Parse(flag.Arg(0))
	if err != nil || target.Host == "" || (*handshakes == "full" || *handshakes == "resumed") == (*rate > 0) {
		fmt.Fprintln(os.Stderr, "usage: load -handshakes full|resumed|-rate N [-connections N] [-seconds N] URL")
		os.Exit(2)
	}
	var total counts
	var running sync.WaitGroup
	end := time.Now().Add(time.Duration(*seconds) * time.Second)
	for i := range *connections {
		running.Go(func() {
			if *rate == 0 {
				handshake(target, *handshakes == "resumed", end, &total)
			} else {
				paced(target, i, *connections, *rate, end, &total)
			}
		})
	}
	running.Wait()
	fmt.Printf("%d succeeded, %d failed\n", total.succeeded.Load(), total.failed.Load())
}

// handshake opens a connection for each request; resumed with the ticket that the last one brought, or whole.
func handshake(target *url.URL, resumed bool, end time.Time, total *counts) {
	config := &tls.Config{
		InsecureSkipVerify: true, // the rivals' certificate is self-made
		ServerName:         target.Hostname(),
		NextProtos:         []string{"http/1.1"},
		// A group that all of them have: a hybrid one would be charged to the only one that offers it.
		CurvePreferences: []tls.CurveID{tls.X25519},
	}
	if resumed {
		config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	}
	for first := true; time.Now().Before(end); first = false {
		total.add(func() error {
			c, err := tls.Dial("tcp", target.Host, config)
			if err != nil {
				return err
			}
			defer c.Close()
			if err := exchange(c, bufio.NewReader(c), target, "close"); err != nil {
				return err
			}
			if !first && c.ConnectionState().DidResume != resumed {
				return errors.New("not the kind of handshake that was asked for")
			}
			return nil
		}())
	}
}

// paced sends on time over one connection, each connection its share, evenly spread.
func paced(target *url.URL, index, of int, rate float64, end time.Time, total *counts) {
	c, err := net.Dial("tcp", target.Host)
	if err != nil {
		total.add(err)
		return
	}
	defer c.Close()
	in := bufio.NewReader(c)
	interval := time.Duration(float64(time.Second) * float64(of) / rate)
	for next := time.Now().Add(interval * time.Duration(index) / time.Duration(of)); next.Before(end); next = next.Add(interval) {
		time.Sleep(time.Until(next))
		err := exchange(c, in, target, "keep-alive")
		total.add(err)
		if err != nil {
			return
		}
	}
}

func exchange(c net.Conn, in *bufio.Reader, target *url.URL, connection string) error {
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: %s\r\n\r\n", target.Path, target.Host, connection); err != nil {
		return err
	}
	answer, err := http.ReadResponse(in, nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", answer.StatusCode)
	}
	return nil
}
