package webrtctest

import (
	"context"
	"math"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
)

// Nothing is what a peer says that sends no packet.
const Nothing = -1

// Say says a tone from now on; 0 is silence, which is sent too.
func (p *Peer) Say(frequency int) {
	p.frequency.Store(int64(frequency))
	p.said.Set()
}

// Received counts the packets that came.
func (p *Peer) Received() uint64 { return p.received.Load() }

// speak sends a packet every 20 ms.
func (p *Peer) speak() {
	c := p.client.Codec
	encoder := c.NewEncoder()
	frame := make([]int16, c.Samples())
	payload := make([]byte, codec.MaxPayload)
	ticker := time.NewTicker(audio.FrameDuration)
	defer ticker.Stop()
	var copies redundancy
	packet := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: uint8(p.client.parameters().PayloadType)}}
	for at := 0; ; at += len(frame) {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
		}
		if p.frequency.Load() == Nothing {
			packet.Timestamp += uint32(p.rest(ticker)) * uint32(c.Ticks())
			continue
		}
		clear(frame)
		f := float64(p.frequency.Load())
		if f > 0 {
			for i := range frame {
				frame[i] = int16(8000 * math.Sin(2*math.Pi*f*float64(at+i)/float64(c.SampleRate)))
			}
		}
		packet.Payload = payload[:encoder.Encode(payload, frame)]
		if p.client.Copies {
			packet.Payload = copies.add(packet.Payload, uint16(c.Ticks()))
		}
		if !p.client.Copies || packet.SequenceNumber%2 == 0 {
			_ = p.track.WriteRTP(&packet) // fails at the end alone
		}
		packet.SequenceNumber++
		packet.Timestamp += uint32(c.Ticks())
	}
}

// rest waits until the peer says something else than nothing, and returns how many packets
// it has left out.
func (p *Peer) rest(ticker *time.Ticker) (packets int) {
	began := time.Now()
	ticker.Stop()
	defer ticker.Reset(audio.FrameDuration)
	for p.frequency.Load() == Nothing {
		select {
		case <-p.said:
		case <-p.stop:
			return 0
		}
	}
	return 1 + int(time.Since(began)/audio.FrameDuration)
}

// hear decodes what comes.
func (p *Peer) hear(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
	if p.client.Deaf {
		p.count(track)
		return
	}
	decoder := p.client.Codec.NewDecoder()
	frame := make([]int16, p.client.Codec.Samples())
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		p.received.Add(1)
		if n := decoder.Decode(frame, packet.Payload); n == len(frame) {
			p.Heard.WriteFrame(frame)
		}
	}
}

// count counts what comes.
func (p *Peer) count(track *webrtc.TrackRemote) {
	packet := make([]byte, 1500)
	for {
		if _, _, err := track.Read(packet); err != nil {
			return
		}
		p.received.Add(1)
	}
}

// WaitTone waits until the peer hears a tone for 200 ms.
func (p *Peer) WaitTone(ctx context.Context, frequency float64) error {
	return p.Heard.WaitTone(ctx, frequency, 200*time.Millisecond)
}

// WaitSilence waits until the peer hears nothing for 300 ms.
func (p *Peer) WaitSilence(ctx context.Context) error {
	return p.Heard.WaitSilence(ctx, 300*time.Millisecond)
}
