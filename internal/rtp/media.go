package rtp

import (
	"net/netip"
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
	encoder  codec.Encoder
	events   sdp.Events // that are sent; the zero Events if the peer takes none
	decoding *decoding
	kinds    [128]kind // by payload type
	sealer   *sealer   // nil for plain RTP, as is the opener
	opener   *opener
	aside    *aside // where a codec is not for shards
}

func newAgreement(m sdp.Media) *agreement {
	a := &agreement{media: m, sending: codecOf(m.Sending.Codecs[0])}
	a.encoder = a.sending.NewEncoder()
	if obliging, ok := a.encoder.(codec.Obliging); ok {
		obliging.Oblige(codec.Wishes(m.Sending.Codecs[0].Opus))
	}
	a.events, _ = m.Sending.EventsFor(a.sending.ClockRate)
	heard := a.listen()
	if a.sending.Costly() || slices.ContainsFunc(heard, codec.Codec.Costly) {
		a.aside = newAside()
	}
	if p := m.Protection; p.Suite != sdp.Unprotected {
		a.sealer, a.opener = newSealer(p.Suite, p.Send), newOpener(p.Suite, p.Receive)
	}
	return a
}

// listen prepares for what may come, and returns the codecs of that.
func (a *agreement) listen() (heard []codec.Codec) {
	for _, f := range a.media.Receiving.Codecs {
		c := codecOf(f)
		at := slices.Index(heard, c)
		if at < 0 {
			at, heard = len(heard), append(heard, c)
		}
		a.kinds[f.PayloadType&127] = soundKind + kind(at)
		if c.ClockRate == noiseClock && a.kinds[noisePayloadType] == unknownKind {
			a.kinds[noisePayloadType] = noiseKind
		}
	}
	for _, events := range a.media.Receiving.Events {
		a.kinds[events.PayloadType&127] = toneKind
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

// SetMedia says what has been agreed on, at any time: it takes effect at the
// next tick. Nothing is sent or heard before the first. It panics if a codec or the
// suite is unknown, or if there is no codec in a direction.
func (s *Session) SetMedia(m sdp.Media) {
	if !m.Protection.Suite.Known() {
		panic("rtp: media with an unknown suite")
	}
	m.Remote = netip.AddrPortFrom(m.Remote.Addr().Unmap(), m.Remote.Port())
	m.RemoteRTCP = netip.AddrPortFrom(m.RemoteRTCP.Addr().Unmap(), m.RemoteRTCP.Port())
	s.agreed.Store(newAgreement(m))
}

// SetHost says that the peer signals from another host now: see Media.Host. It
// must not cross a SetMedia.
func (s *Session) SetHost(host netip.Addr) {
	if agreed := s.agreed.Load(); agreed != nil {
		moved := *agreed
		moved.media.Host = host
		s.agreed.Store(&moved)
	}
}

// SampleRate returns the rate, in Hz, of the sound of the codec that is sent by what
// was agreed on last; 0 before there is one. A call in which it is more than the
// mix's may want mixer.Mix.Rise.
func (s *Session) SampleRate() int {
	if agreed := s.agreed.Load(); agreed != nil {
		return agreed.sending.SampleRate
	}
	return 0
}

// adopt puts into force what SetMedia said last. It returns nil while there is
// nothing.
func (s *Session) adopt() *agreement {
	agreed := s.agreed.Load()
	if agreed == nil || agreed == s.media {
		return s.media
	}
	if former := s.media; former == nil || former.decoding != agreed.decoding { // else only the host is another
		s.formats = s.playout.accept(agreed.decoding)
		another := former == nil || former.sending != agreed.sending
		if another {
			s.encoder = agreed.encoder
			s.out.filled = 0 // of the former codec
		}
		if another || (s.aside == nil) != (agreed.aside == nil) {
			s.standAside(agreed.aside)
		}
		s.adoptKeys(agreed)
	}
	if !agreed.media.Receive {
		s.playout.forget()
		if s.aside != nil {
			s.aside.made = nothing
		}
		s.inband.rest()
	}
	s.media = agreed
	s.source.signal(agreed.media.Remote, agreed.media.Host.Unmap())
	s.source.authentic = s.opener != nil
	return agreed
}

// standAside changes who works beside the shard; the playout must be here.
func (s *Session) standAside(next *aside) {
	former := s.aside
	if former != nil {
		former.end()
	}
	if s.aside = next; next == nil {
		s.ahead = former
		return
	}
	next.encoder = s.encoder
	if former != nil {
		next.frame, next.samples, next.made = former.frame, former.samples, former.made
	} else {
		next.decode(&s.playout, false) // one frame ahead
	}
	next.begin(&s.playout)
}

// adoptKeys puts keys into force. One that stays the same goes on: its counters
// and its memory of what has come belong to it.
func (s *Session) adoptKeys(agreed *agreement) {
	next := agreed.media.Protection
	if s.sealer == nil || agreed.sealer == nil || s.sealer.key != next.Send || s.sealer.suite != next.Suite {
		s.sealer = agreed.sealer
	}
	if s.opener == nil || agreed.opener == nil || s.opener.key != next.Receive || s.opener.suite != next.Suite {
		s.opener = agreed.opener
	}
}
