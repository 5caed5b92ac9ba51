package rtp

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/sdp"
)

// waitingPackets is how many packets may wait for an AsyncStream's goroutine: 640 ms of sound
// that comes at once. What is older would be too late.
const waitingPackets = 32

// AsyncStream is a Stream whose work is done on a goroutine of its own, whatever its
// codec: for peers whose packets come and go by functions that block, lock or allocate,
// such as those of a WebRTC stack. It is a port of a mix. Packets come through a
// bounded queue, frames cross to and from the shard as they do for a costly codec, and
// its Output is called on the goroutine, which follows the shard's ticks and has no
// clock but that.
type AsyncStream struct {
	stream  Stream
	worker  *worker
	packets *packetQueue
	dropped uint64 // of packets, as far as it is counted
	turn    int    // counts the goroutine's work
	closed  atomic.Bool
}

// NewAsyncStream returns an AsyncStream that is silent until SetMedia. Close it, or
// join it to a mix, which closes it.
func NewAsyncStream(cfg StreamConfig) *AsyncStream {
	s := &AsyncStream{packets: newPacketQueue(waitingPackets)}
	s.stream.init(cfg)
	s.worker = newWorker(&s.stream)
	s.worker.receive, s.worker.last = s.receive, func() { s.stream.Close(time.Now()) }
	s.worker.begin()
	return s
}

// Receive takes a packet of the peer, RTP or RTCP, that came at a time. It copies it,
// and never blocks; when too many wait the oldest is dropped and counted. One
// goroutine may call it.
func (s *AsyncStream) Receive(packet []byte, at time.Time) {
	if len(packet) > maxPacket {
		s.stream.counters.malformed.Add(1)
		return
	}
	s.packets.put(packet, at.UnixNano())
}

// receive is the goroutine's: it takes the packets that have come, and reports.
func (s *AsyncStream) receive() {
	s.stream.adopt()
	s.stream.reading = time.Now().UnixNano()
	for packet, at, ok := s.packets.next(); ok; packet, at, ok = s.packets.next() {
		s.stream.take(packet, at)
	}
	if dropped := s.packets.Dropped(); dropped != s.dropped {
		s.stream.counters.discarded.Add(dropped - s.dropped)
		s.dropped = dropped
	}
	if s.turn++; s.stream.terms == nil {
		return
	}
	switch {
	case s.turn%reportTicks == 0:
		s.stream.report(time.Now())
	case s.turn%pollTicks == 0:
		s.stream.measure()
	}
}

// OnTone is Stream.OnTone.
func (s *AsyncStream) OnTone(heard func(key byte)) { s.stream.OnTone(heard) }

// SetMedia is Stream.SetMedia.
func (s *AsyncStream) SetMedia(m sdp.Media) { s.stream.SetMedia(m) }

// SampleRate is Stream.SampleRate.
func (s *AsyncStream) SampleRate() int { return s.stream.SampleRate() }

// SendTones is Stream.SendTones.
func (s *AsyncStream) SendTones(ctx context.Context, tones []byte) error {
	return s.stream.SendTones(ctx, tones)
}

// Carried is Stream.Carried.
func (s *AsyncStream) Carried() (sent, withheld uint64) { return s.stream.Carried() }

// Stats is Stream.Stats.
func (s *AsyncStream) Stats() Stats { return s.stream.Stats() }

// Summary is Stream.Summary.
func (s *AsyncStream) Summary() Summary { return s.stream.Summary() }

// ReadFrame implements audio.Source, for the shard.
func (s *AsyncStream) ReadFrame(f audio.Frame) bool {
	switch {
	case s.closed.Load():
		return false
	case s.worker.busy.Load(): // it did not get the processor in time
		return s.worker.cover(f)
	}
	return s.worker.read(f)
}

// Said implements audio.Dated, for the shard.
func (s *AsyncStream) Said() (at int64, known bool) { return s.worker.said() }

// WriteFrame implements audio.Sink, for the shard.
func (s *AsyncStream) WriteFrame(f audio.Frame) {
	if !s.closed.Load() {
		s.worker.write(f, nil, 0)
	}
}

// WriteCommon implements audio.CommonSink, for the shard.
func (s *AsyncStream) WriteCommon(f audio.Frame, of *audio.Common, at audio.Tick) {
	if !s.closed.Load() {
		s.worker.write(f, of, at)
	}
}

// Close lets the goroutine say goodbye and leave. It does not wait for that: Done
// tells. Nobody may be inside ReadFrame or WriteFrame, nor call them later.
func (s *AsyncStream) Close() error {
	if !s.closed.Swap(true) {
		s.worker.end()
	}
	return nil
}

// Done is closed when the goroutine has left, and the Output is called no more.
func (s *AsyncStream) Done() <-chan struct{} { return s.worker.done }
