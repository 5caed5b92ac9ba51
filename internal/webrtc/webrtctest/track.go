package webrtctest

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/sfu/sfutest"
)

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
