package media

import (
	"fmt"
	"strings"

	"github.com/pion/webrtc/v4"
)

// slot is a place in which a client receives pictures: an m-line that we send on.
type slot struct{ mid string }

// addSlots makes the slots that an offer has added. It comes between the offer's
// description and the answer.
func (l *link) addSlots(mids string) error {
	for _, transceiver := range l.pc.GetTransceivers() {
		mid := transceiver.Mid()
		if transceiver.Sender() != nil || mid == "" || !strings.Contains(" "+mids, " "+mid+" ") {
			continue
		}
		sender, err := l.pc.AddTrack(&slot{mid: mid})
		if err != nil {
			return err
		}
		if transceiver.Sender() != sender { // what is sent in a wrong place would be shown under a wrong name
			return fmt.Errorf("%w: line %s cannot be sent on", ErrOffer, mid)
		}
	}
	return nil
}

// Bind implements webrtc.TrackLocal: it is told what was agreed on.
func (s *slot) Bind(to webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	for _, codec := range to.CodecParameters() {
		if codec.MimeType != webrtc.MimeTypeRTX {
			return codec, nil
		}
	}
	return webrtc.RTPCodecParameters{}, errNoCodec
}

// Unbind implements webrtc.TrackLocal.
func (s *slot) Unbind(webrtc.TrackLocalContext) error { return nil }

// ID, RID, StreamID and Kind implement webrtc.TrackLocal. Every slot has a stream of its
// own, so that the browser does not delay one for another.
func (s *slot) ID() string                { return "slot" + s.mid }
func (s *slot) RID() string               { return "" }
func (s *slot) StreamID() string          { return "slot" + s.mid }
func (s *slot) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeVideo }
