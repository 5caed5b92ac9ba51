package siptest

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// keyPress is a key to press; done is closed when it is released.
type keyPress struct {
	code byte
	done chan struct{}
}

// voiceOf returns the codec of a payload type, nil for one that the phone lacks.
func (m *media) voiceOf(format string) *voice {
	for _, v := range m.voices {
		if strconv.Itoa(int(v.format)) == format {
			return v
		}
	}
	return nil
}

// speak sends a packet every 20 ms.
func (m *media) speak() {
	ticker := time.NewTicker(frameClock)
	defer ticker.Stop()
	s := speaker{media: m, ssrc: binary.BigEndian.Uint32([]byte(token()))}
	for {
		select {
		case <-ticker.C:
			s.tick()
		case <-m.done:
			return
		}
	}
}

func (m *media) say(samples []int16) {
	m.mu.Lock()
	m.queue = append(m.queue, samples...)
	m.mu.Unlock()
}

func (m *media) press(ctx context.Context, keys string) error {
	var last chan struct{}
	m.mu.Lock()
	for _, key := range keys {
		code := strings.IndexRune("0123456789*#ABCD", key)
		if code < 0 {
			m.mu.Unlock()
			return fmt.Errorf("%q is no key", key)
		}
		last = make(chan struct{})
		m.keys = append(m.keys, keyPress{byte(code), last})
	}
	m.mu.Unlock()
	select {
	case <-last:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-m.done:
		return fmt.Errorf("call ended while keys were pressed")
	}
}

func (m *media) heardSound() []int16 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]int16(nil), m.heard...)
}

func (m *media) heardKeys() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return string(m.tones)
}
