package streaming

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/websocket"
)

// maxWaiting bounds what waits to be played on one stream: ten minutes. A model may
// deliver a long answer within seconds.
const maxWaiting = 10 * time.Minute

// keptPCM is how much memory for samples a receiver keeps between bursts, in bytes.
const keptPCM = 64 << 10

var errNotText = errors.New("the message is binary")

// receiver reads the messages of one connection.
type receiver struct {
	*Stream
	resampler *audio.Resampler // nil: the stream's rate is playoutRate
	odd       []byte           // half a sample, which the next message completes
	pcm       []byte
	samples   []int16
	resampled []int16
	told      map[string]bool // what was logged once
}

// receive reads messages until the connection breaks, and returns why it did.
func (s *Stream) receive(c *websocket.Conn) error {
	r := &receiver{Stream: s, told: make(map[string]bool)}
	if err := r.begin(); err != nil {
		return err
	}
	for {
		kind, message, err := c.Read()
		if err != nil {
			return err
		}
		s.dialer.Counts.Received.Add(1)
		if err := r.take(kind, message); err != nil {
			return err
		}
	}
}

// begin makes ready for audio that does not follow what came before: neither half a
// sample of that, nor what its filter remembers, belongs to it.
func (r *receiver) begin() (err error) {
	r.odd = r.odd[:0]
	if r.cfg.Rate != playoutRate {
		r.resampler, err = audio.NewResampler(r.cfg.Rate, playoutRate)
	}
	return err
}

// take does what a message asks for. What cannot be used is counted, logged once, and
// changes nothing, however much of it comes: samples of Microsoft's answer every
// message with an echo that is no JSON, or is binary.
func (r *receiver) take(kind ws.OpCode, message []byte) error {
	in, err := parse(kind, message)
	if err == nil && in.kind == audioMessage {
		err = r.play(in)
	}
	if err != nil {
		r.dialer.Counts.Refused.Add(1)
		r.tellOnce("a message of the application cannot be used", "error", err)
		return nil
	}
	switch in.kind {
	case stopMessage:
		r.stop()
		return r.begin()
	case markMessage:
		r.mark(in.mark)
	case noticesMessage:
		r.notices.Store(in.on)
	case otherMessage:
		r.tellOnce("a message of the application is of a kind that is not known", "kind", in.name)
	}
	return nil
}

// parse reads a message, which is text.
func parse(kind ws.OpCode, message []byte) (inbound, error) {
	if kind != ws.OpText {
		return inbound{}, errNotText
	}
	return parseInbound(message)
}

// tellOnce logs a message the first time.
func (r *receiver) tellOnce(message string, attributes ...any) {
	if !r.told[message] {
		r.told[message] = true
		r.log.Warn(message, attributes...)
	}
}

// play queues the audio of a message, and its mark behind it.
func (r *receiver) play(in inbound) error {
	if !r.cfg.Bidirectional {
		r.tellOnce("the application sends audio, which is not heard: enableBidirectional was not set")
		return nil
	}
	defer r.shrink()
	if err := r.decode(in.data); err != nil {
		return err
	}
	if !r.room(len(r.resampled)) {
		r.dialer.Counts.Refused.Add(1)
		r.tellOnce("more audio of applications waits to be played than may; the newest is dropped")
	} else {
		r.playout.write(r.resampled)
	}
	if in.mark != "" {
		r.mark(in.mark)
	}
	return nil
}

// decode decodes PCM into samples at playoutRate. Messages may end within a sample.
func (r *receiver) decode(data []byte) error {
	r.pcm = append(r.pcm[:0], r.odd...)
	pcm, err := base64.StdEncoding.AppendDecode(r.pcm, data)
	if err != nil {
		return errors.New("data is not base64")
	}
	r.pcm = pcm
	r.odd = append(r.odd[:0], pcm[len(pcm)&^1:]...)
	r.samples = appendSamples(r.samples[:0], pcm)
	if r.resampler == nil {
		r.resampled = r.samples
		return nil
	}
	r.resampled = r.resampler.Append(r.resampled[:0], r.samples)
	return nil
}

// appendSamples appends what 16-bit little-endian PCM says; half a sample at the end
// is left out.
func appendSamples(dst []int16, pcm []byte) []int16 {
	n, start := len(pcm)/2, len(dst)
	dst = slices.Grow(dst, n)[:start+n]
	to := dst[start:]
	for i := range to {
		to[i] = int16(binary.LittleEndian.Uint16(pcm[2*i:]))
	}
	return dst
}

// shrink gives back the memory that a burst has taken.
func (r *receiver) shrink() {
	if cap(r.pcm) > keptPCM {
		r.pcm, r.samples, r.resampled = nil, nil, nil
	}
}

// room reports whether more samples may wait, and charges them to the budget.
func (r *receiver) room(samples int) bool {
	waiting := r.playout.waiting() + uint64(samples)
	return waiting <= uint64(maxWaiting.Seconds())*playoutRate && r.charge(2*waiting)
}

// stop drops what waits, and cancels its marks.
func (r *receiver) stop() {
	at := r.playout.clear()
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.marks {
		if m := &r.marks[i]; m.status == "" && m.at <= at && m.at > r.playout.played.Load() {
			m.status = markCancelled
		}
	}
}
