package pictures

import (
	"slices"
	"time"
)

// How long is waited for a packet that is missing: repetitions come within a second.
const (
	sortPackets = 2048
	sortTime    = 2 * time.Second
)

// sorter gives packets in the order of their numbers.
type sorter struct {
	waiting []Packet // by number
	next    uint32
	any     bool
}

// put takes a packet, and gives those whose turn it is.
func (s *sorter) put(p *Packet, give func(p Packet, gap bool)) {
	if !s.any {
		s.any, s.next = true, p.Seq
	}
	if int32(p.Seq-s.next) < 0 {
		return // it comes too late, or again
	}
	at, known := slices.BinarySearchFunc(s.waiting, p.Seq, func(other Packet, seq uint32) int { return int(int32(other.Seq - seq)) })
	if known {
		return
	}
	kept := *p
	kept.Payload = slices.Clone(p.Payload)
	s.waiting = slices.Insert(s.waiting, at, kept)
	s.give(give)
	for len(s.waiting) > sortPackets || len(s.waiting) > 0 && p.At-s.waiting[0].At > sortTime {
		s.skip(give)
	}
}

// give gives what is there without a gap.
func (s *sorter) give(give func(Packet, bool)) {
	n := 0
	for n < len(s.waiting) && s.waiting[n].Seq == s.next {
		give(s.waiting[n], false)
		s.next++
		n++
	}
	s.waiting = slices.Delete(s.waiting, 0, n)
}

// skip gives up what is missing.
func (s *sorter) skip(give func(Packet, bool)) {
	first := s.waiting[0]
	s.waiting = slices.Delete(s.waiting, 0, 1)
	s.next = first.Seq + 1
	give(first, true)
	s.give(give)
}

// end gives what is left.
func (s *sorter) end(give func(Packet, bool)) {
	for len(s.waiting) > 0 {
		s.skip(give)
	}
}
