package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
)

// backend serves plain HTTP/1.1: /say tells what came, /echo sends the body back, /bytes?n=N sends
// so many, /together?n=N answers when so many requests are there at once.
func backend() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	var meeting meeting
	http.HandleFunc("/say", func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprintf(w, "%s %s %s length=%d chunked=%v", r.Method, r.URL.Path, r.Proto, n, len(r.TransferEncoding) > 0)
	})
	http.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).EnableFullDuplex()
		io.Copy(w, r.Body)
	})
	http.HandleFunc("/bytes", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		w.Header().Set("Content-Length", strconv.Itoa(n))
		io.Copy(w, &pattern{left: n})
	})
	http.HandleFunc("/together", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		meeting.wait(n)
		io.WriteString(w, "together")
	})
	go http.Serve(listener, nil)
	io.Copy(io.Discard, os.Stdin)
}

// A meeting begins when enough have come.
type meeting struct {
	mutex sync.Mutex
	here  int
	begun chan bool
}

func (m *meeting) wait(n int) {
	m.mutex.Lock()
	if m.begun == nil {
		m.begun = make(chan bool)
	}
	begun := m.begun
	if m.here++; m.here == n {
		close(begun)
		m.here, m.begun = 0, nil
	}
	m.mutex.Unlock()
	<-begun
}

// A pattern is bytes that can be known again.
type pattern struct {
	left int
	next byte
}

func (p *pattern) Read(to []byte) (int, error) {
	if p.left == 0 {
		return 0, io.EOF
	}
	n := min(len(to), p.left)
	for i := range n {
		to[i] = p.next
		p.next = p.next*5 + 3
	}
	p.left -= n
	return n, nil
}

// check reads a pattern to its end.
func check(from io.ReadCloser, size int) error {
	defer from.Close()
	var expected pattern
	expected.left = size
	got, want := make([]byte, 32768), make([]byte, 32768)
	seen := 0
	for {
		n, err := from.Read(got)
		if n > 0 {
			if _, e := io.ReadFull(&expected, want[:n]); e != nil || string(got[:n]) != string(want[:n]) {
				return fmt.Errorf("another byte than was sent, after %d", seen)
			}
			seen += n
		}
		if err == io.EOF {
			if seen != size {
				return fmt.Errorf("%d bytes of %d", seen, size)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("after %d bytes: %w", seen, err)
		}
	}
}
