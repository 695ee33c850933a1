package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quic-go/quic-go/http3"
)

const (
	wanderers = 8
	changes   = 6
	wandered  = 6_000_000
)

// wandering has the client's port change in the middle of responses and of uploads, each on a
// connection of its own.
func wandering(r *run) string {
	var all sync.WaitGroup
	var changed atomic.Int64
	for i := range wanderers {
		all.Go(func() {
			between := newRelay(r.server, "127.0.0.1")
			transport := r.newTransport(nil, between.address())
			// A client that only listens cannot be found at its new port: nobody tells the server.
			transport.QUICConfig.KeepAlivePeriod = 100 * time.Millisecond
			defer transport.Close()
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			// The port changes while bytes flow, so not where it is waited for.
			body := &steps{every: wandered / (2*changes + 1), left: 2 * changes}
			body.step = func() {
				if body.left%2 == 1 {
					between.settle(ctx)
				} else {
					between.rebind("127.0.0.1")
					changed.Add(1)
				}
			}
			r.requests.Add(1)
			transfer := fetch
			if i%2 == 0 {
				transfer = send
			}
			if err := transfer(ctx, r, transport, body); err != nil {
				r.fail(err)
			}
		})
	}
	all.Wait()
	return fmt.Sprintf(", %d changes", changed.Load())
}

// fetch reads a response by steps.
func fetch(ctx context.Context, r *run, transport *http3.Transport, body *steps) error {
	request, _ := http.NewRequestWithContext(ctx, "GET", "https://"+r.host+fmt.Sprintf("/bytes?n=%d", wandered), nil)
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	body.from = response.Body
	return check(io.NopCloser(body), wandered)
}

// send sends a body by steps.
func send(ctx context.Context, r *run, transport *http3.Transport, body *steps) error {
	body.from = &pattern{left: wandered}
	request, _ := http.NewRequestWithContext(ctx, "POST", "https://"+r.host+"/say", io.NopCloser(body))
	request.ContentLength = wandered
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(response.Body)
	if want := fmt.Sprintf("POST /say HTTP/1.1 length=%d chunked=false", wandered); err == nil && string(got) != want {
		return fmt.Errorf("%d %.100q", response.StatusCode, got)
	}
	return err
}

// steps does something each time that so many bytes more were read.
type steps struct {
	from  io.Reader
	every int
	seen  int
	left  int
	step  func()
}

func (s *steps) Read(to []byte) (int, error) {
	n, err := s.from.Read(to[:min(len(to), s.every-s.seen)])
	s.seen += n
	if s.seen == s.every {
		s.seen = 0
		if s.left > 0 {
			s.left--
			s.step()
		}
	}
	return n, err
}
