package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
)

// multiplexed sends over a few HTTP/2 connections. A connection that says GOAWAY takes no further request; what was
// sent on it is not sent again (http.ClientConn does not retry, unlike http.Transport).
type multiplexed struct {
	o         *options
	counts    *counts
	transport *http.Transport
	lock      sync.Mutex
	conns     []*http.ClientConn
	hosts     []string
	next      func() string
	turn      int
}

func newMultiplexed(o *options, counts *counts) *multiplexed {
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	m := &multiplexed{o: o, counts: counts, next: o.numbered()}
	m.conns, m.hosts = make([]*http.ClientConn, max(1, o.connections)), make([]string, max(1, o.connections))
	m.transport = &http.Transport{
		Protocols: protocols,
		DialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, _, _ := net.SplitHostPort(address)
			raw, err := (&net.Dialer{}).DialContext(ctx, network, o.https)
			if err != nil {
				return nil, fmt.Errorf("connect: %w", err)
			}
			secure := tls.Client(raw, o.tls(host, "h2"))
			if err := secure.HandshakeContext(ctx); err != nil {
				_ = raw.Close()
				return nil, fmt.Errorf("handshake: %w", err)
			}
			if secure.ConnectionState().NegotiatedProtocol != "h2" {
				_ = raw.Close()
				return nil, errors.New("the server did not choose h2")
			}
			counts.connected("h2", secure.ConnectionState().PeerCertificates[0].SerialNumber.String())
			return secure, nil
		},
	}
	return m
}

// reserve finds a connection with room, opening a new one in the place of one that is going away.
func (m *multiplexed) reserve(ctx context.Context) (*http.ClientConn, string, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.turn = (m.turn + 1) % len(m.conns)
	if c := m.conns[m.turn]; c != nil && c.Err() == nil && c.Reserve() == nil {
		return c, m.hosts[m.turn], nil
	}
	host := m.next()
	c, err := m.transport.NewClientConn(ctx, "https", net.JoinHostPort(host, "443"))
	if err != nil {
		return nil, "", err
	}
	m.conns[m.turn], m.hosts[m.turn] = c, host
	return c, host, c.Reserve()
}

func (m *multiplexed) exchange(r request) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), m.o.timeout)
	defer cancel()
	for {
		c, host, err := m.reserve(ctx)
		if err != nil {
			return answer{}, err
		}
		sent := false
		traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			WroteHeaderField: func(string, []string) { sent = true },
		})
		a, err := m.send(traced, c, host, r)
		// The connection went away between the choice and the first byte: nothing was sent, so another may be chosen.
		if err != nil && !sent && ctx.Err() == nil && strings.Contains(err.Error(), "not usable") {
			continue
		}
		return a, err
	}
}

func (m *multiplexed) send(ctx context.Context, c *http.ClientConn, host string, r request) (answer, error) {
	// The body hides its type, so that nothing could rewind and send it again.
	var body io.Reader
	if r.post {
		body = struct{ io.Reader }{strings.NewReader(r.body())}
	}
	q, err := http.NewRequestWithContext(ctx, r.method(), "https://"+host+m.o.path, body)
	if err != nil {
		return answer{}, err
	}
	q.Header.Set("X-Load-Id", r.id)
	if r.post {
		q.ContentLength = int64(len(r.body()))
	}
	response, err := c.RoundTrip(q)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	return answer{status: response.StatusCode, body: read}, err
}
