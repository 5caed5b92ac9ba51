package calltest

import (
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
)

// Mixes makes mixes that tick with package time, so that they run under
// testing/synctest. They mix by adding and care for nothing else.
type Mixes struct{}

// NewMix returns a mix that ticks until it is closed.
func (Mixes) NewMix(rate int) call.Mix {
	m := &mix{rate: rate, stop: make(chan struct{})}
	go m.run()
	return m
}

type mix struct {
	rate    int
	stop    chan struct{}
	mu      sync.Mutex
	members []*member
	closed  bool
}

type member struct {
	mix     *mix
	port    audio.Port
	whisper audio.Source
	said    audio.Frame
	speaks  bool
}

func (m *mix) Join(p audio.Port) call.Member {
	m.mu.Lock()
	defer m.mu.Unlock()
	mb := &member{mix: m, port: p, said: make(audio.Frame, audio.Samples(m.rate))}
	m.members = append(m.members, mb)
	return mb
}

func (m *mix) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.closed = true
		close(m.stop)
	}
}

func (mb *member) Leave() {
	m := mb.mix
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, other := range m.members {
		if other == mb {
			m.members = append(m.members[:i], m.members[i+1:]...)
			return
		}
	}
}

func (mb *member) Whisper(s audio.Source) {
	mb.mix.mu.Lock()
	mb.whisper = s
	mb.mix.mu.Unlock()
}

func (m *mix) run() {
	ticker := time.NewTicker(audio.FrameDuration)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			m.tick()
		case <-m.stop:
			return
		}
	}
}

func (m *mix) tick() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, mb := range m.members {
		mb.speaks = mb.port.ReadFrame(mb.said)
	}
	for _, mb := range m.members {
		mb.port.WriteFrame(m.heardBy(mb))
	}
}

// heardBy adds up what the others say; nil is silence.
func (m *mix) heardBy(listener *member) audio.Frame {
	var sum audio.Frame
	add := func(f audio.Frame) {
		if sum == nil {
			sum = make(audio.Frame, len(f))
		}
		for i := range f {
			sum[i] += f[i]
		}
	}
	for _, mb := range m.members {
		if mb != listener && mb.speaks {
			add(mb.said)
		}
	}
	whispered := make(audio.Frame, audio.Samples(m.rate))
	if listener.whisper != nil && listener.whisper.ReadFrame(whispered) {
		add(whispered)
	}
	return sum
}
