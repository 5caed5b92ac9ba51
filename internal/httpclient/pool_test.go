package httpclient

import (
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// closing counts its ends.
type closing struct {
	net.Conn
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

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
		if !firstEnd.closed || secondEnd.closed || p.count != 1 {
			t.Errorf("after a minute: %t, %t, %d are kept", firstEnd.closed, secondEnd.closed, p.count)
		}
		time.Sleep(70 * time.Second)
		synctest.Wait()
		if !secondEnd.closed || p.count != 0 || len(p.idle) != 0 || p.sweep != nil {
			t.Errorf("after two: %t, %d are kept, timer %v", secondEnd.closed, p.count, p.sweep)
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
		if !end.closed {
			open++
		}
	}
	if open != 3 || p.count != 3 || len(p.idle[address{host: "a"}]) != 2 || len(p.idle[address{host: "b"}]) != 1 {
		t.Errorf("%d are open, %d kept", open, p.count)
	}
	p.closeAll()
	if p.count != 0 || p.sweep != nil {
		t.Errorf("%d are kept after the end", p.count)
	}
}
