package httpclient

import (
	"sync"
	"time"
)

// pool keeps idle connections. The one that was used last is used next, so that
// the others can expire.
type pool struct {
	perHost, total int
	keep           time.Duration

	mu    sync.Mutex
	idle  map[address][]*conn // each list by the time of the last use
	count int
	sweep *time.Timer // nil: none is due
}

func (p *pool) limits(perHost, total int, keep time.Duration) {
	p.perHost, p.total, p.keep, p.idle = perHost, total, keep, map[address][]*conn{}
}

// take returns a connection that is still silent, or nil. What its server has said
// since the last response is the answer to nothing, or its end: the connection is
// closed.
func (p *pool) take(to address) *conn {
	for {
		c := p.pop(to)
		if c == nil {
			return nil
		}
		if time.Since(c.used) < p.keep && c.silent() {
			c.kept = true
			return c
		}
		c.Close()
	}
}

func (p *pool) pop(to address) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.idle[to]
	if len(list) == 0 {
		return nil
	}
	c := list[len(list)-1]
	list[len(list)-1] = nil
	p.idle[to] = list[:len(list)-1]
	p.count--
	return c
}

// put keeps a connection, or closes it if there are enough.
func (p *pool) put(c *conn) {
	c.used = time.Now()
	p.mu.Lock()
	list := p.idle[c.to]
	full := len(list) >= p.perHost || p.count >= p.total
	if !full {
		p.idle[c.to] = append(list, c)
		p.count++
		if p.sweep == nil {
			p.sweep = time.AfterFunc(p.keep, p.closeExpired)
		}
	}
	p.mu.Unlock()
	if full {
		c.Close()
	}
}

// closeExpired closes what has been idle for too long, and comes again while
// anything is kept.
func (p *pool) closeExpired() {
	oldest := time.Now().Add(-p.keep)
	var expired []*conn
	p.mu.Lock()
	for to, list := range p.idle {
		n := 0
		for n < len(list) && !list[n].used.After(oldest) {
			n++
		}
		expired = append(expired, list[:n]...)
		p.count -= n
		if n == len(list) {
			delete(p.idle, to)
		} else if n > 0 {
			p.idle[to] = append([]*conn(nil), list[n:]...)
		}
	}
	p.sweep = nil
	if p.count > 0 {
		p.sweep = time.AfterFunc(p.keep/2, p.closeExpired)
	}
	p.mu.Unlock()
	for _, c := range expired {
		c.Close()
	}
}

func (p *pool) closeAll() {
	p.mu.Lock()
	all := p.idle
	p.idle, p.count = map[address][]*conn{}, 0
	if p.sweep != nil {
		p.sweep.Stop()
		p.sweep = nil
	}
	p.mu.Unlock()
	for _, list := range all {
		for _, c := range list {
			c.Close()
		}
	}
}
