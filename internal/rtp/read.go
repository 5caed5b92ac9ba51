package rtp

import "github.com/switchhook/switchhook/internal/audio"

// read makes the next frame of a call.
func (s *Stream) read(f audio.Frame) bool {
	heard := f
	if n := s.playout.samples(); s.hears() && n != len(f) {
		heard = s.scratch.frame[:n]
	}
	return s.deliver(f, heard, s.next(heard))
}

// hears reports whether the peer may be heard.
func (s *Stream) hears() bool { return s.terms != nil && s.terms.media.Receive }

// next fills a frame of the playout's length with what comes next.
func (s *Stream) next(heard audio.Frame) sound {
	if !s.hears() {
		return nothing
	}
	s.packetMillis = s.playout.packetMillis
	s.toneGap = max(s.toneGap-1, 0)
	made := s.playout.frame(heard, s.toneGap > 0)
	if thrown := s.playout.thrown; thrown != 0 {
		s.counters.discarded.Add(thrown)
		s.playout.thrown = 0
	}
	if len(s.terms.media.Receiving.Events) == 0 {
		s.detectInband(heard, made)
	} else if !s.guard.frame(heard) {
		made = nothing
	}
	switch made {
	case invented:
		s.counters.concealed.Add(1)
	case noise:
		s.counters.comfort.Add(1)
	}
	return made
}

// deliver brings what was heard to the call's rate.
func (s *Stream) deliver(f, heard audio.Frame, made sound) bool {
	if made == nothing || silent(heard) {
		s.inward.SkipFrame()
		return false
	}
	if converted := s.inward.Convert(f, heard); &converted[0] != &f[0] {
		copy(f, converted)
	}
	return true
}

// detectInband looks for keys in a frame of a peer without telephone-event.
func (s *Stream) detectInband(f audio.Frame, made sound) {
	if made == nothing {
		s.inband.silence()
		return
	}
	s.inband.follow(len(f))
	if key := s.inband.detect(f); key != 0 {
		s.onTone(key)
	}
}

// silent reports whether nobody could hear a frame: G.711's smallest steps.
func silent(f audio.Frame) bool {
	const threshold = 8
	for _, sample := range f {
		if sample > threshold || sample < -threshold {
			return false
		}
	}
	return true
}
