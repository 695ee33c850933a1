package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// ending is the code that a connection or a stream ended with, or what else went wrong.
func ending(err error) string {
	var application *quic.ApplicationError
	var stream *quic.StreamError
	var h3 *http3.Error
	switch {
	case errors.As(err, &application):
		return fmt.Sprintf("connection %#x", uint64(application.ErrorCode))
	case errors.As(err, &stream):
		return fmt.Sprintf("stream %#x", uint64(stream.ErrorCode))
	case errors.As(err, &h3):
		return fmt.Sprintf("h3 %#x", uint64(h3.ErrorCode))
	case err == nil:
		return "none"
	}
	return err.Error()
}

// raw makes a connection whose streams are written byte by byte.
func (r *run) raw() *quic.Conn {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	connection, err := quic.DialAddr(ctx, r.server,
		&tls.Config{RootCAs: r.roots, ServerName: r.host, NextProtos: []string{"h3"}},
		&quic.Config{MaxIdleTimeout: 30 * time.Second})
	if err != nil {
		r.fail(err)
		return nil
	}
	control, err := connection.OpenUniStream()
	if err == nil {
		_, err = control.Write([]byte{0, 4, 0})
	}
	if err != nil {
		r.fail(err)
	}
	return connection
}

// heads asks with more and more fields.
func heads(r *run) string {
	var all string
	for _, size := range []int{20_000, 40_000, 80_000} {
		r.requests.Add(1)
		request, _ := http.NewRequest("GET", "https://"+r.host+"/say", nil)
		for i := range size / 5_000 {
			request.Header.Set(fmt.Sprintf("x-%d", i), strings.Repeat("v", 5_000))
		}
		response, err := r.transport.RoundTrip(request)
		if err != nil {
			all += " [" + ending(err) + "]"
			continue
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		all += fmt.Sprintf(" [%d]", response.StatusCode)
	}
	return all
}

// allowedResets are fewer than Lintel minds. Behind them each has its time to be minded: else the count would tell how
// busy the machine is.
const allowedResets = 190

// resets takes requests back as soon as they are sent, until somebody minds.
func resets(r *run) string {
	connection := r.raw()
	// A GET of /together, for which nobody else comes: static :method GET, :scheme https.
	head := []byte{0, 0, 0xd1, 0xd7}
	head = append(head, 0x50, byte(len(r.host)))
	head = append(head, r.host...)
	path := "/together?n=1000"
	head = append(head, 0x51, byte(len(path)))
	head = append(head, path...)
	frame := append([]byte{1, byte(len(head))}, head...)
	taken := 0
	for ; taken < 1000; taken++ {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		stream, err := connection.OpenStreamSync(ctx)
		cancel()
		if err != nil {
			return fmt.Sprintf(", %d taken back, %s", taken, ending(err))
		}
		stream.Write(frame)
		time.Sleep(2 * time.Millisecond)
		stream.CancelWrite(0x10c)
		stream.CancelRead(0x10c)
		if taken > allowedResets {
			select {
			case <-connection.Context().Done():
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
	return fmt.Sprintf(", %d taken back, none", taken)
}

// slowhead begins a list of fields and does not end it.
func slowhead(r *run) string {
	connection := r.raw()
	begin := time.Now()
	stream, err := connection.OpenStream()
	if err != nil {
		r.fail(err)
		return ""
	}
	stream.Write([]byte{1, 40, 0, 0})
	stream.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, err = stream.Read(make([]byte, 1))
	return fmt.Sprintf(", %s after %d s", ending(err), int(time.Since(begin).Seconds()+0.5))
}

// frames sends frames that mean nothing, until somebody minds.
func frames(r *run) string {
	connection := r.raw()
	stream, err := connection.OpenStream()
	if err != nil {
		r.fail(err)
		return ""
	}
	// Type 0x40 is reserved to mean nothing. All at once: one by one they may take longer than a head may.
	if _, err := stream.Write(bytes.Repeat([]byte{0x40, 0x40, 0}, 5000)); err != nil {
		return ", " + ending(err)
	}
	stream.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, err = stream.Read(make([]byte, 1))
	return ", " + ending(err)
}

// download fetches slowly, and says when it has begun.
func download(r *run) string {
	r.requests.Add(1)
	request, _ := http.NewRequest("GET", "https://"+r.host+"/bytes?n=3000000", nil)
	response, err := r.transport.RoundTrip(request)
	if err != nil {
		r.fail(err)
		return ""
	}
	fmt.Println("begun")
	if err := check(io.NopCloser(&slow{response.Body}), 3_000_000); err != nil {
		r.fail(err)
	}
	return ""
}

// A slow reader takes three seconds for three megabytes.
type slow struct{ from io.Reader }

func (s *slow) Read(to []byte) (int, error) {
	time.Sleep(10 * time.Millisecond)
	return s.from.Read(to[:min(len(to), 10_000)])
}
