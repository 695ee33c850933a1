// Command echo is the backend of the cluster tests: it answers every HTTP/1.1 request with a JSON
// description of what arrived, and echoes the messages of a WebSocket.
//
// Environment: PORT (8080), POD_NAME, VERSION. Query parameters of a request: sleep=50ms delays the answer,
// status=503 sets its status. On SIGTERM it ends what is in flight and leaves.
package main

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type answer struct {
	Pod     string            `json:"pod"`
	Version string            `json:"version"`
	Method  string            `json:"method"`
	Host    string            `json:"host"`
	Path    string            `json:"path"`
	Query   string            `json:"query"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

func main() {
	server := &http.Server{
		Addr:              ":" + environment("PORT", "8080"),
		Handler:           http.HandlerFunc(serve),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       5 * time.Minute,
	}
	ended := make(chan struct{})
	go func() {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
		<-signals
		limit, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := server.Shutdown(limit); err != nil {
			log.Printf("shutdown: %v", err)
		}
		close(ended)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	<-ended
}

func serve(w http.ResponseWriter, r *http.Request) {
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		webSocket(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	query := r.URL.Query()
	if pause, err := time.ParseDuration(query.Get("sleep")); err == nil {
		time.Sleep(pause)
	}
	headers := map[string]string{}
	for name, values := range r.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	w.Header().Set("Content-Type", "application/json")
	if status, err := strconv.Atoi(query.Get("status")); err == nil {
		w.WriteHeader(status)
	}
	_ = json.NewEncoder(w).Encode(answer{
		Pod: environment("POD_NAME", "none"), Version: environment("VERSION", "none"), Method: r.Method,
		Host: r.Host, Path: r.URL.Path, Query: r.URL.RawQuery, Headers: headers, Body: string(body),
	})
}

func environment(name, otherwise string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return otherwise
}

// webSocket speaks RFC 6455 as far as an echo needs it: whole frames, up to 64 KiB.
func webSocket(w http.ResponseWriter, r *http.Request) {
	conn, buffer, err := w.(http.Hijacker).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer func() { _ = conn.Close() }()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, _ = buffer.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n")
	for buffer.Flush() == nil {
		operation, payload, err := readFrame(buffer.Reader)
		if err != nil {
			return
		}
		if operation == 9 { // ping is answered by pong
			operation = 10
		}
		writeFrame(buffer.Writer, operation, payload)
		if operation == 8 { // close is answered and ends it
			_ = buffer.Flush()
			return
		}
	}
}

func readFrame(in *bufio.Reader) (operation byte, payload []byte, err error) {
	var head [8]byte
	if _, err = io.ReadFull(in, head[:2]); err != nil {
		return
	}
	operation = head[0] & 15
	masked, size := head[1]&128 != 0, int(head[1]&127)
	if size == 126 {
		if _, err = io.ReadFull(in, head[:2]); err != nil {
			return
		}
		size = int(binary.BigEndian.Uint16(head[:2]))
	} else if size == 127 {
		return operation, nil, errors.New("frame too long")
	}
	var mask [4]byte
	if masked {
		if _, err = io.ReadFull(in, mask[:]); err != nil {
			return
		}
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(in, payload)
	for i := range payload {
		payload[i] ^= mask[i&3]
	}
	return
}

func writeFrame(out *bufio.Writer, operation byte, payload []byte) {
	_ = out.WriteByte(128 | operation)
	if len(payload) < 126 {
		_ = out.WriteByte(byte(len(payload)))
	} else {
		_ = out.WriteByte(126)
		_ = binary.Write(out, binary.BigEndian, uint16(len(payload)))
	}
	_, _ = out.Write(payload)
}
