package siptest

import (
	"slices"

	"github.com/switchhook/switchhook/internal/codec"
)

// voice is one codec of the phone, with the memory of one stream each way. G.711
// is the phone's own, so that one error is not made twice; G.722 and Opus are
// those of package codec, which is checked against other implementations.
type voice struct {
	name     string
	format   byte // payload type
	encoding string
	rate     int // of its sound, in Hz
	clock    int // of its timestamps
	encode   func(samples []int16) []byte
	decode   func(payload []byte) []int16
}

func newVoice(name string) *voice {
	switch name {
	case "PCMU":
		return telephone(name, 0)
	case "PCMA":
		return telephone(name, 8)
	case "G722":
		return wide(name, 9, "G722/8000", codec.G722)
	case "OPUS":
		if codec.Opus.Valid() {
			return wide(name, 111, "opus/48000/2", codec.Opus)
		}
	}
	return nil
}

func telephone(name string, format byte) *voice {
	return &voice{
		name: name, format: format, encoding: name + "/8000", rate: 8000, clock: 8000,
		encode: func(samples []int16) []byte {
			payload := make([]byte, len(samples))
			for i, sample := range samples {
				payload[i] = compress(format, sample)
			}
			return payload
		},
		decode: func(payload []byte) []int16 {
			samples := make([]int16, len(payload))
			for i, code := range payload {
				samples[i] = expand(format, code)
			}
			return samples
		},
	}
}

func wide(name string, format byte, encoding string, c codec.Codec) *voice {
	encoder, decoder := c.NewEncoder(), c.NewDecoder()
	return &voice{
		name: name, format: format, encoding: encoding, rate: c.SampleRate, clock: c.ClockRate,
		encode: func(samples []int16) []byte {
			payload := make([]byte, codec.MaxPayload)
			return payload[:encoder.Encode(payload, samples)]
		},
		decode: func(payload []byte) []int16 {
			samples := make([]int16, 6*c.Samples())
			return samples[:decoder.Decode(samples, payload)]
		},
	}
}

// fitted brings samples from one rate to another, roughly: a phone that has to
// speak a narrow codec drops every other sample, or repeats it.
func fitted(samples []int16, from, to int) []int16 {
	switch {
	case from > to:
		for i := range len(samples) / 2 {
			samples[i] = samples[2*i]
		}
		return samples[:len(samples)/2]
	case from < to:
		double := make([]int16, 0, 2*len(samples))
		for _, sample := range samples {
			double = append(double, sample, sample)
		}
		return double
	}
	return samples
}

// rateOf is the highest rate of a list of voices.
func rateOf(voices []*voice) int {
	return slices.MaxFunc(voices, func(a, b *voice) int { return a.rate - b.rate }).rate
}
