package siptest

import (
	"encoding/binary"
	"math/rand/v2"
	"time"
)

// Clock is how a phone sends its sound by the clock of the machine, not whenever a timer
// fires: a test then knows when each sample was said.
type Clock struct {
	Say    func(at time.Time) int16 // the sample of a moment, at 8 kHz
	Phase  time.Duration            // by how much its packets are later than those of phase 0
	Jitter time.Duration            // by how much the network holds packets up at most
}

// departure is when a packet was sent, and how long after its last sample was said.
type departure struct {
	at   time.Time
	late time.Duration
}

// speakByClock sends a packet whenever one is full, or as much later as the jitter wants.
func (m *media) speakByClock(c *Clock) {
	s := speaker{media: m, ssrc: binary.BigEndian.Uint32([]byte(token()))}
	full := time.Now().Truncate(frameClock).Add(frameClock + c.Phase)
	for first := full.Add(-frameClock); ; full = full.Add(frameClock) {
		timer := time.NewTimer(time.Until(full.Add(time.Duration(rand.Float64() * float64(c.Jitter)))))
		select {
		case <-timer.C:
		case <-m.done:
			timer.Stop()
			return
		}
		samples := make([]int16, 160)
		for i := range samples {
			samples[i] = c.Say(first.Add(time.Duration(int(s.timestamp)+i) * time.Second / 8000))
		}
		m.mu.Lock()
		if m.remote != nil {
			now := time.Now()
			s.send(m.voice.format, false, s.timestamp, m.voice.encode(samples))
			m.departures = append(m.departures, departure{now, now.Sub(full)})
		}
		m.mu.Unlock()
		s.timestamp += 160
	}
}

// Fastest is how long after it was full the fastest packet of a time was sent, of a phone
// with a Clock: nothing is known of it that is nearer to the moment of what it says.
func (c *Call) Fastest(from, to time.Time) time.Duration {
	c.media.mu.Lock()
	defer c.media.mu.Unlock()
	fastest := time.Hour
	for _, d := range c.media.departures {
		if !d.at.Before(from) && d.at.Before(to) {
			fastest = min(fastest, d.late)
		}
	}
	return fastest
}
