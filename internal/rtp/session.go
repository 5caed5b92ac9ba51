package rtp

import (
	"context"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// Session is a Stream on a pair of sockets, and a port of a mix. It fetches packets
// inside ReadFrame and sends them inside WriteFrame, learns where they come from, and
// protects them by SRTP. ReadFrame, WriteFrame and Close belong to the shard that
// ticks it; the other methods to anybody.
type Session struct {
	stream  Stream
	local   netip.AddrPort
	rtp     *socket
	rtcp    *socket
	release func() // gives the ports back

	agreed atomic.Pointer[transport]      // what SetMedia and SetHost said last
	remote atomic.Pointer[netip.AddrPort] // where the peer's packets come from
	tap    atomic.Pointer[TapPoint]       // nil: nobody is shown the packets

	// The shard's own.
	transport   *transport // in force, as of the last tick
	latch       latch
	unanswered  unanswered
	sealer      *sealer        // what is sent is protected by it; nil for plain RTP
	opener      *opener        // what comes must be
	rtcpFrom    netip.AddrPort // where the peer's RTCP comes from; zero until known
	worker      *worker        // where a codec is not for shards; nil for others
	retired     *worker        // one that has ended, whose last frame comes next
	outbox      *packetQueue   // what the worker has made
	arrivals    arrivalPhase
	turn        int // counts reads
	reportPhase int // spreads the sessions' RTCP
}

// newSession is a session on sockets that it closes; release gives their ports back.
func newSession(local netip.AddrPort, rtp, rtcp *socket, release func(), depth time.Duration) *Session {
	s := &Session{local: local, rtp: rtp, rtcp: rtcp, release: release}
	s.stream.init(StreamConfig{Output: (*sessionOutput)(s), Depth: depth})
	s.reportPhase = int(s.stream.out.header.ssrc & 0xff)
	return s
}

// LocalAddr returns the address that RTP is received on; RTCP has the next port.
func (s *Session) LocalAddr() netip.AddrPort { return s.local }

// OnTone is Stream.OnTone.
func (s *Session) OnTone(heard func(key byte)) { s.stream.OnTone(heard) }

// SampleRate is Stream.SampleRate.
func (s *Session) SampleRate() int { return s.stream.SampleRate() }

// SendTones is Stream.SendTones.
func (s *Session) SendTones(ctx context.Context, tones []byte) error {
	return s.stream.SendTones(ctx, tones)
}

// Summary is Stream.Summary.
func (s *Session) Summary() Summary { return s.stream.Summary() }

// Carried is Stream.Carried.
func (s *Session) Carried() (sent, withheld uint64) { return s.stream.Carried() }

// Stats is Stream.Stats, with the address that the peer's packets come from.
func (s *Session) Stats() Stats {
	stats := s.stream.Stats()
	if remote := s.remote.Load(); remote != nil {
		stats.Remote = *remote
	}
	return stats
}

// ReadFrame implements audio.Source: it takes what has arrived and says what is
// to be heard of the peer now, at 8 or 16 kHz, whatever the codec's rate is.
func (s *Session) ReadFrame(f audio.Frame) bool {
	switch {
	case s.stream.closed.Load():
		return false
	case s.worker != nil && s.worker.busy.Load(): // it did not get the processor in time
		return s.worker.cover(f)
	}
	s.stream.enter()
	heard := s.read(f)
	s.stream.leave()
	return heard
}

// Said implements audio.Dated.
func (s *Session) Said() (at int64, known bool) {
	if s.worker != nil {
		return s.worker.said()
	}
	return s.stream.said()
}

// read is ReadFrame, with buffers.
func (s *Session) read(f audio.Frame) bool {
	s.adopt()
	s.latch.quiet++
	s.drain()
	s.arrivals.read(s.stream.reading)
	s.exchangeReports()
	switch former := s.retired; {
	case former != nil:
		s.retired = nil
		return former.read(f)
	case s.worker != nil && s.worker.samples > 0:
		return s.worker.read(f)
	}
	return s.stream.read(f)
}

// WriteFrame implements audio.Sink: it sends a frame to the peer, silence too,
// since a stream that stops would close the holes that it has made in NATs.
func (s *Session) WriteFrame(f audio.Frame) { s.write(f, nil, 0) }

// WriteCommon implements audio.CommonSink: a worker may encode the frame once for all who
// hear it.
func (s *Session) WriteCommon(f audio.Frame, of *audio.Common, at audio.Tick) { s.write(f, of, at) }

func (s *Session) write(f audio.Frame, of *audio.Common, at audio.Tick) {
	if s.transport == nil || s.stream.closed.Load() {
		return
	}
	comfort, withheld := s.unanswered.next(s.transport, &s.latch)
	if comfort {
		f, of = nil, nil
	}
	unreachable := withheld || !s.latch.destination().IsValid()
	if s.worker != nil {
		s.sendWaiting()
		if !s.worker.busy.Load() {
			s.stream.unreachable = unreachable
		}
		s.worker.write(f, of, at)
		return
	}
	s.stream.enter()
	s.stream.unreachable = unreachable
	s.stream.write(f)
	s.stream.leave()
}

// Close says goodbye to the peer and gives the ports back. Nobody may be inside
// ReadFrame or WriteFrame, nor call them later.
func (s *Session) Close() error {
	if s.stream.closed.Load() {
		return nil
	}
	if s.worker != nil {
		s.worker.end()
	}
	ours := s.worker == nil || !s.worker.busy.Load()
	if ours {
		s.stream.Close(time.Now())
	} else {
		s.stream.stop() // without a BYE: the stream is not ours just now
	}
	err := s.rtp.close()
	if second := s.rtcp.close(); err == nil {
		err = second
	}
	if ours {
		s.stream.free()
	}
	s.release()
	return err
}
