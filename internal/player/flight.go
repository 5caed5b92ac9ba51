package player

import "context"

// flightKey tells downloads apart. Two addresses under one cache id are two
// downloads, so that a broken one fails only for who named it.
type flightKey struct{ uri, cacheID string }

// flight is one download that any number of fetches wait for.
type flight struct {
	key     flightKey
	waiting int                // guarded by Library.mu
	cancel  context.CancelFunc // gives the download up

	landed chan struct{} // closed when the following are set
	clip   *Clip
	err    error
}

// board returns the cached clip, or else the flight to wait for.
func (l *Library) board(key flightKey) (*Clip, *flight, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, nil, ErrClosed
	}
	if key.cacheID != "" {
		if clip := l.cache.get(key.cacheID, l.now()); clip != nil {
			return clip, nil, nil
		}
	}
	f := l.flights[key]
	if f == nil {
		f = &flight{key: key, landed: make(chan struct{})}
		l.flights[key] = f
		var ctx context.Context
		ctx, f.cancel = context.WithCancel(l.ctx)
		l.work.Go(func() { l.fly(ctx, f) })
	}
	f.waiting++
	return nil, f, nil
}

// leave takes one who waits off a flight, and ends it when it was the last.
func (l *Library) leave(f *flight) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f.waiting--; f.waiting == 0 {
		f.cancel()
		l.forget(f) // who comes now needs a new one
	}
}

// fly downloads, and hands the result to all who wait.
func (l *Library) fly(ctx context.Context, f *flight) {
	defer f.cancel()
	f.clip, f.err = l.download(ctx, f.key.uri)
	l.mu.Lock()
	l.forget(f)
	if f.err == nil && f.key.cacheID != "" {
		f.clip = l.cache.put(f.key.cacheID, f.clip, l.now(), l.cfg.CacheTime)
	}
	l.mu.Unlock()
	close(f.landed)
}

func (l *Library) forget(f *flight) {
	if l.flights[f.key] == f {
		delete(l.flights, f.key)
	}
}
