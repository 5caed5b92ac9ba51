package sfu

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Kind is what a source shows.
type Kind uint8

// The kinds.
const (
	Camera Kind = iota
	Screen
)

// Source is the camera or the screen of a client.
type Source struct {
	client *Client
	kind   Kind
	open   atomic.Bool  // its packets pass
	id     atomic.Int64 // of the stream, while it is open
	second atomic.Int64 // that is counted
	count  atomic.Int64 // packets in it
	passes bool         // it was open when the room looked last; under the room's lock

	mu      sync.Mutex // held around memory
	layers  []*Layer   // in the order in which they were opened
	offered []string   // RIDs, as the client offers them; one "" where it names none
}

// permits bounds the packets of a second.
func (s *Source) permits(now time.Time) bool {
	second := now.Unix()
	if s.second.Swap(second) != second {
		s.count.Store(0)
	}
	return s.count.Add(1) <= maxRate
}

// Offer says which encodings the client may send.
func (s *Source) Offer(rids []string) {
	s.mu.Lock()
	s.offered = slices.Clone(rids)
	s.mu.Unlock()
}

// Open begins a layer, in the place of an older one of the same RID. Take and Tick of a
// layer are called by one goroutine at a time. Close it.
func (s *Source) Open(rid string, ssrc uint32, codec Codec, sender Sender) *Layer {
	l := &Layer{source: s, rid: rid, ssrc: ssrc, codec: codec, sender: sender}
	s.mu.Lock()
	s.layers = slices.DeleteFunc(slices.Clone(s.layers), func(old *Layer) bool { return old.rid == rid })
	s.layers = append(s.layers, l)
	s.mu.Unlock()
	s.client.changed()
	return l
}

// Close ends the layer.
func (l *Layer) Close() {
	s := l.source
	s.mu.Lock()
	s.layers = slices.DeleteFunc(slices.Clone(s.layers), func(old *Layer) bool { return old == l })
	s.mu.Unlock()
	s.client.changed()
}

// list are the layers, the smallest pictures first. Those of unknown size come as they
// were opened.
func (s *Source) list() []*Layer {
	s.mu.Lock()
	list := slices.Clone(s.layers)
	s.mu.Unlock()
	slices.SortStableFunc(list, func(a, b *Layer) int { return a.pixels() - b.pixels() })
	return list
}

// encodings are the RIDs that the client may send.
func (s *Source) encodings() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.offered) == 0 {
		return []string{""}
	}
	return s.offered
}
