package insight

import (
	"fmt"
	"maps"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// measureInterval is how often the sound of living legs is measured.
const measureInterval = 5 * time.Second

// seldom is how many of these pass without a measure where memory is short.
const seldom = 12

// measured is a leg whose sound can be measured while it lives, from any goroutine. A
// zero Sound is one that has none yet.
type measured interface{ Sound() call.Sound }

// measurement is an item with the sound of a leg.
type measurement struct {
	who   string
	sound call.Sound
}

func (m *measurement) code(c *coder) {
	c.text(&m.who)
	codeSound(c, &m.sound)
}

func codeSound(c *coder, s *call.Sound) {
	c.text(&s.Codec)
	c.unsigned(&s.Sent)
	c.unsigned(&s.Received)
	c.duration(&s.Jitter)
	c.duration(&s.MaxJitter)
	c.duration(&s.RoundTrip)
	c.duration(&s.Concealed)
	for _, f := range [...]*float64{&s.Loss, &s.RemoteLoss, &s.MOS, &s.RemoteMOS} {
		c.fraction(f)
	}
}

func (m *measurement) more() any {
	d := measureOf(m.sound)
	d.Who = m.who
	return d
}

func (m *measurement) line() (Kind, string, bool) {
	d := measureOf(m.sound)
	text := fmt.Sprintf("%s: %s, %d packets in, %d out, loss %.1f %%, jitter %.1f ms", m.who, d.Codec, d.Received, d.Sent, 100*d.Loss, d.JitterMS)
	if d.MOS > 0 { // none of sound that nobody has heard
		text += fmt.Sprintf(", MOS %.1f", d.MOS)
	}
	return KindMeasure, text, false
}

// livingLeg is a leg that is measured.
type livingLeg struct {
	record *record
	who    string
}

// measure looks at every living leg once. Nothing is asked of a leg under the lock.
func (h *Hub) measure(now time.Time) {
	h.mu.Lock()
	h.rounds++
	if h.seldomNow() {
		h.mu.Unlock()
		return
	}
	legs := maps.Clone(h.legs)
	h.mu.Unlock()
	for leg, of := range legs {
		sound := leg.Sound()
		if sound.Codec == "" {
			continue
		}
		h.mu.Lock()
		if h.legs[leg] == of { // it may have ended meanwhile
			if sound.MOS > 0 && (of.record.quality == 0 || sound.MOS < of.record.quality) {
				of.record.quality = sound.MOS
			}
			m := measurement{of.who, sound}
			m.code(h.begin(formatMeasure, now))
			h.add(of.record)
		}
		h.mu.Unlock()
	}
}
