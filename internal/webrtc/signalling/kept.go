package signalling

import "sync/atomic"

// kept is what all sessions keep for clients that have not seen it: events, and answers
// to requests. Nobody fills the memory with it: once it is much, whoever keeps more is left
// its share of it. A client that so misses events gets a snapshot.
type kept struct {
	bytes    atomic.Int64
	sessions atomic.Int64
}

// share is how much a session may keep now, in bytes.
func (k *kept) share() int {
	if k.bytes.Load() <= maxKeptByAll {
		return maxKeptBytes
	}
	return min(max(leastKept, maxKeptByAll/int(max(1, k.sessions.Load()))), maxKeptBytes)
}

// count notes how much a session keeps now; it runs under s.mu.
func (s *Session) count() {
	now := s.replay.bytes + s.answers.bytes
	s.server.kept.bytes.Add(int64(now - s.counted))
	s.counted = now
}
