package rtp

import (
	"fmt"
	"math"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
)

// spoken is a tone of which each second comes in the next of some codecs, from a peer
// that encodes each of them anew.
func spoken(codecs []codec.Codec, seconds int) (packets []sent, formats []uint8) {
	h := header{sequence: 65500, timestamp: 1<<32 - 8000, ssrc: 1}
	position := 0.0 // of the tone, in seconds
	for n := range seconds {
		c := codecs[n%len(codecs)]
		encoder, pcm := c.NewEncoder(), make([]int16, c.Samples())
		for range audio.FramesPerSecond {
			for i := range pcm {
				pcm[i] = int16(8000 * math.Sin(2*math.Pi*tone*(position+float64(i)/float64(c.SampleRate))))
			}
			position += 0.02
			payload := make([]byte, codec.MaxPayload)
			packets = append(packets, sent{h, payload[:encoder.Encode(payload, pcm)], float64(len(packets)*20 + 1)})
			formats = append(formats, uint8(n%len(codecs)))
			h.sequence++
			h.timestamp += uint32(c.Ticks())
		}
	}
	return packets, formats
}

// TestPeerChangesItsCodecWithoutAClick asks that each of the codecs that were agreed on
// may come at any time, that nothing of it is lost, and that the change is not heard.
func TestPeerChangesItsCodecWithoutAClick(t *testing.T) {
	pairs := [][]codec.Codec{{codec.PCMU, codec.PCMA}, {codec.PCMU, codec.G722}, {codec.G722, codec.PCMA, codec.PCMU}}
	if codec.OpusMissing() == nil {
		pairs = append(pairs, []codec.Codec{codec.Opus, codec.PCMU}, []codec.Codec{codec.G722, codec.Opus})
	}
	for _, codecs := range pairs {
		for first := range codecs { // which the peer begins with
			name := fmt.Sprint(codecs[0].Name, " and others, from ", codecs[first].Name)
			var p playout
			indices := p.accept(newDecoding(codecs...))
			order := append(codecs[first:len(codecs):len(codecs)], codecs[:first]...)
			packets, formats := spoken(order, 6)
			var bridge audio.Bridge
			var heard []int16
			concealed := 0
			for i, packet := range packets {
				format := indices[(int(formats[i])+first)%len(codecs)]
				if got := p.push(packet.header, format, packet.payload, moment{newest: true}); got != stored {
					t.Fatalf("%s: packet %d is %d", name, i, got)
				}
				frame := make([]int16, p.samples())
				made := p.frame(frame, false)
				if made == invented {
					concealed++
				}
				wide := make(audio.Frame, 320)
				if made != nothing {
					copy(wide, bridge.Convert(wide, frame))
				}
				heard = append(heard, wide...)
			}
			steepest := 8000 * 2 * math.Pi * tone / 16000
			if step := longestStep(heard[3200:]); float64(step) > 2*steepest {
				t.Errorf("%s: a step of %d, the tone has at most %.0f", name, step, steepest)
			}
			if p.depth() > 2*40 {
				t.Errorf("%s: %d ms wait at the end", name, p.depth())
			}
			for second := range 6 {
				half := heard[second*16000+9600 : second*16000+16000]
				if share := audiotest.Goertzel(half, 16000, tone); share < 0.95 {
					t.Errorf("%s, second %d: heard %s", name, second, audiotest.Describe(half, 16000))
				}
			}
			same := codecs[0].ClockRate == codecs[1].ClockRate
			if same && concealed > 0 || concealed > 6*4 {
				t.Errorf("%s: %d frames were invented", name, concealed)
			}
		}
	}
}

// TestPacketFromBeforeAChangeOfClockIsLate asks that a straggler of the former codec
// does not change the clock back.
func TestPacketFromBeforeAChangeOfClockIsLate(t *testing.T) {
	var p playout
	p.accept(&decoding{
		formats: []format{{codec: codec.PCMU, decoder: codec.PCMU.NewDecoder()}, {codec: codec.Opus, decoder: &remembering{}, whole: true}},
		conceal: [2]concealer{newConcealer(8000), newConcealer(16000)},
		decoded: make([]int16, 960), whole: make([]byte, maxPayload),
	})
	frame := make([]int16, maxFrame)
	for n := range 10 {
		p.push(header{sequence: uint16(n), timestamp: uint32(160 * n)}, 0, make([]byte, 160), moment{newest: true})
		p.frame(frame[:p.samples()], false)
	}
	for n := 11; n < 20; n++ {
		p.push(header{sequence: uint16(n), timestamp: 7000 + uint32(960*n)}, 1, []byte{1 << 3, 9}, moment{newest: true})
		p.frame(frame[:p.samples()], false)
	}
	if got := p.push(header{sequence: 10, timestamp: 1600}, 0, make([]byte, 160), moment{newest: false}); got != late || p.clock != 48000 {
		t.Errorf("arrival %d, and the clock is %d Hz", got, p.clock)
	}
}
