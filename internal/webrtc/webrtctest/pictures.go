package webrtctest

import (
	"sync"

	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/sfu/sfutest"
)

// Header extensions of pictures.
const (
	midExtension       = "urn:ietf:params:rtp-hdrext:sdes:mid"
	ridExtension       = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
	transportExtension = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
)

// RIDs are the encodings of a camera: 160×90, 320×180 and 640×360.
var RIDs = []string{"q", "h", "f"}

// Pictures are the lines of pictures of a peer.
type Pictures struct {
	camera []*Track // by RID, as RIDs
	screen *Track

	mu   sync.Mutex
	seen map[string]*line // by mid
}

// Camera is an encoding of the peer's camera.
func (p *Peer) Camera(rid string) *Track {
	for _, t := range p.camera {
		if t.rid == rid {
			return t
		}
	}
	return nil
}

// Film lets all encodings of the camera send, or none.
func (p *Peer) Film(on bool) {
	for _, t := range p.camera {
		t.On(on)
	}
}

// Share lets the screen send, or not.
func (p *Peer) Share(on bool) { p.screen.On(on) }

// registerPictures adds VP8 with repetitions.
func registerPictures(engine *webrtc.MediaEngine) error {
	feedback := []webrtc.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "transport-cc"}}
	for _, c := range []webrtc.RTPCodecParameters{
		{PayloadType: 96, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: feedback}},
		{PayloadType: 97, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96"}},
	} {
		if err := engine.RegisterCodec(c, webrtc.RTPCodecTypeVideo); err != nil {
			return err
		}
	}
	for _, uri := range []string{midExtension, ridExtension, transportExtension} {
		if err := engine.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, webrtc.RTPCodecTypeVideo); err != nil {
			return err
		}
	}
	return nil
}

// addPictures adds the lines of docs/browser-protocol.md, with some slots.
func (p *Peer) addPictures(slots int) error {
	p.seen = make(map[string]*line)
	vp8 := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}
	send := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}
	for i, rid := range RIDs {
		local, err := webrtc.NewTrackLocalStaticRTP(vp8, "camera", "camera", webrtc.WithRTPStreamID(rid))
		if err != nil {
			return err
		}
		t := &Track{peer: p, rid: rid, local: local, encoder: sfutest.Encoder{Width: 160 << i, Height: 90 << i, Rate: 60_000 << i}}
		if i == 0 {
			t.line, err = p.PC.AddTransceiverFromTrack(local, send)
		} else {
			t.line = p.camera[0].line
			err = t.line.Sender().AddEncoding(local)
		}
		if err != nil {
			return err
		}
		p.camera = append(p.camera, t)
	}
	local, err := webrtc.NewTrackLocalStaticRTP(vp8, "screen", "screen")
	if err != nil {
		return err
	}
	p.screen = &Track{peer: p, local: local, encoder: sfutest.Encoder{Width: 1280, Height: 720, Rate: 200_000}}
	if p.screen.line, err = p.PC.AddTransceiverFromTrack(local, send); err != nil {
		return err
	}
	return p.AddSlots(slots)
}

// AddSlots adds places for pictures; an offer has to follow.
func (p *Peer) AddSlots(n int) error {
	for range n {
		if _, err := p.PC.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}); err != nil {
			return err
		}
	}
	return nil
}

// startPictures begins to send what is on, and to hear what is asked for.
func (p *Peer) startPictures() {
	for _, t := range append([]*Track{p.screen}, p.camera...) {
		p.work.Go(t.run)
		go t.listen() // until the connection is closed
	}
}
