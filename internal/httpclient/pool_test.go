package httpclient

import (
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// closing counts its ends.
type closing struct {
	net.Conn
	closed atomic.Bool
}

func (c *closing) Close() error { c.closed.Store(true); return nil }

// kept is how many connections a pool has, and whether its timer runs.
func (p *pool) kept() (connections int, timer bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, list := range p.idle {
		connections += len(list)
	}
	if connections != p.count {
		return -1, false
	}
	return connections, p.sweep != nil
}

func idle(p *pool, host string) (*conn, *closing) {
	end := new(closing)
	return newConn(end, p, address{host: host}, 1), end
}

func TestIdleConnectionsExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pool
		p.limits(10, 10, time.Minute)
		first, firstEnd := idle(&p, "a")
		p.put(first)
		time.Sleep(40 * time.Second)
		second, secondEnd := idle(&p, "a")
		p.put(second)
		time.Sleep(21 * time.Second)
		synctest.Wait()
		if n, timer := p.kept(); !firstEnd.closed.Load() || secondEnd.closed.Load() || n != 1 || !timer {
			t.Errorf("after a minute %d are kept, timer %t", n, timer)
		}
		time.Sleep(70 * time.Second)
		synctest.Wait()
		if n, timer := p.kept(); !secondEnd.closed.Load() || n != 0 || timer {
			t.Errorf("after two minutes %d are kept, timer %t", n, timer)
		}
	})
}

func TestIdleConnectionsAreBounded(t *testing.T) {
	var p pool
	p.limits(2, 3, time.Minute)
	open := 0
	for _, host := range []string{"a", "a", "a", "b", "b", "c"} {
		c, end := idle(&p, host)
		p.put(c)
		if !end.closed.Load() {
			open++
		}
	}
	if n, _ := p.kept(); open != 3 || n != 3 || len(p.idle[address{host: "a"}]) != 2 {
		t.Errorf("%d are open, %d kept", open, n)
	}
	p.closeAll()
	if n, timer := p.kept(); n != 0 || timer {
		t.Errorf("%d are kept after the end, timer %t", n, timer)
	}
}

// TestConnectionsThatTheServerClosedAreClosed although no request comes.
func TestConnectionsThatTheServerClosedAreClosed(t *testing.T) {
	if !canPeek {
		t.Skip("idle connections cannot be looked at on this system")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var p pool
	p.limits(10, 10, time.Hour)
	defer p.closeAll()
	var servers []net.Conn
	for range 2 {
		client, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		server, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		servers = append(servers, server)
		p.put(newConn(client, &p, address{host: "a"}, 1))
	}
	if n, _ := p.kept(); n != 2 {
		t.Fatalf("%d are kept", n)
	}
	servers[0].Close()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		p.closeEnded()
		if n, timer := p.kept(); n == 1 && timer {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the closed connection is still kept")
		}
	}
}
