package rtp

import (
	"slices"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// kind says what a payload type number stands for.
type kind uint8

const (
	unknownKind kind = iota
	toneKind
	noiseKind
	redundantKind
	soundKind // of the first codec; those of the others follow
)

// noisePayloadType is the static payload type of comfort noise (RFC 3389), noiseClock
// its clock.
const (
	noisePayloadType = 13
	noiseClock       = 8000
)

// agreement is what was agreed on, with what the shard may not make itself.
type agreement struct {
	media    sdp.Media
	sending  codec.Codec
	encoder  protectedEncoder
	events   sdp.Events // that are sent; the zero Events if the peer takes none
	pcm      []int16    // room for a packet, where the codec encodes it in one piece
	decoding *decoding
	kinds    [128]kind // by payload type
	clock    int       // the highest in Hz of the timestamps that may come
	costly   bool      // a codec is not for shards
}

func newAgreement(m sdp.Media) *agreement {
	a := &agreement{media: m, sending: codecOf(m.Sending.Codecs[0])}
	a.encoder = newProtectedEncoder(a.sending.NewEncoder(), codec.Wishes(m.Sending.Codecs[0].Opus))
	a.events, _ = m.Sending.EventsFor(a.sending.ClockRate)
	if a.sending.Whole() {
		a.pcm = make([]int16, longestFrames*a.sending.Samples())
	}
	heard := a.listen()
	a.costly = a.sending.Costly() || slices.ContainsFunc(heard, codec.Codec.Costly)
	return a
}

// number is the payload type of the codec that is sent.
func (a *agreement) number() uint8 { return a.media.Sending.Codecs[0].PayloadType }

// redundant is the payload type of redundant audio data that the peer takes; 0: it takes none.
func (a *agreement) redundant() uint8 { return a.media.Sending.Redundant }

// listen prepares for what may come, and returns the codecs of that.
func (a *agreement) listen() (heard []codec.Codec) {
	for _, f := range a.media.Receiving.Codecs {
		c := codecOf(f)
		at := slices.Index(heard, c)
		if at < 0 {
			at, heard = len(heard), append(heard, c)
		}
		a.kinds[f.PayloadType&127] = soundKind + kind(at)
		a.clock = max(a.clock, c.ClockRate)
		if c.ClockRate == noiseClock && a.kinds[noisePayloadType] == unknownKind {
			a.kinds[noisePayloadType] = noiseKind
		}
	}
	for _, events := range a.media.Receiving.Events {
		a.kinds[events.PayloadType&127] = toneKind
		a.clock = max(a.clock, events.Clock)
	}
	if number := a.media.Receiving.Redundant; number != 0 {
		a.kinds[number&127] = redundantKind
	}
	a.decoding = newDecoding(heard...)
	return heard
}

// codecOf finds the codec of a format. It panics if there is none: nobody can have
// agreed on that.
func codecOf(f sdp.Format) codec.Codec {
	c, ok := codec.Named(f.Codec)
	if !ok {
		panic("rtp: media with the unknown codec " + f.Codec)
	}
	return c
}
