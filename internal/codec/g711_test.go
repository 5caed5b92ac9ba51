package codec

import (
	"math"
	"testing"
)

// The corners of G.711 tables 1 and 2, at 16 bits.
func TestG711KnownValues(t *testing.T) {
	for _, test := range []struct {
		codec Codec
		code  byte
		value int16
	}{
		{PCMU, 0x00, -32124}, {PCMU, 0x80, 32124}, {PCMU, 0xff, 0}, {PCMU, 0xfe, 8}, {PCMU, 0x7e, -8},
		{PCMU, 0xef, 132}, {PCMU, 0x8f, 16764}, {PCMU, 0x0f, -16764},
		{PCMA, 0xd5, 8}, {PCMA, 0x55, -8}, {PCMA, 0xaa, 32256}, {PCMA, 0x2a, -32256},
		{PCMA, 0xc5, 264}, {PCMA, 0xf5, 528}, {PCMA, 0x80, 5504},
	} {
		var value [1]int16
		test.codec.NewDecoder().Decode(value[:], []byte{test.code})
		if value[0] != test.value {
			t.Errorf("%s %#02x decodes to %d, want %d", test.codec.Name, test.code, value[0], test.value)
		}
		var code [1]byte
		test.codec.NewEncoder().Encode(code[:], []int16{test.value})
		if code[0] != test.code {
			t.Errorf("%s %d encodes to %#02x, want %#02x", test.codec.Name, test.value, code[0], test.code)
		}
	}
}

// G.711 tables 5 and 6: these eight characters are a 1 kHz tone at 0 dBm0.
func TestG711ReferenceTone(t *testing.T) {
	for _, test := range []struct {
		codec    Codec
		tone     []byte
		overload float64 // the largest amplitude, at 16 bits
		above    float64 // where it lies in dBm0
	}{
		{PCMA, []byte{0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4}, 4096 * 8, 3.14},
		{PCMU, []byte{0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e}, 8159 * 4, 3.17},
	} {
		pcm := make([]int16, 8)
		test.codec.NewDecoder().Decode(pcm, test.tone)
		var real, imaginary float64
		for i, sample := range pcm {
			real += float64(sample) * math.Cos(2*math.Pi*float64(i)/8)
			imaginary += float64(sample) * math.Sin(2*math.Pi*float64(i)/8)
		}
		amplitude := math.Hypot(real, imaginary) / 4
		below := 20 * math.Log10(test.overload/amplitude)
		if math.Abs(below-test.above) > 0.03 {
			t.Errorf("%s: the tone lies %.3f dB below overload, want %.2f", test.codec.Name, below, test.above)
		}
		again := make([]byte, 8)
		test.codec.NewEncoder().Encode(again, pcm)
		if string(again) != string(test.tone) {
			t.Errorf("%s: encoded again % x, want % x", test.codec.Name, again, test.tone)
		}
	}
}

// Every sample comes back within half a step of its segment.
func TestG711RoundTripError(t *testing.T) {
	for _, test := range []struct {
		codec   Codec
		step    func(magnitude int) int // at 16 bits
		largest int
	}{
		{PCMU, func(m int) int { return 8 << max(bitsAbove(m+132, 8), 0) }, 32124},
		{PCMA, func(m int) int { return 16 << max(bitsAbove(m, 9), 0) }, 32256},
	} {
		encoder, decoder := test.codec.NewEncoder(), test.codec.NewDecoder()
		for s := math.MinInt16; s <= math.MaxInt16; s++ {
			var code [1]byte
			var back [1]int16
			encoder.Encode(code[:], []int16{int16(s)})
			decoder.Decode(back[:], code[:])
			magnitude := max(s, -s)
			difference := max(int(back[0])-s, s-int(back[0]))
			limit := test.step(magnitude)/2 + 4 // the bits that 14-bit sound has not
			if magnitude > test.largest {
				limit = magnitude - test.largest
			}
			if difference > limit {
				t.Fatalf("%s: %d comes back as %d, %d away, at most %d allowed", test.codec.Name, s, back[0], difference, limit)
			}
		}
	}
}

// bitsAbove says how many times m must be halved to fit in so many bits.
func bitsAbove(m, width int) int {
	n := 0
	for m >= 1<<width {
		m >>= 1
		n++
	}
	return n
}

func TestG711EveryCodeSurvives(t *testing.T) {
	for _, c := range []Codec{PCMA, PCMU} {
		for i := range 256 {
			var pcm [1]int16
			var code [1]byte
			c.NewDecoder().Decode(pcm[:], []byte{byte(i)})
			c.NewEncoder().Encode(code[:], pcm[:])
			if c == PCMU && i == 0x7f {
				continue // µ-law has a negative zero, which PCM has not
			}
			if code[0] != byte(i) {
				t.Errorf("%s: %#02x comes back as %#02x", c.Name, i, code[0])
			}
		}
	}
}

func TestDecodeStopsAtTheEndOfItsRoom(t *testing.T) {
	var pcm [3]int16
	if n := PCMA.NewDecoder().Decode(pcm[:2], []byte{0xaa, 0xaa, 0xaa}); n != 2 || pcm[2] != 0 {
		t.Errorf("decoded %d samples, %v", n, pcm)
	}
}

func TestCodecsDoNotAllocate(t *testing.T) {
	pcm, payload := make([]int16, 320), make([]byte, MaxPayload)
	for _, c := range All {
		encoder, decoder := c.NewEncoder(), c.NewDecoder()
		if n := testing.AllocsPerRun(100, func() { encoder.Encode(payload, pcm); decoder.Decode(pcm, payload) }); n != 0 {
			t.Errorf("%s: %v allocations a frame", c.Name, n)
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	for _, c := range known {
		if !c.Valid() {
			continue
		}
		pcm, payload := make([]int16, c.Samples()), make([]byte, MaxPayload)
		for i := range pcm {
			pcm[i] = int16(i * 401)
		}
		encoder, decoder := c.NewEncoder(), c.NewDecoder()
		n := encoder.Encode(payload, pcm)
		b.Run(c.Name+"/encode", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				encoder.Encode(payload, pcm)
			}
		})
		b.Run(c.Name+"/decode", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				decoder.Decode(pcm, payload[:n])
			}
		})
	}
}
