// Command backend answers every request with its own body, or with a line where there is none, and opens WebSockets
// (RFC 6455) that send every frame back. It prints the port of 127.0.0.1 that it listens on.
package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{Handler: http.HandlerFunc(echo), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.Serve(listener))
}

func echo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") == "websocket" {
		upgrade(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if len(body) == 0 {
		body = []byte("echo\n")
	}
	_, _ = w.Write(body)
}

func upgrade(w http.ResponseWriter, r *http.Request) {
	connection, both, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	proof := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(both, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: echo\r\n\r\n",
		base64.StdEncoding.EncodeToString(proof[:]))
	for both.Flush() == nil && frame(both) {
	}
	_ = both.Flush()
}

// frame sends one frame back, unmasked; false behind the last.
func frame(both *bufio.ReadWriter) bool {
	var head [14]byte
	if _, err := io.ReadFull(both, head[:2]); err != nil || head[1]&0x80 == 0 {
		return false
	}
	extra := map[byte]int{126: 2, 127: 8}[head[1]&0x7f]
	if _, err := io.ReadFull(both, head[2:6+extra]); err != nil {
		return false
	}
	length := uint64(head[1] & 0x7f)
	switch extra {
	case 2:
		length = uint64(binary.BigEndian.Uint16(head[2:]))
	case 8:
		length = binary.BigEndian.Uint64(head[2:])
	}
	mask := head[2+extra : 6+extra]
	payload := make([]byte, min(length, 1<<24))
	if _, err := io.ReadFull(both, payload); err != nil {
		return false
	}
	for i := range payload {
		payload[i] ^= mask[i%4]
	}
	head[1] &= 0x7f
	_, _ = both.Write(head[:2+extra])
	_, _ = both.Write(payload)
	return head[0]&0x0f != 8
}
