// Command http3 asks a server by HTTP/3, with quic-go, and says how that went; and it is the
// backend behind the proxy that is asked.
//
//	http3 backend                      prints its port and serves until its input ends
//	http3 SCENARIO -server ADDRESS -ca FILE -host NAME
//
// A scenario prints one line, `scenario: N requests, N failed, N connections` and what else it
// found, and why requests failed on stderr.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// A run is what all requests of a scenario have in common.
type run struct {
	host        string
	server      string
	roots       *x509.CertPool
	transport   *http3.Transport
	requests    atomic.Int64
	failed      atomic.Int64
	connections atomic.Int64
	said        sync.Map
}

var scenarios = map[string]func(*run) string{
	"gets":      gets,
	"bodies":    bodies,
	"parallel":  parallel,
	"rebinding": rebinding,
	"moving":    moving,
	"wandering": wandering,
	"hellos":    hellos,
	"steady":    steady,
	"statuses":  statuses,
	"cancelled": cancelled,
	"upgrade":   upgrade,
	"heads":     heads,
	"resets":    resets,
	"slowhead":  slowhead,
	"frames":    frames,
	"download":  download,
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "backend" {
		backend()
		return
	}
	if len(os.Args) < 2 || scenarios[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: http3 backend | http3 SCENARIO -server ADDRESS -ca FILE -host NAME")
		os.Exit(2)
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	server := flags.String("server", "", "host:port")
	ca := flags.String("ca", "", "PEM file of the certificates to trust")
	host := flags.String("host", "", "the name to ask for")
	flags.Parse(os.Args[2:])
	r := &run{host: *host, server: *server, roots: x509.NewCertPool()}
	pem, err := os.ReadFile(*ca)
	if err != nil || !r.roots.AppendCertsFromPEM(pem) {
		fmt.Fprintln(os.Stderr, "no certificates in", *ca)
		os.Exit(2)
	}
	r.transport = r.newTransport(nil, *server)
	more := scenarios[os.Args[1]](r)
	r.transport.Close()
	fmt.Printf("%s: %d requests, %d failed, %d connections%s\n",
		os.Args[1], r.requests.Load(), r.failed.Load(), r.connections.Load(), more)
}

// newTransport makes connections to one address, from one socket where that is given.
func (r *run) newTransport(from *quic.Transport, to string) *http3.Transport {
	return &http3.Transport{
		TLSClientConfig: &tls.Config{RootCAs: r.roots},
		QUICConfig:      &quic.Config{MaxIdleTimeout: 30 * time.Second},
		Dial: func(ctx context.Context, _ string, t *tls.Config, q *quic.Config) (*quic.Conn, error) {
			r.connections.Add(1)
			address, err := net.ResolveUDPAddr("udp", to)
			if err != nil {
				return nil, err
			}
			if from != nil {
				return from.DialEarly(ctx, address, t, q)
			}
			return quic.DialAddrEarly(ctx, to, t, q)
		},
	}
}

// fail counts a request that went wrong, and says why, once for each reason.
func (r *run) fail(err error) {
	r.failed.Add(1)
	if _, known := r.said.LoadOrStore(err.Error(), true); !known {
		fmt.Fprintln(os.Stderr, err)
	}
}

// ask sends a request and reads its answer to the end; a nil body is none.
func (r *run) ask(transport *http3.Transport, method, path string, body io.Reader) (*http.Response, []byte, error) {
	r.requests.Add(1)
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, "https://"+r.host+path, body)
	if err != nil {
		return nil, nil, err
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return response, content, err
}

// expect asks for a path and wants a 200 with that content.
func (r *run) expect(transport *http3.Transport, path, content string) {
	response, got, err := r.ask(transport, "GET", path, nil)
	if err != nil {
		r.fail(err)
	} else if response.StatusCode != 200 || string(got) != content {
		r.fail(fmt.Errorf("%s: %d %.100q", path, response.StatusCode, got))
	}
}

func gets(r *run) string {
	for range 1000 {
		r.expect(r.transport, "/say", "GET /say HTTP/1.1 length=0 chunked=false")
	}
	return ""
}

// bodies sends 10 MB and takes them back, with a length and without, and fetches 10 MB.
func bodies(r *run) string {
	const size = 10_000_000
	for _, known := range []bool{true, false} {
		body := io.Reader(&pattern{left: size})
		if known {
			body = io.NopCloser(body)
		}
		r.requests.Add(1)
		ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
		request, _ := http.NewRequestWithContext(ctx, "POST", "https://"+r.host+"/echo", body)
		request.ContentLength = -1
		if known {
			request.ContentLength = size
		}
		if response, err := r.transport.RoundTrip(request); err != nil {
			r.fail(err)
		} else if err := check(response.Body, size); err != nil {
			r.fail(err)
		}
		cancel()
	}
	r.requests.Add(1)
	request, _ := http.NewRequest("GET", "https://"+r.host+fmt.Sprintf("/bytes?n=%d", size), nil)
	if response, err := r.transport.RoundTrip(request); err != nil {
		r.fail(err)
	} else if err := check(response.Body, size); err != nil {
		r.fail(err)
	}
	return ""
}

// parallel has a hundred requests in flight at once on one connection.
func parallel(r *run) string {
	r.expect(r.transport, "/say", "GET /say HTTP/1.1 length=0 chunked=false")
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			if i%2 == 0 {
				r.expect(r.transport, "/together?n=100", "together")
				return
			}
			response, got, err := r.ask(r.transport, "POST", "/together?n=100", io.LimitReader(&pattern{left: 20_000}, 20_000))
			if err != nil {
				r.fail(err)
			} else if response.StatusCode != 200 || string(got) != "together" {
				r.fail(fmt.Errorf("%d %.100q", response.StatusCode, got))
			}
		})
	}
	all.Wait()
	return ""
}

// rebinding has the client's port change again and again within one connection, as a NAT does it.
func rebinding(r *run) string {
	between := newRelay(r.server, "127.0.0.1")
	transport := r.newTransport(nil, between.address())
	defer transport.Close()
	for range 6 {
		r.expect(transport, "/say", "GET /say HTTP/1.1 length=0 chunked=false")
		between.rebind("127.0.0.1")
	}
	return ""
}

// moving has the client's address change: that connection ends, and the next one serves.
func moving(r *run) string {
	between := newRelay(r.server, "127.0.0.1")
	transport := r.newTransport(nil, between.address())
	defer transport.Close()
	r.expect(transport, "/say", "GET /say HTTP/1.1 length=0 chunked=false")
	between.rebind("127.0.0.2")
	refused := 0
	for range 10 {
		response, _, err := r.ask(transport, "GET", "/say", nil)
		if err == nil && response.StatusCode == 200 && r.connections.Load() > 1 {
			break
		}
		if err == nil {
			r.fail(errors.New("served on a connection that had moved"))
		}
		refused++
	}
	return fmt.Sprintf(", %d refused", refused)
}

// hellos makes a new connection for each request until its input ends.
func hellos(r *run) string {
	over := inputEnds()
	serials := map[string]bool{}
	for !over.Load() {
		transport := r.newTransport(nil, r.server)
		response, _, err := r.ask(transport, "GET", "/say", nil)
		if err != nil {
			r.fail(err)
		} else if response.StatusCode != 200 {
			r.fail(errors.New(response.Status))
		} else {
			serials[response.TLS.PeerCertificates[0].SerialNumber.String()] = true
		}
		transport.Close()
	}
	return fmt.Sprintf(", %d certificates", len(serials))
}

// steady asks on four transports, which keep their connections, until its input ends.
func steady(r *run) string {
	over := inputEnds()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			transport := r.newTransport(nil, r.server)
			defer transport.Close()
			for !over.Load() {
				r.expect(transport, "/say", "GET /say HTTP/1.1 length=0 chunked=false")
			}
		})
	}
	all.Wait()
	return ""
}

// statuses says what one GET and one POST get.
func statuses(r *run) string {
	var all string
	for _, method := range []string{"GET", "POST", "HEAD"} {
		response, content, err := r.ask(r.transport, method, "/say", nil)
		if err != nil {
			r.fail(err)
			continue
		}
		all += fmt.Sprintf(" [%s %d %s length=%d alt-svc=%s]", method, response.StatusCode, response.Proto, len(content), response.Header.Get("Alt-Svc"))
	}
	return all
}

// cancelled takes requests back while they are answered; the connection serves on.
func cancelled(r *run) string {
	for range 50 {
		r.requests.Add(1)
		ctx, cancel := context.WithCancel(context.Background())
		request, _ := http.NewRequestWithContext(ctx, "GET", "https://"+r.host+"/bytes?n=100000000", nil)
		response, err := r.transport.RoundTrip(request)
		if err != nil {
			r.fail(err)
		} else {
			io.CopyN(io.Discard, response.Body, 100_000)
			cancel()
			response.Body.Close()
		}
		cancel()
		r.expect(r.transport, "/say", "GET /say HTTP/1.1 length=0 chunked=false")
	}
	return ""
}

// upgrade asks for a tunnel, which HTTP/3 has none of here.
func upgrade(r *run) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request, _ := http.NewRequestWithContext(ctx, "CONNECT", "https://"+r.host+"/socket", nil)
	request.Proto = "websocket"
	address, _ := net.ResolveUDPAddr("udp", r.server)
	connection, err := quic.DialAddr(ctx, address.String(),
		&tls.Config{RootCAs: r.roots, ServerName: r.host, NextProtos: []string{"h3"}}, &quic.Config{})
	if err != nil {
		r.fail(err)
		return ""
	}
	client := r.transport.NewClientConn(connection)
	select {
	case <-client.ReceivedSettings():
	case <-ctx.Done():
	}
	defer connection.CloseWithError(0x100, "")
	return fmt.Sprintf(", extended connect %v", client.Settings().EnableExtendedConnect)
}

func inputEnds() *atomic.Bool {
	var over atomic.Bool
	go func() {
		io.Copy(io.Discard, os.Stdin)
		over.Store(true)
	}()
	return &over
}
