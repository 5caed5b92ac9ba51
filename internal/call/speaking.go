package call

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/identifier"
)

// How it is decided who speaks.
const (
	speakersEvery = 300 * time.Millisecond
	speakingStays = 500 * time.Millisecond // after the last loud frame
	// loud is the mean square of a frame of speech: -50 dBFS.
	loud = 32768 * 32768 / 100_000
	// prevails is how much louder somebody has to be to come before who spoke: 3 dB.
	prevails = 2
)

// meter is a level meter: it takes the frames of one port on the shard, and keeps the
// loudest mean square since it was last read.
type meter struct{ loudest atomic.Uint64 }

// take measures a frame. Only the shard calls it.
func (m *meter) take(f audio.Frame) {
	if len(f) == 0 {
		return
	}
	if level := uint64(audio.Energy(f)) / uint64(len(f)); level > m.loudest.Load() {
		m.loudest.Store(level)
	}
}

// read returns the loudest level, and begins anew.
func (m *meter) read() uint64 { return m.loudest.Swap(0) }

// utterance is what is known of how an endpoint speaks.
type utterance struct {
	energy float64 // smoothed over about a second
	last   time.Time
}

// watchSpeakers begins to tell who speaks, with the first leg that wants to know.
func (c *Call) watchSpeakers(e *endpoint) {
	if _, follows := e.leg.(SpeakersFollower); !follows || c.speakers != nil {
		return
	}
	c.speakers = &speakers{}
	c.measured.Store(true)
	c.after(speakersEvery, c.tellSpeakers)
}

// speakers is what was told last.
type speakers struct{ speaking, dominant []identifier.ID }

// tellSpeakers measures, tells the legs that follow if somebody began or stopped, and
// comes again while there are such legs.
func (c *Call) tellSpeakers() {
	var followers []SpeakersFollower
	for _, e := range c.endpoints {
		if leg, ok := e.leg.(SpeakersFollower); ok && e.listed() {
			followers = append(followers, leg)
		}
	}
	if c.ended || len(followers) == 0 {
		c.speakers = nil
		c.measured.Store(false)
		return
	}
	now := c.measureSpeakers(time.Now())
	if !slices.Equal(now.speaking, c.speakers.speaking) || !slices.Equal(now.dominant, c.speakers.dominant) {
		c.speakers = &now
		c.recording.speak(now.dominant)
		for _, leg := range followers {
			leg.FollowSpeakers(now.speaking, now.dominant)
		}
	}
	c.after(speakersEvery, c.tellSpeakers)
}

// measure takes how loud the endpoint was since it was measured last.
func (e *endpoint) measure(now time.Time) {
	level := e.port.meter.read()
	if e.silent() || e.who.muted || e.who.held || e.selfHeld {
		level = 0
	}
	if level >= loud {
		e.voice.last = now
	}
	e.voice.energy += (float64(level) - e.voice.energy) * 0.3
}

// speaks reports whether something loud was heard a moment ago.
func (u utterance) speaks(now time.Time) bool {
	return !u.last.IsZero() && now.Sub(u.last) < speakingStays
}

// measureSpeakers measures all endpoints. Those of one participant count as the loudest.
func (c *Call) measureSpeakers(now time.Time) (found speakers) {
	energies := make(map[identifier.ID]float64)
	for _, e := range c.endpoints {
		if e.port == nil || !e.listed() {
			continue
		}
		e.measure(now)
		if e.voice.speaks(now) && !slices.Contains(found.speaking, e.id) {
			found.speaking = append(found.speaking, e.id)
		}
		energies[e.id] = max(energies[e.id], e.voice.energy)
	}
	for id, energy := range energies {
		if energy >= loud {
			found.dominant = append(found.dominant, id)
		}
	}
	rank := func(id identifier.ID) float64 {
		if c.speakers != nil && len(c.speakers.dominant) > 0 && c.speakers.dominant[0] == id {
			return energies[id] * prevails
		}
		return energies[id]
	}
	slices.SortFunc(found.dominant, func(a, b identifier.ID) int {
		return cmp.Or(cmp.Compare(rank(b), rank(a)), strings.Compare(a.Raw(), b.Raw()))
	})
	return found
}
