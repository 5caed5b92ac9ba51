package rtp

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/fault"
)

// The shape of a press, in ticks of 20 ms: 100 ms of tone, 100 ms without.
const (
	toneTicks  = 5
	endPackets = 3 // RFC 4733 §2.5.1.4
	pressTicks = 10

	toneVolume = 10 // -10 dBm0, RFC 4733 §2.3.4
	maxTones   = 256
)

// The frequencies of a key in Hz (ITU-T Q.23), and the level of each in dB
// below full scale: two of them stay below clipping.
var (
	keypad      = [...]string{"123A", "456B", "789C", "*0#D"}
	lowGroup    = [...]float64{697, 770, 852, 941}
	highGroup   = [...]float64{1209, 1336, 1477, 1633}
	inbandLevel = -12.0
)

// press is one key to be sent.
type press struct {
	event byte
	sound *audio.Oscillator // for a peer without telephone-event
}

// toneBatch is what one SendTones wants.
type toneBatch struct {
	presses  []press
	done     chan struct{} // closed by the shard after the last end packet
	canceled atomic.Bool   // nobody waits any more: finish the key that sounds
}

// toneSender is the shard's half of SendTones.
type toneSender struct {
	pending atomic.Pointer[toneBatch]
	batch   *toneBatch
	at      int    // which press of the batch
	tick    int    // of the press
	start   uint32 // the press's timestamp
	inband  bool   // this press is sent as sound
	rest    int    // ticks of pause to keep
	paused  bool   // this tick belongs to the pause
}

// sending reports whether a tone takes the place of the voice in this tick, and
// prepares it if so.
func (t *toneSender) sending(timestamp uint32, inband bool) bool {
	if t.paused = t.rest > 0; t.paused {
		t.rest--
		return false
	}
	if t.batch == nil {
		if t.pending.Load() == nil {
			return false
		}
		t.batch, t.at, t.tick = t.pending.Swap(nil), 0, 0
	}
	if t.tick == 0 {
		if t.batch.canceled.Load() {
			t.batch = nil
			return false
		}
		t.start, t.inband = timestamp, inband
	}
	t.inband = t.inband || inband // the peer may lose telephone-event meanwhile
	return true
}

// resting reports whether the voice must be silent after a tone of sound, which
// nothing else tells apart from the next one.
func (t *toneSender) resting() bool { return t.paused && t.inband }

// sound fills a frame with the tone that is being sent.
func (t *toneSender) sound(f audio.Frame) { t.batch.presses[t.at].sound.ReadFrame(f) }

// event writes the telephone-event payload of this tick (RFC 4733 §2.3). first
// says that it begins a press.
func (t *toneSender) event(payload []byte, ticks int) (n int, first bool) {
	sounding := min(t.tick+1, toneTicks)
	payload[0] = t.batch.presses[t.at].event
	payload[1] = toneVolume
	if t.tick+1 >= toneTicks {
		payload[1] |= 0x80
	}
	binary.BigEndian.PutUint16(payload[2:], uint16(sounding*ticks))
	return 4, t.tick == 0
}

// sent moves on by one tick, and tells the sender when its last key has gone out.
func (t *toneSender) sent() {
	length := toneTicks + endPackets - 1
	if t.inband {
		length = toneTicks
	}
	if t.tick++; t.tick < length {
		return
	}
	t.tick = 0
	t.rest = pressTicks - length
	if t.at++; t.at == len(t.batch.presses) {
		close(t.batch.done)
		t.batch = nil
	}
}

// SendTones presses keys (0-9, A-D, * and #) towards the peer: by RFC 4733 if it
// has telephone-event, else as sound in place of the voice. It returns when the
// last end packet has been sent, when ctx is done (the key that sounds is then
// finished, the rest dropped), or when the stream is closed. On hold it waits.
// What is no key is refused with fault.KindInvalid.
func (s *Stream) SendTones(ctx context.Context, tones []byte) error {
	batch, err := newToneBatch(tones)
	if err != nil || len(tones) == 0 {
		return err
	}
	select {
	case s.toneTurn <- struct{}{}:
		defer func() { <-s.toneTurn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-s.gone:
		return errClosed
	}
	s.tones.pending.Store(batch)
	select {
	case <-batch.done:
		return nil
	case <-ctx.Done():
		batch.canceled.Store(true)
		return context.Cause(ctx)
	case <-s.gone:
		return errClosed
	}
}

var errClosed = fmt.Errorf("send tones: RTP stream: %w", net.ErrClosed)

func newToneBatch(tones []byte) (*toneBatch, error) {
	if len(tones) > maxTones {
		return nil, fault.Invalid("%d tones are too many, at most %d can be sent at once", len(tones), maxTones)
	}
	batch := &toneBatch{done: make(chan struct{})}
	for _, key := range tones {
		event := strings.IndexByte(keys, key)
		if event < 0 {
			return nil, fault.Invalid("%q is not a key: tones are 0 to 9, A to D, * and #", key)
		}
		low, high := frequencies(key)
		batch.presses = append(batch.presses, press{byte(event), audio.NewOscillator(inbandLevel, low, high)})
	}
	return batch, nil
}

func frequencies(key byte) (low, high float64) {
	for row, line := range keypad {
		if column := strings.IndexByte(line, key); column >= 0 {
			return lowGroup[row], highGroup[column]
		}
	}
	return 0, 0
}
