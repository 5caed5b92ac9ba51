package rtp

import (
	"sync"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
)

// togetherAfter is how many frames a stream has heard what others hear before it lets them
// be encoded once for all: a second. Speech has shorter pauses.
const togetherAfter = audio.FramesPerSecond

// sharing is whether a stream uses its own encoder or the shared one:
//
//	alone ──heard with others for a second──> together
//	  ^──────────heard something else───────────┘
//
// Its own encoder rests meanwhile, without memory. It is fed the last frame of what was heard
// together before it goes on, so that the first packet does not begin from nothing.
type sharing struct {
	of    *audio.Common // whose frame this is; nil: its own
	at    audio.Tick
	size  int            // samples of the frame; 0 is silence
	heard int            // frames of that in a row
	with  *sharedEncoder // nil: it is alone
}

// hear takes what is known of the frame that is to be sent now.
func (c *sharing) hear(h audio.Heard) {
	if h.Common != c.of {
		c.heard = 0
	}
	if c.of, c.at, c.size = h.Common, h.Tick, len(h.Frame); c.of != nil {
		c.heard++
	}
}

func (c *sharing) leave() { c.heard, c.with = 0, nil }

// encode makes a packet of some samples: with all who hear the same, or alone.
func (s *Stream) encode(dst []byte, pcm []int16) int {
	c := &s.sharing
	whole := len(pcm) == s.terms.sending.Samples() && (c.size == 0 || c.size == len(pcm))
	together := c.heard >= togetherAfter && whole
	if together && c.with == nil {
		c.with = s.sharedEncoder()
	}
	if together && c.with != nil && c.heard > togetherAfter {
		s.encoder.rest()
		return c.with.encode(dst, pcm, c.at, s.encoderProtection())
	}
	if c.with != nil {
		if together { // the frame before the first: the others' encoder, if it is new, begins with it
			c.with.encode(dst, pcm, c.at, s.encoderProtection())
		} else {
			last := s.scratch.frame[:c.with.last(s.scratch.frame[:])]
			s.encoder.Encode(dst, last)
			c.leave()
		}
	}
	s.encoder.protect(s.encoderProtection())
	return s.encoder.Encode(dst, pcm)
}

// sharedTerms are the terms of an encoder that several streams may share.
type sharedTerms struct {
	codec  codec.Codec
	wishes codec.Wishes
}

// sharedEncoder finds the one for the stream, or makes it; nil where there are too many.
func (s *Stream) sharedEncoder() *sharedEncoder {
	terms := sharedTerms{s.terms.sending, codec.Wishes(s.terms.media.Sending.Codecs[0].Opus)}
	kept, ok := s.sharing.of.Keep(terms, func() any { return newSharedEncoder(terms) })
	if !ok {
		return nil
	}
	return kept.(*sharedEncoder)
}

// readyFrames is how many packets a shared encoder keeps: a stream that is later than waitingFrames
// has lost them anyway.
const readyFrames = 2 * waitingFrames

// protectedFor is how long a shared encoder heeds the losses of one of its members.
const protectedFor = 5 * audio.FramesPerSecond

// sharedEncoder encodes what several streams hear alike, once for all of them: the first that
// needs a frame encodes it. Sequence numbers, timestamps and keys are each stream's own.
type sharedEncoder struct {
	mu      sync.Mutex // held around the encoder, by goroutines beside shards alone
	encoder protectedEncoder
	now     audio.Tick
	ready   [readyFrames]struct {
		at      audio.Tick
		size    int
		payload [codec.MaxPayload]byte
	}
	pcm  [maxFrame]int16 // of now
	size int             // samples of pcm
	lost int             // the most that any member loses, per cent
	till audio.Tick      // when that is forgotten
}

func newSharedEncoder(terms sharedTerms) *sharedEncoder {
	return &sharedEncoder{encoder: newProtectedEncoder(terms.codec.NewEncoder(), terms.wishes)}
}

// encode returns the payload of a tick's frame; 0 where its turn has passed. lost is what
// the stream loses of what it is sent, in per cent.
func (c *sharedEncoder) encode(dst []byte, pcm []int16, at audio.Tick, lost int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	made := &c.ready[at%readyFrames]
	switch {
	case made.at == at && made.size > 0:
		return copy(dst, made.payload[:made.size])
	case at <= c.now:
		return 0
	}
	if lost >= c.lost || at > c.till {
		c.lost, c.till = lost, at+protectedFor
	}
	c.encoder.protect(c.lost)
	c.now, c.size = at, copy(c.pcm[:], pcm)
	made.at, made.size = at, c.encoder.Encode(made.payload[:], pcm)
	return copy(dst, made.payload[:made.size])
}

// last copies the frame that was encoded last, and returns its size.
func (c *sharedEncoder) last(dst []int16) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return copy(dst, c.pcm[:c.size])
}
