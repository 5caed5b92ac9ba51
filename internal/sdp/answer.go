package sdp

import (
	"fmt"
	"net/netip"
	"time"
)

// Local is our end of a stream.
type Local struct {
	Address  netip.AddrPort // where we hear RTP, as the far end reaches us; RTCP is the next port
	Codecs   []string       // what we take, the best first: "PCMU", "PCMA"
	PTime    time.Duration  // what we like in a packet; zero is 20 ms
	ID       uint64         // of the session: the same in all its offers and answers
	Version  uint64         // one more whenever the text changes (RFC 3264 §8)
	Security Security       // whether RTP is encrypted
	Crypto   []Crypto       // our keys, one for each suite, with tags of their own, the best first
	Mux      bool           // RTCP may share RTP's port (RFC 5761)
	Hold     Direction      // what we allow; SendReceive allows everything
}

// Answer picks the first stream of sound that both ends can take and refuses
// the others. The codec is the first of ours that the far end offers. An error
// wraps ErrUnacceptable and says why.
func Answer(offer *Session, local Local) ([]byte, Media, error) {
	var why error
	for i := range offer.Streams {
		media, err := agree(&offer.Streams[i], local, false)
		if err != nil {
			if why == nil || offer.Streams[i].Kind == "audio" {
				why = err
			}
			continue
		}
		return writeAnswer(offer, i, media, local), media, nil
	}
	return nil, Media{}, why
}

// Accept reads the far end's answer to our offer. An error wraps
// ErrUnacceptable and says why.
func Accept(local Local, answer *Session) (Media, error) {
	return agree(&answer.Streams[0], local, true) // our offers have one stream
}

// agree finds what a stream of the far end and ours have in common.
func agree(stream *Stream, local Local, answer bool) (Media, error) {
	switch {
	case stream.Kind != "audio":
		return Media{}, fmt.Errorf("%w: a stream of %s is not sound", ErrUnacceptable, clip(stream.Kind))
	case stream.Port == 0:
		return Media{}, fmt.Errorf("%w: the stream's port is 0", ErrUnacceptable)
	case !stream.plain() && !stream.encrypted():
		return Media{}, fmt.Errorf("%w: protocol %s is not RTP", ErrUnacceptable, clip(stream.Protocol))
	case !stream.Address.IsValid():
		return Media{}, fmt.Errorf("%w: the stream has no address", ErrUnacceptable)
	case stream.Address.IsMulticast():
		return Media{}, fmt.Errorf("%w: the stream's address is multicast", ErrUnacceptable)
	}
	ours, theirs, err := stream.protect(local, answer)
	if err != nil {
		return Media{}, err
	}
	for _, codec := range local.Codecs {
		payloadType, ok := stream.find(codec)
		if !ok {
			continue
		}
		media := Media{
			Remote: netip.AddrPortFrom(stream.Address, stream.Port),
			RTCP:   stream.RTCP,
			Codec:  codec, PayloadType: payloadType,
			PTime: stream.packetTime(local.PTime),
			Suite: ours.Suite, SendKey: ours.Key, ReceiveKey: theirs.Key, tag: ours.Tag,
			Mux: local.Mux && stream.Mux,
			// RFC 2543's hold, still met: no sound towards 0.0.0.0.
			Send:    stream.Direction.Receives() && local.Hold.Sends() && !stream.Address.IsUnspecified(),
			Receive: stream.Direction.Sends() && local.Hold.Receives(),
		}
		media.TelephoneEvent, media.EventClock = stream.findEvents(codec)
		if codec == "OPUS" {
			media.Opus = stream.opus(payloadType)
			media.PTime = opusTime(media.PTime)
		}
		if media.Mux {
			media.RTCP = media.Remote
		} else if media.RTCP.Port() == 0 && stream.Port < 65535 {
			media.RTCP = netip.AddrPortFrom(stream.Address, stream.Port+1)
		}
		return media, nil
	}
	return Media{}, fmt.Errorf("%w: none of the codecs %v is offered", ErrUnacceptable, local.Codecs)
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
