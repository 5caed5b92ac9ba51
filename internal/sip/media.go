package sip

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sdp"
)

// media is what a leg and its peer have agreed on.
type media struct {
	id, version uint64
	described   []byte       // our last description
	keys        []sdp.Crypto // ours, one for each suite of SRTP; nil until the peer may want them
	agreed      sdp.Media
	heard       time.Time // when sound arrived last, as far as was seen
	last        time.Time // of the last packet that was seen, by the clock of the machine
}

func newMedia() media {
	return media{id: rand.Uint64() >> 1, version: 1}
}

// newKeys makes our keys for one peer: another one must not be able to listen.
func newKeys() (list []sdp.Crypto) {
	for i, suite := range sdp.Suites {
		list = append(list, sdp.Crypto{Tag: i + 1, Suite: suite, Key: sdp.NewKey()})
	}
	return list
}

// crypto is what we offer for SRTP. Keys are drawn when a peer is first told of
// them, since most trunks know none.
func (l *leg) crypto() []sdp.Crypto {
	if l.terms.security == sdp.Off {
		return nil
	}
	if l.media.keys == nil {
		l.media.keys = newKeys()
	}
	return l.media.keys
}

// local is our end of the stream, as the peer that makes an offer reaches it; nil: that makes
// none.
func (l *leg) local(offer *sdp.Session) sdp.Local {
	at := l.localAddress()
	return sdp.Local{
		Address: netip.AddrPortFrom(l.server.soundAddress(at.Addr(), l.soundPeer(offer, at.Addr())), at.Port()),
		Bound:   l.server.ports.Address(),
		Codecs:  l.terms.available(), PTime: l.terms.ptime, Mux: true,
		Security: l.terms.security, Crypto: l.crypto(),
		ID: l.media.id, Version: l.media.version, Agreed: &l.media.agreed,
	}
}

// soundPeer is the address by which ours is chosen for the sound: that which the peer signals
// from, unless its sound is of the other family (RFC 6157 §4) and we have an address of that.
func (l *leg) soundPeer(offer *sdp.Session, bound netip.Addr) netip.Addr {
	signals, sound := l.dialog.source.Addr(), l.media.agreed.Remote.Addr()
	if offer != nil {
		if named := offer.SoundAddress(); named.IsValid() && !named.IsUnspecified() {
			sound = named
		}
	}
	sound = sound.Unmap()
	if !sound.IsValid() || sound.Is4() == signals.Unmap().Is4() || l.server.reachableAddress(bound, sound).Is4() != sound.Is4() {
		return signals
	}
	return sound
}

// checkOffer asks whether a call can be taken at all, before it rings.
func (l *leg) checkOffer(offer *sdp.Session) error {
	if offer == nil {
		return nil
	}
	return sdp.Check(offer, l.local(offer))
}

// reply answers the peer's offer and sets the sound up accordingly; without an
// offer it makes one.
func (l *leg) reply(offer *sdp.Session) ([]byte, error) {
	if err := l.openSession(); err != nil {
		return nil, err
	}
	if offer == nil {
		return l.describe(nil, func(local sdp.Local) ([]byte, error) { return sdp.Offer(local), nil })
	}
	var agreed sdp.Media
	text, err := l.describe(offer, func(local sdp.Local) (text []byte, err error) {
		text, agreed, err = sdp.Answer(offer, local)
		return text, err
	})
	if err == nil {
		l.agree(agreed)
	}
	return text, err
}

// describe writes a description; its version grows when it says something new.
func (l *leg) describe(offer *sdp.Session, write func(sdp.Local) ([]byte, error)) ([]byte, error) {
	text, err := write(l.local(offer))
	if err != nil {
		return nil, err
	}
	if l.media.described != nil && !bytes.Equal(text, l.media.described) {
		l.media.version++
		if text, err = write(l.local(offer)); err != nil {
			return nil, err
		}
	}
	l.media.described = text
	return text, nil
}

// agree sets the sound up.
func (l *leg) agree(agreed sdp.Media) {
	if agreed.Remote.Addr().IsUnspecified() { // RFC 2543's hold tells no address
		agreed.Remote, agreed.RemoteRTCP = l.media.agreed.Remote, l.media.agreed.RemoteRTCP
	}
	another := agreed.Codec() != l.media.agreed.Codec()
	agreed.Host = l.dialog.source.Addr()
	agreed.Known = l.server.trunks.Knows(agreed.Remote.Addr())
	agreed.RemoteRTCP = l.reportsTo(agreed)
	l.media.agreed = agreed
	l.media.heard = time.Now()
	l.session.SetMedia(agreed)
	if another && l.sessionTaken.Load() {
		l.reports.report(call.SoundChanged{})
	}
}

// reportsTo is where our RTCP goes. An address of a=rtcp (RFC 3605) that is neither the
// sound's, nor the signalling's, nor of a trunk is not taken: nobody has shown that it wants
// our reports.
func (l *leg) reportsTo(m sdp.Media) netip.AddrPort {
	if to := m.RemoteRTCP.Addr().Unmap(); to == m.Remote.Addr().Unmap() || to == m.Host.Unmap() || l.server.trunks.Knows(to) {
		return m.RemoteRTCP
	}
	return netip.AddrPort{}
}

// startSupervision begins to look whether the peer lives.
func (l *leg) startSupervision() {
	l.media.heard = time.Now()
	if l.server.cfg.MediaTimeout > 0 {
		l.timers.start(timerCheckMedia, l.server.cfg.MediaTimeout/4)
	}
	l.armTimer()
}

// listen takes note of when the last packet came, by the clock of the machine. That may have been
// set: one that was not seen before came since the last look, which was made so long ago.
func (m *media) listen(last, now time.Time, ago time.Duration) {
	if last.Equal(m.last) {
		return
	}
	m.last = last
	if came := now.Add(-min(max(now.Sub(last), 0), ago)); came.After(m.heard) {
		m.heard = came
	}
}

// checkMediaTimeout ends a leg that has been silent for too long. Silence on hold is what
// hold is.
func (l *leg) checkMediaTimeout() {
	if l.phase != up {
		return
	}
	now, every := time.Now(), l.server.cfg.MediaTimeout/4
	l.media.listen(l.session.Stats().LastPacket, now, every)
	if !l.media.agreed.Send || !l.media.agreed.Receive {
		l.media.heard = now
	}
	if now.Sub(l.media.heard) >= l.server.cfg.MediaTimeout {
		l.leaving = &call.Reason{Kind: call.MediaLost, Text: "no sound arrived for " + l.server.cfg.MediaTimeout.String()}
		l.hangUp()
		return
	}
	l.timers.start(timerCheckMedia, every)
}
