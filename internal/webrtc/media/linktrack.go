package media

import (
	"errors"

	"github.com/pion/webrtc/v4"
)

// errNoCodec is a client with which we have no codec in common.
var errNoCodec = errors.New("no codec in common")

// Bind implements webrtc.TrackLocal: it is told what was agreed on.
func (l *link) Bind(to webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	agreed, ok := mediaOf(to.CodecParameters())
	if !ok {
		return webrtc.RTPCodecParameters{}, errNoCodec
	}
	l.peer.stream.SetMedia(agreed)
	l.mu.Lock()
	l.writer, l.copies = to.WriteStream(), agreed.Receiving.Redundant
	l.mu.Unlock()
	for _, c := range to.CodecParameters() {
		if uint8(c.PayloadType) == agreed.Sending.Codecs[0].PayloadType {
			return c, nil
		}
	}
	return webrtc.RTPCodecParameters{}, errNoCodec
}

// Unbind implements webrtc.TrackLocal.
func (l *link) Unbind(webrtc.TrackLocalContext) error {
	l.mu.Lock()
	l.writer = nil
	l.mu.Unlock()
	return nil
}

// ID, RID, StreamID and Kind implement webrtc.TrackLocal.
func (l *link) ID() string { return "mix" }

func (l *link) RID() string { return "" }

func (l *link) StreamID() string { return "call" }

func (l *link) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }
