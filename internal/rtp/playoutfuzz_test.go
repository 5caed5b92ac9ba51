package rtp

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
)

// FuzzPlayout lets packets of odd lengths come, or not, in any order, with jumps and
// changes of codec. A byte is one thing that happens; its upper bits say how much.
func FuzzPlayout(f *testing.F) {
	f.Add([]byte{0, 8, 0, 8, 0, 8, 0, 8, 8, 8, 16, 8, 0, 8, 0, 8, 255, 8, 8, 8, 8})
	f.Add([]byte{1, 1, 1, 0, 0, 8, 2, 8, 3, 8, 4, 0, 0, 0, 8, 8, 13, 8, 8, 5, 0, 8, 0, 8, 6, 0, 8, 8, 8, 8, 8, 0, 8})
	voice := vowel(8000, 8000)
	f.Fuzz(func(t *testing.T, happens []byte) {
		codecs := []codec.Codec{codec.PCMU, codec.G722, codec.PCMA}
		var p playout
		if codec.OpusMissing() == nil {
			codecs = append(codecs, codec.Opus) // which has another clock
		}
		p.accept(newDecoding(codecs...))
		format, h, payload := uint8(0), header{}, make([]byte, 480)
		codec.PCMU.NewEncoder().Encode(payload, voice[7000:7480])
		var frame [maxFrame]int16
		for _, what := range happens {
			much := int(what >> 3)
			switch what & 7 {
			case 0: // a frame is made
				dst := frame[:p.samples()]
				p.frame(dst, much > 28)
			case 1: // a packet comes, late or early by some
				odd := h
				odd.timestamp += uint32(much-8) * 40
				p.push(odd, format, payload[:1+much*15], moment{waited: time.Duration(much) * time.Millisecond, jitter: time.Duration(much%4) * 9 * time.Millisecond})
			case 2: // lost
				h.sequence, h.timestamp = h.sequence+uint16(much), h.timestamp+160*uint32(much)
			case 3: // the clock jumps
				h.timestamp += uint32(much) << 27
			case 4: // another codec
				format = uint8(much % len(codecs))
			case 5:
				p.rememberNoise(h, payload[:much%12])
			case 6: // another stream, or a hold
				if much%2 == 0 {
					p.nextStream()
				} else {
					p.clear()
				}
			case 7: // the next packet comes
				size := 80 + 80*(much%4)
				p.push(h, format, payload[:size], moment{newest: true, waited: time.Duration(much) * time.Millisecond, jitter: time.Duration(much) * time.Millisecond})
				h.sequence, h.timestamp = h.sequence+1, h.timestamp+uint32(size)
			}
			if p.at > p.end || p.end > len(p.decoded) || p.more < 0 || p.buffer.count > maxSlots {
				t.Fatalf("%d to %d of %d decoded, %d more, %d packets", p.at, p.end, len(p.decoded), p.more, p.buffer.count)
			}
		}
		for range 100 { // with nothing coming all ends in silence
			p.frame(frame[:p.samples()], false)
		}
		if made := p.frame(frame[:p.samples()], false); made != nothing && made != noise {
			t.Fatalf("a second after the last packet %d is heard", made)
		}
	})
}
