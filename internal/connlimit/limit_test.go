package connlimit

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
	"time"
)

// socket is a connection that can be closed.
type socket struct {
	net.Conn
	closed bool
}

// Close notes it.
func (s *socket) Close() error { s.closed = true; return nil }

func loopback(a netip.Addr) bool { return a.IsLoopback() }

// opened is a connection with its socket.
type opened struct {
	*Connection
	socket *socket
}

func open(l *Limit, from string) opened {
	s := &socket{}
	return opened{l.open(netip.MustParseAddr(from), s, time.Now()), s}
}

func (o opened) prove() {
	NoteCredentials(context.WithValue(context.Background(), connectionKey{}, o.Connection))
}

func TestLoudestStrangerMakesRoom(t *testing.T) {
	l := New(Config{Connections: 6, PerSource: 4, Exempt: loopback})
	quiet, first := open(l, "192.0.2.1"), open(l, "192.0.2.66")
	var loud []opened
	for range 3 {
		loud = append(loud, open(l, "192.0.2.66"))
	}
	known := open(l, "192.0.2.2")
	known.enter(serving)
	known.prove()
	known.enter(waiting)
	again := open(l, "192.0.2.3")
	if !first.socket.closed || quiet.socket.closed || known.socket.closed || again.Connection == nil {
		t.Fatal("another than the loudest source's oldest left")
	}
	for _, c := range loud {
		c.enter(serving) // and goes on for ever
	}
	open(l, "192.0.2.4") // two strangers wait, one for each place
	open(l, "192.0.2.5")
	if !quiet.socket.closed && !again.socket.closed || loud[0].socket.closed {
		t.Error("a stranger's request ended while others waited")
	}
	for n := range 5 {
		open(l, fmt.Sprint("192.0.2.", 10+n)).enter(serving)
	}
	if !loud[0].socket.closed || known.socket.closed {
		t.Error("a connection with credentials left before those of strangers")
	}
	if l.IsFull(time.Now()) {
		t.Error("strangers made the listener full")
	}
}

func TestSourceIsLimited(t *testing.T) {
	l := New(Config{Connections: 100, PerSource: 4, Exempt: loopback})
	site := func(n int) string { return fmt.Sprintf("2001:db8:1:%x::1", n) } // an IPv6 /48 is one customer
	first := open(l, site(0))
	for n := range 4 {
		open(l, site(n+1))
	}
	if got := l.Counts(); !first.socket.closed || got.Connections != 4 || got.PerSource != 1 {
		t.Errorf("%+v", got)
	}
	for range 50 { // a load generator on this machine
		if open(l, "127.0.0.1").socket.closed {
			t.Fatal("a connection of this machine is limited")
		}
	}
	for n := range 20 { // the pool of an SDK behind one address
		c := open(l, "192.0.2.7")
		c.enter(serving)
		c.prove()
		if n%2 == 0 {
			c.enter(waiting)
		}
	}
	web := open(l, "192.0.2.8")
	web.enter(serving)
	web.enter(handedOver)
	for range 4 {
		open(l, "192.0.2.8")
	}
	if got := l.Counts(); got.PerSource != 1 || web.socket.closed {
		t.Errorf("a connection with credentials, or a WebSocket, counts as a stranger's: %+v", got)
	}
}

func TestReserveIsLeftWhereAllServe(t *testing.T) {
	l := New(Config{Connections: 4, PerSource: 4, Exempt: loopback})
	var known []opened
	for range 4 {
		c := open(l, "192.0.2.7")
		c.enter(serving)
		c.prove()
		known = append(known, c)
	}
	first := open(l, "192.0.2.1")
	ctx := context.WithValue(t.Context(), connectionKey{}, first.Connection)
	if !IsReserve(ctx) || !l.IsFull(time.Now()) || l.IsFull(time.Now().Add(fullFor)) {
		t.Fatal("a connection beyond the limit is not told from others")
	}
	first.prove() // changes nothing
	for range reserved {
		if open(l, "192.0.2.1").Connection == nil {
			t.Fatal("the reserve takes no connection")
		}
	}
	if got := l.Counts(); !first.socket.closed || got.Connections != 4 || got.Full != reserved+1 {
		t.Errorf("%+v", got)
	}
	known[0].enter(waiting)
	next := open(l, "192.0.2.1")
	if next.onReserve || !known[0].socket.closed {
		t.Error("a connection that waits makes no room")
	}
}

// TestCountsAddUp: whatever connections do, the limits hold and all are counted off.
func TestCountsAddUp(t *testing.T) {
	l := New(Config{Connections: 20, PerSource: 5, Exempt: loopback})
	random := rand.New(rand.NewPCG(1, 2))
	var all []opened
	for range 20000 {
		if len(all) == 0 || random.IntN(3) == 0 {
			from := fmt.Sprint("192.0.2.", random.IntN(8))
			if random.IntN(2) == 0 {
				from = "127.0.0.1"
			}
			if c := open(l, from); c.Connection != nil {
				all = append(all, c)
			}
		}
		c := all[random.IntN(len(all))]
		switch random.IntN(5) {
		case 0:
			c.prove()
		case 1:
			c.enter(closed)
		default:
			c.enter(state(random.IntN(3)))
		}
		for from, n := range l.strangers {
			if n > 5 || n < 1 || l.total > 20 || l.onReserve > reserved {
				t.Fatalf("%s has %d, all %d, reserve %d", from, n, l.total, l.onReserve)
			}
		}
	}
	for _, c := range all {
		c.enter(closed)
	}
	left := len(l.reserve.bySource)
	for kind := range l.leaving {
		left += len(l.leaving[kind].bySource) + len(l.leaving[kind].loudest)
	}
	if len(l.strangers) != 0 || left != 0 || l.total != 0 || l.onReserve != 0 {
		t.Errorf("%d sources, %d in queues, %d connections are left", len(l.strangers), left, l.total)
	}
}

func TestDefaultLeavesDescriptorsToCalls(t *testing.T) {
	for _, test := range []struct {
		name                        string
		descriptors, rtpPorts, want int
	}{
		{"a process that may open few", 1024, 10000, 128},
		{"the smallest", 64, 10000, leastConnections},
		{"as many as calls need", 15120, 10000, 1890},
		{"some more", 20000, 10000, 2500},
		{"plenty", unlimited, 10000, mostConnections},
	} {
		if got := share(test.descriptors, test.rtpPorts); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}
