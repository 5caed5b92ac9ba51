package media

import (
	"fmt"
	"strings"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/sfu"
)

// slot is a place in which a client receives pictures: an m-line that we send on.
type slot struct {
	link   *link
	mid    string
	sender *webrtc.RTPSender
	writer webrtc.TrackLocalWriter
}

// addSlots makes the slots that an offer has added. It comes between the offer's
// description and the answer.
func (l *link) addSlots(mids string) error {
	for _, transceiver := range l.pc.GetTransceivers() {
		mid := transceiver.Mid()
		if transceiver.Sender() != nil || mid == "" || !strings.Contains(" "+mids, " "+mid+" ") {
			continue
		}
		s := &slot{link: l, mid: mid}
		var err error
		if s.sender, err = l.pc.AddTrack(s); err != nil {
			return err
		}
		if transceiver.Sender() != s.sender { // what is sent in a wrong place would be shown under a wrong name
			return fmt.Errorf("%w: line %s cannot be sent on", ErrOffer, mid)
		}
	}
	return nil
}

// Bind implements webrtc.TrackLocal: it is told what was agreed on.
func (s *slot) Bind(to webrtc.TrackLocalContext) (first webrtc.RTPCodecParameters, err error) {
	line := sfu.Line{MID: s.mid, SSRC: uint32(to.SSRC()), RTX: uint32(to.SSRCRetransmission()), Types: make(map[sfu.Codec]sfu.Types), Write: s.write, Report: s.report}
	for _, codec := range to.CodecParameters() {
		kind, known := codecOf(codec)
		if !known || line.Types[kind].Media != 0 {
			continue
		}
		if len(line.Types) == 0 {
			first = codec
		}
		line.Types[kind] = sfu.Types{Media: uint8(codec.PayloadType), RTX: repetitions(to.CodecParameters(), codec.PayloadType)}
	}
	if len(line.Types) == 0 {
		return first, errNoCodec
	}
	for _, extension := range to.HeaderExtensions() {
		if extension.URI == transportExtension {
			line.Transport = uint8(extension.ID)
		}
	}
	s.writer = to.WriteStream()
	if s.link.peer.pictures != nil {
		s.link.shown.Store(line.SSRC, true)
		s.link.shown.Store(line.RTX, true)
		s.link.peer.pictures.SetLine(line)
	}
	return first, nil
}

// repetitions is the payload type with which packets of another one are sent again.
func repetitions(codecs []webrtc.RTPCodecParameters, of webrtc.PayloadType) uint8 {
	for _, c := range codecs {
		if strings.EqualFold(c.MimeType, webrtc.MimeTypeRTX) && c.SDPFmtpLine == fmt.Sprintf("apt=%d", of) {
			return uint8(c.PayloadType)
		}
	}
	return 0
}

// write sends a packet.
func (s *slot) write(header *rtp.Header, payload []byte) (int, error) {
	return s.writer.WriteRTP(header, payload)
}

// report tells the client the time of what it is sent.
func (s *slot) report(r *rtcp.SenderReport) {
	_ = s.link.pc.WriteRTCP([]rtcp.Packet{r}) // the next comes in a second
}

// Unbind implements webrtc.TrackLocal.
func (s *slot) Unbind(webrtc.TrackLocalContext) error { return nil }

// ID, RID, StreamID and Kind implement webrtc.TrackLocal. Every slot has a stream of its
// own, so that the browser does not delay one for another.
func (s *slot) ID() string                { return "slot" + s.mid }
func (s *slot) RID() string               { return "" }
func (s *slot) StreamID() string          { return "slot" + s.mid }
func (s *slot) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeVideo }

// hear takes a report about pictures that the client is shown, in the order in which they
// come. pion would give it to who sends the SSRC alone, and forget what names that of
// repetitions, as acknowledgements of transport-wide numbers do whose last packet was one.
// It runs on the goroutine that reads the connection's reports.
func (l *link) hear(ssrc uint32, report []byte) bool {
	if _, shown := l.shown.Load(ssrc); !shown {
		return false
	}
	if packets, err := rtcp.Unmarshal(report); err == nil {
		l.peer.pictures.Feedback(packets, time.Now())
	}
	return true
}
