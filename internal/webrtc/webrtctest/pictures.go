package webrtctest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
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
	seen map[string]*Seen // by mid
}

// Seen is what came on a line.
type Seen struct {
	Packets, KeyFrames int
	Pictures           int           // whose last packet came
	Width              int           // of the last key frame
	Gaps               int           // numbers that were skipped
	First, Last        time.Time     // pictures
	Longest            time.Duration // between two pictures, since Forget
	Turned             time.Time     // when pictures of another width began
	last               uint16
}

// Track is an encoding that a peer sends. It sends nothing before On.
type Track struct {
	peer    *Peer
	rid     string
	local   *webrtc.TrackLocalStaticRTP
	line    *webrtc.RTPTransceiver
	encoder sfutest.Encoder

	mu  sync.Mutex
	on  bool
	key bool
}

// On lets the track send, or not.
func (t *Track) On(on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.on, t.key = on, true
}

// SetRate changes how many bits a second the track sends.
func (t *Track) SetRate(bits int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.encoder.Rate = bits
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
	p.seen = make(map[string]*Seen)
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

// run sends the pictures.
func (t *Track) run() {
	ticker := time.NewTicker(time.Second / sfutest.PerSecond)
	defer ticker.Stop()
	packet := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96}}
	for {
		select {
		case <-t.peer.stop:
			return
		case <-ticker.C:
		}
		t.mu.Lock()
		on := t.on
		var payloads [][]byte
		if on {
			payloads = t.encoder.Picture(t.key)
			t.key = false
		}
		t.mu.Unlock()
		packet.Timestamp += 90000 / sfutest.PerSecond
		if !on {
			continue
		}
		for i, payload := range payloads {
			packet.Payload, packet.Marker = payload, i == len(payloads)-1
			t.label(&packet.Header)
			_ = t.local.WriteRTP(&packet) // fails at the end alone
			packet.SequenceNumber++
		}
	}
}

// label says of which line and encoding a packet is.
func (t *Track) label(h *rtp.Header) {
	for _, extension := range t.line.Sender().GetParameters().HeaderExtensions {
		switch {
		case extension.URI == midExtension:
			_ = h.SetExtension(uint8(extension.ID), []byte(t.line.Mid()))
		case extension.URI == ridExtension && t.rid != "":
			_ = h.SetExtension(uint8(extension.ID), []byte(t.rid))
		}
	}
}

// listen makes key pictures when they are asked for.
func (t *Track) listen() {
	for {
		var packets []rtcp.Packet
		var err error
		if t.rid == "" {
			packets, _, err = t.line.Sender().ReadRTCP()
		} else {
			packets, _, err = t.line.Sender().ReadSimulcastRTCP(t.rid)
		}
		if err != nil {
			return
		}
		for _, packet := range packets {
			if _, is := packet.(*rtcp.PictureLossIndication); is {
				t.mu.Lock()
				t.key = true
				t.mu.Unlock()
			}
		}
	}
}

// see counts what comes on a line.
func (p *Peer) see(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	mid := receiver.RTPTransceiver().Mid()
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		p.mu.Lock()
		s := p.seen[mid]
		if s == nil {
			s = &Seen{last: packet.SequenceNumber - 1}
			p.seen[mid] = s
		}
		s.take(packet)
		p.mu.Unlock()
	}
}

func (s *Seen) take(packet *rtp.Packet) {
	s.Packets++
	if packet.Marker {
		s.picture(time.Now())
	}
	s.Gaps += int(packet.SequenceNumber - s.last - 1)
	s.last = packet.SequenceNumber
	if width, key := sfutest.KeyWidth(packet.Payload); key {
		s.KeyFrames++
		if width != s.Width {
			s.Width, s.Turned = width, time.Now()
		}
	}
}

// picture counts one whose last packet came.
func (s *Seen) picture(now time.Time) {
	s.Pictures++
	if s.First.IsZero() {
		s.First, s.Last = now, now
	}
	s.Longest = max(s.Longest, now.Sub(s.Last))
	s.Last = now
}

// Forget lets the longest time between two pictures count anew.
func (p *Peer) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.seen {
		s.Longest, s.Last = 0, time.Now()
	}
}

// Saw is what came on a line so far.
func (p *Peer) Saw(mid string) Seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.seen[mid]; s != nil {
		return *s
	}
	return Seen{}
}

// SawAll counts the packets that came on all lines.
func (p *Peer) SawAll() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.seen {
		n += s.Packets
	}
	return n
}

// WaitPictures waits until some more pictures of a width have come on a line.
func (p *Peer) WaitPictures(ctx context.Context, mid string, width int) error {
	before := p.Saw(mid)
	for {
		if now := p.Saw(mid); now.Pictures >= before.Pictures+5 && (width == 0 || now.Width == width) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no pictures of %d on line %s but %+v: %w", width, mid, p.Saw(mid), context.Cause(ctx))
		case <-time.After(5 * time.Millisecond):
		}
	}
}
