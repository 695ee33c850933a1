package main

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

type kindCounts struct {
	Get         int   `json:"get"`
	Post        int   `json:"post"`
	Failed      int   `json:"failed"`
	Connections int   `json:"connections"`
	SlowestMs   int64 `json:"slowestMs"`
}

type webSocketCounts struct {
	Opened   int `json:"opened"`
	Cut      int `json:"cut"`
	Messages int `json:"messages"`
}

type summary struct {
	Done       bool                   `json:"done"`
	Seconds    float64                `json:"seconds"`
	Sent       int                    `json:"sent"`
	Failed     int                    `json:"failed"`
	Mixed      int                    `json:"mixed"`
	Kinds      map[string]*kindCounts `json:"kinds"`
	Serials    map[string]int         `json:"serials"`
	Pods       map[string]int         `json:"pods"`
	Versions   map[string]int         `json:"versions"`
	WebSockets webSocketCounts        `json:"webSockets"`
	Failures   []string               `json:"failures"`
}

const failuresKept = 50

type counts struct {
	lock  sync.Mutex
	began time.Time
	now   summary
}

func newCounts() *counts {
	return &counts{began: time.Now(), now: summary{
		Kinds: map[string]*kindCounts{}, Serials: map[string]int{}, Pods: map[string]int{}, Versions: map[string]int{},
		Failures: []string{},
	}}
}

func (c *counts) kind(name string) *kindCounts {
	k := c.now.Kinds[name]
	if k == nil {
		k = &kindCounts{}
		c.now.Kinds[name] = k
	}
	return k
}

func (c *counts) exchanged(kind string, r request, a answer, err error, sent time.Time) {
	c.lock.Lock()
	defer c.lock.Unlock()
	k := c.kind(kind)
	k.SlowestMs = max(k.SlowestMs, time.Since(sent).Milliseconds())
	c.now.Sent++
	if r.post {
		k.Post++
	} else {
		k.Get++
	}
	if err == nil {
		c.now.Pods[a.parsed.Pod]++
		c.now.Versions[a.parsed.Version]++
		return
	}
	k.Failed++
	c.now.Failed++
	if errors.Is(err, errMixed) {
		c.now.Mixed++
	}
	c.fail(fmt.Sprintf("%s %s after %d ms: %v", r.method(), r.id, time.Since(sent).Milliseconds(), err))
}

func (c *counts) fail(text string) {
	text = time.Now().UTC().Format("15:04:05.000 ") + text
	if len(c.now.Failures) < failuresKept { // more would drown everything else
		fmt.Fprintln(os.Stderr, text)
		c.now.Failures = append(c.now.Failures, text)
	}
}

// connected counts a connection; serial is that of the server's certificate, empty without TLS.
func (c *counts) connected(kind, serial string) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.kind(kind).Connections++
	if serial != "" {
		c.now.Serials[serial]++
	}
}

func (c *counts) webSocket(change func(*webSocketCounts)) {
	c.lock.Lock()
	defer c.lock.Unlock()
	change(&c.now.WebSockets)
}

func (c *counts) webSocketCut(n int, err error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.now.WebSockets.Cut++
	c.fail(fmt.Sprintf("WebSocket %d cut: %v", n, err))
}

func (c *counts) snapshot(done bool) summary {
	c.lock.Lock()
	defer c.lock.Unlock()
	s := c.now
	s.Done, s.Seconds = done, time.Since(c.began).Seconds()
	// Maps are shared with later counting: give the encoder copies.
	s.Kinds = map[string]*kindCounts{}
	for name, k := range c.now.Kinds {
		copied := *k
		s.Kinds[name] = &copied
	}
	s.Serials, s.Pods, s.Versions = copyOf(c.now.Serials), copyOf(c.now.Pods), copyOf(c.now.Versions)
	return s
}

func copyOf(m map[string]int) map[string]int {
	copied := make(map[string]int, len(m))
	for k, v := range m {
		copied[k] = v
	}
	return copied
}
