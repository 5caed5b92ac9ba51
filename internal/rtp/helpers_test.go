package rtp

import (
	"slices"
	"testing"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// formatsOf are codecs under their static payload types, or 111, and tones under 101.
func formatsOf(codecs ...codec.Codec) sdp.Formats {
	f := sdp.Formats{Events: []sdp.Events{{PayloadType: 101, Clock: 8000}}}
	for _, c := range codecs {
		number := c.PayloadType
		if number == codec.Dynamic {
			number = 111
		}
		f.Codecs = append(f.Codecs, sdp.Format{PayloadType: number, Codec: c.Name})
	}
	return f
}

// use agrees on codecs in both directions.
func use(m *sdp.Media, codecs ...codec.Codec) {
	m.Sending = formatsOf(codecs...)
	m.Receiving = m.Sending
}

// with agrees on a codec.
func with(c codec.Codec) func(*sdp.Media) { return func(m *sdp.Media) { use(m, c) } }

// withoutEvents takes telephone-event away.
func withoutEvents(m *sdp.Media) { m.Sending.Events, m.Receiving.Events = nil, nil }

// remembering is a decoder that notes what it is asked to make up.
type remembering struct{ asked [][]byte }

func (r *remembering) Decode(dst []int16, payload []byte) int {
	for i := range 320 {
		dst[i] = int16(payload[1]) * 100
	}
	return 320
}

func (r *remembering) Conceal(dst []int16, following []byte) bool {
	for i := range dst {
		dst[i] = -5000
	}
	r.asked = append(r.asked, slices.Clone(following))
	return true
}

// shorter is the first of several, and with -short it alone: each takes seconds under
// the race detector, and all of them run without it.
func shorter[T any](first T, others ...T) []T {
	if testing.Short() {
		return []T{first}
	}
	return append([]T{first}, others...)
}
