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
