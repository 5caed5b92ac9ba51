package httpclient

import (
	"sync"
	"time"
)

// lookEvery is how often idle connections are looked at: a server that has closed one, as
// many do after a few seconds, is not to keep a descriptor here.
const lookEvery = 2 * time.Second

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
		c := p.takeUnseen(to)
		if c == nil || c.silent() {
			return c
		}
		c.Close()
	}
}

// takeUnseen returns a connection that has not been idle for too long, or nil. The caller
// sees whether it is silent.
func (p *pool) takeUnseen(to address) *conn {
	for {
		c := p.pop(to)
		if c == nil {
			return nil
		}
		if time.Since(c.used) < p.keep {
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
			p.sweep = time.AfterFunc(p.pause(), p.closeEnded)
		}
	}
	p.mu.Unlock()
	if full {
		c.Close()
	}
}

// pause is the time between two looks.
func (p *pool) pause() time.Duration { return min(p.keep, lookEvery) }

// closeEnded closes what has been idle for too long, and what its server has closed. It
// comes again while anything is kept.
func (p *pool) closeEnded() {
	oldest := time.Now().Add(-p.keep)
	var ended []*conn
	p.mu.Lock()
	for to, list := range p.idle {
		stay := list[:0]
		for _, c := range list {
			if c.used.After(oldest) && !c.ended() {
				stay = append(stay, c)
			} else {
				ended = append(ended, c)
			}
		}
		clear(list[len(stay):])
		p.idle[to] = stay
		if len(stay) == 0 {
			delete(p.idle, to)
		}
	}
	p.count -= len(ended)
	p.sweep = nil
	if p.count > 0 {
		p.sweep = time.AfterFunc(p.pause(), p.closeEnded)
	}
	p.mu.Unlock()
	for _, c := range ended {
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
