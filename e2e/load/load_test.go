package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

type connKey struct{}

// dropping is a server that takes every request and then closes its connection without an answer.
func dropping(t *testing.T, seen *atomic.Int64) *httptest.Server {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		_ = r.Context().Value(connKey{}).(net.Conn).Close()
		panic(http.ErrAbortHandler)
	}))
	server.EnableHTTP2 = true
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, c)
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestARequestWithoutAnAnswerFailsAndIsNotSentAgain(t *testing.T) {
	for _, kind := range []string{"h1s", "tls", "h2"} {
		t.Run(kind, func(t *testing.T) {
			var seen atomic.Int64
			server := dropping(t, &seen)
			o := &options{
				https: server.Listener.Addr().String(), host: "a.test", path: "/", hosts: 1, connections: 2,
				timeout: 2 * time.Second,
			}
			c := newClient(kind, o, newCounts())
			for n := range 10 {
				if _, err := c.exchange(request{id: "x", post: n%2 == 1}); err == nil {
					t.Errorf("request %d succeeded without an answer", n)
				}
			}
			if seen.Load() != 10 {
				t.Errorf("10 requests reached the server %d times", seen.Load())
			}
		})
	}
}

func TestOnlyTheAnswerToTheVeryRequestCounts(t *testing.T) {
	right := `{"pod":"p","version":"v","method":"GET","headers":{"x-load-id":"7"},"body":""}`
	for body, good := range map[string]bool{
		right: true,
		`{"method":"GET","headers":{"x-load-id":"8"},"body":""}`:  false,
		`{"method":"POST","headers":{"x-load-id":"7"},"body":""}`: false,
		`<html>`: false,
	} {
		a := answer{status: 200, body: []byte(body)}
		if err := a.check(request{id: "7"}); (err == nil) != good {
			t.Errorf("%s: %v", body, err)
		}
	}
	a := answer{status: 502, body: []byte(right)}
	if a.check(request{id: "7"}) == nil {
		t.Error("status 502 counted as success")
	}
}
