package sdp

import (
	"net/netip"
	"slices"
)

// isSettled reports whether an offer has been answered before.
func (l Local) isSettled() bool { return l.Agreed != nil && l.Agreed.Codec() != "" }

// disablesAll reports whether an offer leaves no stream: port 0 removes or disables one
// (RFC 3264 §8.2). Beside a stream that lives, as where a fax machine wants T.38 in place
// of sound, it does not mean that the call goes on without.
func (s *Session) disablesAll() bool {
	for i := range s.Streams {
		if s.Streams[i].Port != 0 {
			return false
		}
	}
	return true
}

// disabled is what was agreed on without any sound: the stream may be used again by a later
// offer, under the same formats and keys or others.
func (l Local) disabled() Media {
	media := *l.Agreed
	media.Send, media.Receive = false, false
	media.Remote, media.RemoteRTCP = netip.AddrPortFrom(media.Remote.Addr(), 0), netip.AddrPort{}
	return media
}

// disabledBy is disabled for an offer, which may have added streams.
func (l Local) disabledBy(offer *Session) Media {
	media := l.disabled()
	media.layout = media.layout.with(offer)
	return media
}

// with is the layout after an offer that disabled all streams: the one with the sound keeps
// its numbers, which the offer need not repeat.
func (l *layout) with(offer *Session) *layout {
	switch {
	case l == nil && len(offer.Streams) == 1:
		return nil
	case l == nil:
		return &layout{offer.Streams, 0} // our own offers have the sound alone
	case len(offer.Streams) <= len(l.streams):
		return l
	}
	streams := slices.Clone(offer.Streams)
	streams[l.taken] = l.streams[l.taken]
	return &layout{streams, l.taken}
}
