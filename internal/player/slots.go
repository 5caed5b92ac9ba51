package player

import (
	"context"
	"sync"
)

// slots bound the downloads that are being opened at the same time: all of them, and those
// of one origin, so that one that does not answer leaves room for the others.
type slots struct {
	all  chan struct{}
	each int // of one origin

	mu sync.Mutex // guards what follows
	of map[string]*originSlots
}

// originSlots are those of one origin while somebody uses them or waits for them.
type originSlots struct {
	taken chan struct{}
	users int
}

func newSlots(all, each int) *slots {
	return &slots{all: make(chan struct{}, max(1, all)), each: max(1, each), of: make(map[string]*originSlots)}
}

// take waits for a slot of an origin. The error is the cause of ctx; without one, give
// gives the slot back.
func (s *slots) take(ctx context.Context, origin string) (give func(), err error) {
	own := s.join(origin)
	select {
	case own.taken <- struct{}{}:
	case <-ctx.Done():
		s.leave(origin, own)
		return nil, context.Cause(ctx)
	}
	select {
	case s.all <- struct{}{}:
	case <-ctx.Done():
		<-own.taken
		s.leave(origin, own)
		return nil, context.Cause(ctx)
	}
	return func() {
		<-s.all
		<-own.taken
		s.leave(origin, own)
	}, nil
}

func (s *slots) join(origin string) *originSlots {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.of[origin]
	if own == nil {
		own = &originSlots{taken: make(chan struct{}, s.each)}
		s.of[origin] = own
	}
	own.users++
	return own
}

func (s *slots) leave(origin string, own *originSlots) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if own.users--; own.users == 0 {
		delete(s.of, origin)
	}
}
