package sdp

import (
	"fmt"
	"net/netip"
	"time"
)

// Local is our end of a stream.
type Local struct {
	Address  netip.AddrPort // where we hear RTP, as the far end reaches us; RTCP is the next port
	Bound    netip.Addr     // that our sockets are bound to; zero or "::" reaches both families
	Codecs   []string       // what we take, the best first: "PCMU", "PCMA"
	PTime    time.Duration  // what we like in a packet; zero is 20 ms
	ID       uint64         // of the session: the same in all its offers and answers
	Version  uint64         // one more whenever the text changes (RFC 3264 §8)
	Security Security       // whether RTP is encrypted
	Crypto   []Crypto       // our keys, one for each suite, with tags of their own, the best first
	Mux      bool           // RTCP may share RTP's port (RFC 5761)
	Hold     Direction      // what we allow; SendReceive allows everything
	Agreed   *Media         // what is in force: our offers repeat its streams and numbers; nil is nothing
}

// layout is that of the session so far.
func (l Local) layout() *layout {
	if l.Agreed == nil {
		return nil
	}
	return l.Agreed.layout
}

// Answer picks the first stream of sound that both ends can take and refuses
// the others. The codec is the first of ours that the far end offers. An error
// wraps ErrUnacceptable and says why. Inside a session an offer may disable every stream.
func Answer(offer *Session, local Local) ([]byte, Media, error) {
	if local.isSettled() && offer.disablesAll() {
		return writeAnswer(offer, -1, Media{}, local), local.disabledBy(offer), nil
	}
	i, media, err := choose(offer, local)
	if err != nil {
		return nil, Media{}, err
	}
	offer.Streams[i].settle(&media)
	media.layout = layoutOf(offer, i)
	return writeAnswer(offer, i, media, local), media, nil
}

// Check says why Answer would not answer an offer; nil: it would.
func Check(offer *Session, local Local) error {
	if local.isSettled() && offer.disablesAll() {
		return nil
	}
	_, _, err := choose(offer, local)
	return err
}

// choose finds the stream that is taken, and what both ends have in common there.
func choose(offer *Session, local Local) (chosen int, _ Media, why error) {
	for i := range offer.Streams {
		media, err := offer.Streams[i].agree(local, false)
		if err == nil {
			return i, media, nil
		}
		if i == 0 || offer.Streams[i].Kind == "audio" {
			why = err
		}
	}
	if why == nil {
		why = fmt.Errorf("%w: there is no stream", ErrUnacceptable)
	}
	return 0, Media{}, why
}

// settle makes what is common an answer, which has one codec and repeats its numbers
// (RFC 3264 §6.1), so that both directions have the same formats.
func (s *Stream) settle(media *Media) {
	media.Sending.Codecs = media.Sending.Codecs[:1]
	var room [2]Events // does not leave the stack
	all := Formats{Events: s.appendAllEvents(room[:0])}
	if events, ok := all.EventsFor(formats[media.Codec()].clock); ok {
		media.Sending.Events = []Events{events}
	}
	media.Receiving = media.Sending
}

// Accept reads the far end's answer to our offer. An error wraps
// ErrUnacceptable and says why. Inside a session an answer may disable the stream.
func Accept(local Local, answer *Session) (Media, error) {
	layout := local.layout()
	stream := &answer.Streams[0]
	if layout != nil && layout.taken < len(answer.Streams) {
		stream = &answer.Streams[layout.taken]
	}
	if local.isSettled() && stream.Port == 0 {
		return local.disabled(), nil
	}
	media, err := stream.agree(local, true)
	if err != nil {
		return Media{}, err
	}
	media.Sending.Events = stream.events(local.Codecs)
	media.Receiving = receivable(layout.formats(local.Codecs), media.Sending)
	media.layout = layout
	return media, nil
}

// agree finds what a stream of the far end and ours have in common: the codecs in our
// order, without tones.
func (s *Stream) agree(local Local, answer bool) (Media, error) {
	if err := s.usable(); err != nil {
		return Media{}, err
	}
	if !local.reaches(s.Address) {
		return Media{}, fmt.Errorf("%w: %s cannot be reached from %s", ErrUnacceptable, s.Address, local.Bound)
	}
	ours, theirs, err := s.protect(local, answer)
	if err != nil {
		return Media{}, err
	}
	common := make([]Format, 0, len(local.Codecs))
	for _, codec := range local.Codecs {
		if format, ok := s.find(codec); ok {
			common = append(common, format)
		}
	}
	if len(common) == 0 {
		return Media{}, fmt.Errorf("%w: none of the codecs %v is offered", ErrUnacceptable, local.Codecs)
	}
	media := Media{
		Remote:     netip.AddrPortFrom(s.Address, s.Port),
		RemoteRTCP: s.RTCP,
		PTime:      s.packetTime(local.PTime),
		RTCPMux:    local.Mux && s.Mux,
		// RFC 2543's hold, still met: no sound towards 0.0.0.0.
		Send:       s.Direction.Receives() && local.Hold.Sends() && !s.Address.IsUnspecified(),
		Receive:    s.Direction.Sends() && local.Hold.Receives(),
		Sending:    Formats{Codecs: common},
		Protection: Protection{ours.Suite, ours.Key, theirs.Key, theirs.Identifier},
		tag:        ours.Tag,
	}
	if common[0].Codec == "OPUS" {
		media.PTime = opusTime(media.PTime)
	}
	if media.RTCPMux {
		media.RemoteRTCP = media.Remote
	} else if media.RemoteRTCP.Port() == 0 && s.Port < 65535 {
		media.RemoteRTCP = netip.AddrPortFrom(s.Address, s.Port+1)
	}
	return media, nil
}

// reaches reports whether our sockets can send to an address: those of one family cannot
// to the other. An unspecified address is RFC 2543's hold.
func (l Local) reaches(address netip.Addr) bool {
	both := !l.Bound.IsValid() || l.Bound.Is6() && l.Bound.IsUnspecified()
	return both || address.IsUnspecified() || l.Bound.Unmap().Is4() == address.Is4()
}

// usable says why a stream cannot be one of ours, whatever its codecs are.
func (s *Stream) usable() error {
	switch {
	case s.Kind != "audio":
		return fmt.Errorf("%w: a stream of %s is not sound", ErrUnacceptable, clip(s.Kind))
	case s.Port == 0:
		return fmt.Errorf("%w: the stream's port is 0", ErrUnacceptable)
	case !s.plain() && !s.encrypted():
		return fmt.Errorf("%w: protocol %s is not RTP", ErrUnacceptable, clip(s.Protocol))
	case !s.Address.IsValid() && s.Host != "":
		return fmt.Errorf("%w: the stream's host %s has no address that can be used", ErrUnacceptable, clip(s.Host))
	case !s.Address.IsValid():
		return fmt.Errorf("%w: the stream has no address", ErrUnacceptable)
	case s.Address.IsMulticast():
		return fmt.Errorf("%w: the stream's address is multicast", ErrUnacceptable)
	}
	return nil
}

// packetTime honours what the far end likes, within what is usual.
func (s *Stream) packetTime(ours time.Duration) time.Duration {
	if ours == 0 {
		ours = defaultPTime
	}
	want := ours
	if s.PTime != 0 {
		want = s.PTime
	}
	if s.MaxPTime != 0 && want > s.MaxPTime {
		want = s.MaxPTime
	}
	for _, usual := range []time.Duration{10, 20, 30, 40, 60} {
		if want == usual*time.Millisecond {
			return want
		}
	}
	return ours
}

// opusTime is the packet of Opus that comes nearest: we encode 20, 40 or 60 ms.
func opusTime(want time.Duration) time.Duration {
	return max(want.Truncate(defaultPTime), defaultPTime)
}

const defaultPTime = 20 * time.Millisecond
