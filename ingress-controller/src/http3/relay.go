package main

import (
	"context"
	"net"
	"sync"
	"time"
)

const settled = 50 * time.Millisecond

// A relay stands between client and server as a NAT does, and has another port or address towards
// the server when it is told to.
type relay struct {
	inside *net.UDPConn
	server *net.UDPAddr

	mutex   sync.Mutex
	client  *net.UDPAddr
	outside *net.UDPConn
	used    time.Time
}

func newRelay(server, from string) *relay {
	to, err := net.ResolveUDPAddr("udp", server)
	if err != nil {
		panic(err)
	}
	inside, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		panic(err)
	}
	r := &relay{inside: inside, server: to}
	r.rebind(from)
	go r.up()
	return r
}

func (r *relay) address() string {
	return r.inside.LocalAddr().String()
}

// rebind sends from another port of that address; answers to the old one are lost.
func (r *relay) rebind(from string) {
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(from)})
	if err != nil {
		panic(err)
	}
	socket.SetReadBuffer(1 << 20)
	r.mutex.Lock()
	before := r.outside
	r.outside = socket
	r.used = time.Time{}
	r.mutex.Unlock()
	if before != nil {
		before.Close()
	}
	go r.down(socket)
}

// settle waits until the server has answered at the present port for some round trips: no box has
// another port twice in one of them.
func (r *relay) settle(ctx context.Context) {
	for ctx.Err() == nil {
		r.mutex.Lock()
		used := r.used
		r.mutex.Unlock()
		if !used.IsZero() && time.Since(used) > settled {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (r *relay) up() {
	packet := make([]byte, 65536)
	for {
		n, from, err := r.inside.ReadFromUDP(packet)
		if err != nil {
			return
		}
		r.mutex.Lock()
		r.client = from
		socket := r.outside
		r.mutex.Unlock()
		socket.WriteToUDP(packet[:n], r.server)
	}
}

func (r *relay) down(socket *net.UDPConn) {
	packet := make([]byte, 65536)
	for {
		n, _, err := socket.ReadFromUDP(packet)
		if err != nil {
			return
		}
		r.mutex.Lock()
		client := r.client
		if r.used.IsZero() {
			r.used = time.Now()
		}
		r.mutex.Unlock()
		r.inside.WriteToUDP(packet[:n], client)
	}
}
