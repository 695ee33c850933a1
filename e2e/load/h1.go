package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// idleLimit is when a client gives up an unused connection, as browsers and SDKs do before the server would.
const idleLimit = 10 * time.Second

var errClosed = errors.New("connection closed by the server before the answer")

// connection is one HTTP/1.1 connection. A goroutine of its own reads it, so that a close is seen while it is idle.
type connection struct {
	net     net.Conn
	host    string
	path    string
	answers chan result
	closed  chan struct{}
	idle    time.Time
	last    bool // the server said that it closes after this answer
}

type result struct {
	answer answer
	err    error
}

func dial(kind, address string, config *tls.Config, host string, o *options, counts *counts) (*connection, error) {
	raw, err := net.DialTimeout("tcp", address, o.timeout)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	serial := ""
	if config != nil {
		_ = raw.SetDeadline(time.Now().Add(o.timeout))
		secure := tls.Client(raw, config)
		if err := secure.Handshake(); err != nil {
			_ = raw.Close()
			return nil, fmt.Errorf("handshake: %w", err)
		}
		_ = raw.SetDeadline(time.Time{})
		serial = secure.ConnectionState().PeerCertificates[0].SerialNumber.String()
		raw = secure
	}
	counts.connected(kind, serial)
	c := &connection{net: raw, host: host, path: o.path, answers: make(chan result, 1), closed: make(chan struct{})}
	go c.read()
	return c, nil
}

func (c *connection) read() {
	in := reader(c.net)
	for {
		if _, err := in.Peek(1); err != nil {
			break
		}
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			c.answers <- result{err: err}
			break
		}
		body, err := io.ReadAll(response.Body)
		c.last = response.Close
		c.answers <- result{answer{status: response.StatusCode, body: body}, err}
		if err != nil || response.Close {
			break
		}
	}
	close(c.closed)
}

func (c *connection) exchange(r request, timeout time.Duration) (answer, error) {
	body := r.body()
	head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nX-Load-Id: %s\r\n", r.method(), c.path, c.host, r.id)
	if r.post {
		head += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	_ = c.net.SetWriteDeadline(time.Now().Add(timeout))
	if _, err := io.WriteString(c.net, head+"\r\n"+body); err != nil {
		return answer{}, fmt.Errorf("send: %w", err)
	}
	late := time.NewTimer(timeout)
	defer late.Stop()
	select {
	case got := <-c.answers:
		return got.answer, got.err
	case <-late.C:
		return answer{}, errors.New("no answer in time")
	case <-c.closed:
	}
	select { // the answer may have come together with the close
	case got := <-c.answers:
		return got.answer, got.err
	default:
		return answer{}, errClosed
	}
}

func (c *connection) usable() bool {
	select {
	case <-c.closed:
		return false
	default:
		return !c.last && time.Since(c.idle) < idleLimit
	}
}

// pool keeps connections alive and takes the one that has rested longest, so that each is in use all the time.
type pool struct {
	lock    sync.Mutex
	idle    []*connection
	timeout time.Duration
	open    func() (*connection, error)
}

func newPool(size int, timeout time.Duration, open func() (*connection, error)) *pool {
	p := &pool{timeout: timeout, open: open}
	for range size {
		if c, err := open(); err == nil {
			p.give(c)
		}
	}
	return p
}

func (p *pool) give(c *connection) {
	c.idle = time.Now()
	p.lock.Lock()
	p.idle = append(p.idle, c)
	p.lock.Unlock()
}

func (p *pool) take() *connection {
	p.lock.Lock()
	defer p.lock.Unlock()
	for len(p.idle) > 0 {
		c := p.idle[0]
		p.idle = p.idle[1:]
		if c.usable() {
			return c
		}
		_ = c.net.Close()
	}
	return nil
}

func (p *pool) exchange(r request) (answer, error) {
	c := p.take()
	if c == nil {
		var err error
		if c, err = p.open(); err != nil {
			return answer{}, err
		}
	}
	a, err := c.exchange(r, p.timeout)
	if err != nil || c.last {
		_ = c.net.Close()
	} else {
		p.give(c)
	}
	return a, err
}

// single opens a connection for every request.
type single struct {
	timeout time.Duration
	open    func() (*connection, error)
}

func (s *single) exchange(r request) (answer, error) {
	c, err := s.open()
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = c.net.Close() }()
	return c.exchange(r, s.timeout)
}
