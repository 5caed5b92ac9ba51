package main

import (
	"math/rand/v2"

	"github.com/switchhook/switchhook/internal/audio"
)

// talker says the same for ever, and listens to nobody.
type talker struct {
	said []int16
	at   int
}

// ReadFrame is the next piece of it.
func (t *talker) ReadFrame(f audio.Frame) bool {
	copy(f, t.said[t.at:])
	t.at = (t.at + len(f)) % (len(t.said) - len(f))
	return true
}

// WriteFrame does nothing.
func (t *talker) WriteFrame(audio.Frame) {}

// speech is noise, 2 s at 8 kHz: a room adds up all of it.
var speech = func() []int16 {
	random := rand.New(rand.NewPCG(1, 1))
	samples := make([]int16, 16000)
	for i := range samples {
		samples[i] = int16(random.IntN(2000) - 1000)
	}
	return samples
}()
