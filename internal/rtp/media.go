package rtp

import (
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
)

// Media is what offer and answer have agreed on.
type Media struct {
	Remote         netip.AddrPort // where the peer wants its RTP
	RemoteRTCP     netip.AddrPort // and its RTCP; zero is the next port
	Host           netip.Addr     // that it signals from: if Remote's is the same, no other host is heard; zero is unknown
	Codec          codec.Codec
	PayloadType    uint8         // of the codec, in both directions
	Wishes         codec.Wishes  // what the peer wants of the codec's encoder, if it heeds any
	TelephoneEvent uint8         // payload type of RFC 4733 tones; 0 is none
	EventClock     int           // of their durations, in Hz; 0 is the codec's
	PTime          time.Duration // what the peer wants in a packet: whole 10 ms up to 60; 0 is 20 ms; any is heard
	RTCPMux        bool          // RTCP goes through RTP's port (RFC 5761); what comes there is heard anyway
	Send, Receive  bool          // false on hold
	Protection     Protection    // by SRTP; the same keys again go on where they were
}

// agreement is a Media with what the shard may not make itself.
type agreement struct {
	media   Media
	encoder codec.Encoder
	hearing *listening
	sealer  *sealer // nil for plain RTP, as is the opener
	opener  *opener
	aside   *aside // of a codec that is not for shards
}

func newAgreement(m Media) *agreement {
	a := &agreement{media: m, encoder: m.Codec.NewEncoder(), hearing: newListening(m.Codec)}
	if obliging, ok := a.encoder.(codec.Obliging); ok {
		obliging.Oblige(m.Wishes)
	}
	if m.Codec.Costly() {
		a.aside = newAside(a.encoder, m.Codec.SampleRate)
	}
	if p := m.Protection; p.Suite != Unprotected {
		a.sealer, a.opener = newSealer(p.Suite, p.Send), newOpener(p.Suite, p.Receive)
	}
	return a
}

// SetMedia says what has been agreed on, at any time: it takes effect at the
// next tick. Nothing is sent or heard before the first. It panics if the codec is
// not Valid, or the suite unknown: nobody can have agreed on that.
func (s *Session) SetMedia(m Media) {
	if int(m.Protection.Suite) >= len(suiteNames) {
		panic("rtp: media with an unknown suite")
	}
	if !m.Codec.Valid() {
		panic("rtp: media with the unknown codec " + m.Codec.Name)
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

// SampleRate returns the rate, in Hz, of the sound of the codec that was agreed
// on last; 0 before there is one. A call in which it is more than the mix's may
// want mixer.Mix.Rise.
func (s *Session) SampleRate() int {
	if agreed := s.agreed.Load(); agreed != nil {
		return agreed.media.Codec.SampleRate
	}
	return 0
}

// adopt puts into force what SetMedia said last. It returns nil while there is
// nothing.
func (s *Session) adopt() *Media {
	agreed := s.agreed.Load()
	if agreed == nil || &agreed.media == s.media {
		return s.media
	}
	m := &agreed.media
	if s.media == nil || s.media.Codec != m.Codec {
		s.encoder = agreed.encoder
		s.out.filled = 0 // of the former codec
		former := s.playout.conceal
		if s.aside != nil {
			former = s.aside.cover // the playout is a frame ahead
		}
		s.playout.init(agreed.hearing, former)
		s.standAside(agreed.aside)
		s.inband.tune(m.Codec.SampleRate)
	}
	s.adoptKeys(agreed)
	if !m.Receive {
		s.playout.forget()
		if s.aside != nil {
			s.aside.made = nothing
		}
		s.inband.rest()
	}
	s.media = m
	s.source.signal(m.Remote, m.Host.Unmap())
	s.source.authentic = s.opener != nil
	return m
}

// standAside changes who works beside the shard; the playout must be here.
func (s *Session) standAside(next *aside) {
	if s.aside != nil {
		s.aside.end()
	}
	if s.aside = next; next != nil {
		next.made = s.playout.frame(next.frame[:s.playout.codec.Samples()], false) // nothing waits: what has been heard fades
		next.begin(&s.playout)
	}
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
