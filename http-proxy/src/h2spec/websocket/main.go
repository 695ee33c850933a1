// Command websocket opens WebSockets over HTTP/2 (RFC 8441) at each address it is given, `https://127.0.0.1:1` or
// `http://127.0.0.1:2` for prior knowledge, beside ordinary requests on the same connection. It knows nothing of the
// proxy but its address. Exit code 1 where something is not as it must be.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/net/http2"
)

const (
	text   = 1
	binry  = 2
	closes = 8
	large  = 1 << 20
)

func main() {
	log.SetFlags(0)
	for _, address := range os.Args[1:] {
		if err := check(address); err != nil {
			log.Fatalf("websocket: %s: %v", address, err)
		}
		fmt.Printf("websocket, %s: passed\n", strings.SplitN(address, ":", 2)[0])
	}
}

func check(address string) error {
	dials := 0
	transport := &http2.Transport{
		AllowHTTP: true,
		DialTLSContext: func(ctx context.Context, network, at string, _ *tls.Config) (net.Conn, error) {
			dials++
			if strings.HasPrefix(address, "http:") {
				return (&net.Dialer{}).DialContext(ctx, network, at)
			}
			// The certificate is made for this run.
			settings := &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}
			return (&tls.Dialer{Config: settings}).DialContext(ctx, network, at)
		},
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	// The first request brings the settings, without which no WebSocket may be asked for.
	if err := page(ctx, transport, address); err != nil {
		return err
	}
	var open []*socket
	for range 8 {
		made, err := dial(ctx, transport, address)
		if err != nil {
			return err
		}
		open = append(open, made)
	}
	for i, each := range open {
		if err := each.expectEcho(text, fmt.Appendf(nil, "hello %d", i)); err != nil {
			return err
		}
		if err := each.expectEcho(binry, bytes.Repeat([]byte{byte(i), 1, 2, 3}, large/4)); err != nil {
			return err
		}
	}
	if err := page(ctx, transport, address); err != nil {
		return err
	}
	for _, each := range open {
		if err := each.expectEcho(closes, []byte{3, 232}); err != nil {
			return err
		}
		if n, err := each.in.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			return fmt.Errorf("the end: %d bytes, %v", n, err)
		}
		_ = each.out.Close()
	}
	if dials != 1 {
		return fmt.Errorf("%d connections instead of one", dials)
	}
	return nil
}

func page(ctx context.Context, transport http.RoundTripper, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/", nil)
	if err != nil {
		return err
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && (response.StatusCode != http.StatusOK || string(body) != "echo\n") {
		err = fmt.Errorf("a page: %d %q", response.StatusCode, body)
	}
	return err
}

// A WebSocket on a stream.
type socket struct {
	in  io.Reader
	out io.WriteCloser
}

func dial(ctx context.Context, transport http.RoundTripper, address string) (*socket, error) {
	in, out := io.Pipe()
	request, err := http.NewRequestWithContext(ctx, http.MethodConnect, address+"/socket?of=go", in)
	if err != nil {
		return nil, err
	}
	request.Header = http.Header{
		":protocol":              {"websocket"},
		"Sec-Websocket-Version":  {"13"},
		"Sec-Websocket-Protocol": {"echo, other"},
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Sec-WebSocket-Protocol") != "echo" {
		return nil, fmt.Errorf("no WebSocket: %d %v", response.StatusCode, response.Header)
	}
	if response.Header.Get("Sec-WebSocket-Accept") != "" || response.Header.Get("Upgrade") != "" {
		return nil, fmt.Errorf("fields of HTTP/1.1: %v", response.Header)
	}
	return &socket{response.Body, out}, nil
}

// expectEcho sends one masked frame and reads what comes back while it does.
func (s *socket) expectEcho(opcode byte, payload []byte) error {
	sent := make(chan error, 1)
	go func() {
		_, err := s.out.Write(frame(opcode, payload))
		sent <- err
	}()
	var head [10]byte
	if _, err := io.ReadFull(s.in, head[:2]); err != nil {
		return err
	}
	length := uint64(head[1])
	if length == 127 {
		if _, err := io.ReadFull(s.in, head[2:10]); err != nil {
			return err
		}
		length = binary.BigEndian.Uint64(head[2:])
	}
	if head[0] != 0x80|opcode || length != uint64(len(payload)) {
		return fmt.Errorf("a frame of type %x with %d bytes instead of %x with %d", head[0], length, opcode, len(payload))
	}
	back := make([]byte, length)
	if _, err := io.ReadFull(s.in, back); err != nil {
		return err
	}
	if !bytes.Equal(back, payload) {
		return errors.New("an echo of something else")
	}
	return <-sent
}

// frame has a short length or one of eight bytes.
func frame(opcode byte, payload []byte) []byte {
	mask := []byte{1, 2, 3, 4}
	out := []byte{0x80 | opcode}
	if len(payload) < 126 {
		out = append(out, 0x80|byte(len(payload)))
	} else {
		out = binary.BigEndian.AppendUint64(append(out, 0x80|127), uint64(len(payload)))
	}
	out = append(out, mask...)
	for i, b := range payload {
		out = append(out, b^mask[i%4])
	}
	return out
}
