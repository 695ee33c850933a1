package main

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// webSocket holds one WebSocket open and expects each message back. An end before stop is a cut.
func webSocket(n int, o *options, counts *counts, stop chan struct{}) {
	conn, in, err := openWebSocket(o, counts)
	if err != nil {
		counts.webSocketCut(n, fmt.Errorf("not opened: %w", err))
		return
	}
	defer func() { _ = conn.Close() }()
	counts.webSocket(func(c *webSocketCounts) { c.Opened++ })
	ticks := time.NewTicker(200 * time.Millisecond)
	defer ticks.Stop()
	for i := 0; ; i++ {
		message := fmt.Sprintf("message %d of %d", i, n)
		_ = conn.SetDeadline(time.Now().Add(o.timeout))
		if err := roundTrip(conn, in, message); err != nil {
			counts.webSocketCut(n, err)
			return
		}
		counts.webSocket(func(c *webSocketCounts) { c.Messages++ })
		select {
		case <-stop:
			return
		case <-ticks.C:
		}
	}
}

func openWebSocket(o *options, counts *counts) (net.Conn, *bufio.Reader, error) {
	host := o.numbered()()
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: o.timeout}, "tcp", o.https, o.tls(host, "http/1.1"))
	if err != nil {
		return nil, nil, err
	}
	counts.connected("websocket", "")
	_ = conn.SetDeadline(time.Now().Add(o.timeout))
	in := reader(conn)
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", o.path, host)
	if err == nil {
		var response *http.Response
		response, err = http.ReadResponse(in, nil)
		if err == nil && response.StatusCode != http.StatusSwitchingProtocols {
			err = fmt.Errorf("status %d", response.StatusCode)
		} else if err == nil && response.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
			err = errors.New("wrong Sec-WebSocket-Accept")
		}
	}
	if err != nil {
		_ = conn.Close()
		return nil, nil, err
	}
	return conn, in, nil
}

func roundTrip(conn net.Conn, in *bufio.Reader, message string) error {
	// RFC 6455 5.1: a client masks. A mask of zeros leaves the payload as it is.
	frame := append([]byte{0x81, 0x80 | byte(len(message)), 0, 0, 0, 0}, message...)
	if _, err := conn.Write(frame); err != nil {
		return err
	}
	var head [2]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return err
	}
	size := int(head[1] & 127)
	if size == 126 {
		var long [2]byte
		if _, err := io.ReadFull(in, long[:]); err != nil {
			return err
		}
		size = int(binary.BigEndian.Uint16(long[:]))
	}
	payload := make([]byte, size)
	if _, err := io.ReadFull(in, payload); err != nil {
		return err
	}
	if head[0] == 0x88 && size >= 2 {
		return fmt.Errorf("closed with code %d", binary.BigEndian.Uint16(payload))
	}
	if head[0] != 0x81 || string(payload) != message {
		return fmt.Errorf("another message: %x %q", head, payload)
	}
	return nil
}
