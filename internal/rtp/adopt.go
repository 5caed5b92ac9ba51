package rtp

import (
	"net/netip"

	"github.com/switchhook/switchhook/internal/sdp"
)

// transport is how the stream of an agreement travels, with what the shard may not
// make itself.
type transport struct {
	*agreement
	host   netip.Addr // that the peer signals from
	sealer *sealer    // nil for plain RTP, as is the opener
	opener *opener
	worker *worker // nil where all codecs are for shards
}

// SetMedia says what has been agreed on, at any time: it takes effect at the
// next tick. Nothing is sent or heard before the first. It panics if a codec or the
// suite is unknown, or if there is no codec in a direction.
func (s *Session) SetMedia(m sdp.Media) {
	if !m.Protection.Suite.Known() {
		panic("rtp: media with an unknown suite")
	}
	m.Remote = netip.AddrPortFrom(m.Remote.Addr().Unmap(), m.Remote.Port())
	m.RemoteRTCP = netip.AddrPortFrom(m.RemoteRTCP.Addr().Unmap(), m.RemoteRTCP.Port())
	t := &transport{agreement: newAgreement(m), host: m.Host.Unmap()}
	if p := m.Protection; p.Suite != sdp.Unprotected {
		t.sealer, t.opener = newSealer(p.Suite, p.Send), newOpener(p.Suite, p.Receive, p.Identifier)
	}
	if t.costly {
		t.worker = newWorker(&s.stream)
	}
	s.stream.agreed.Store(t.agreement)
	s.agreed.Store(t)
}

// SetHost says that the peer signals from another host now: see Media.Host. It
// must not cross a SetMedia.
func (s *Session) SetHost(host netip.Addr) {
	if agreed := s.agreed.Load(); agreed != nil {
		moved := *agreed
		moved.host = host.Unmap()
		s.agreed.Store(&moved)
	}
}

// adopt puts into force what SetMedia and SetHost said last.
func (s *Session) adopt() {
	t, former := s.agreed.Load(), s.transport
	if t == former {
		return
	}
	s.transport = t
	if former == nil || former.agreement != t.agreement { // else only the host is another
		s.stream.use(t.agreement)
		s.adoptKeys(t)
		s.adoptWorker(t.worker)
	}
	if s.worker != nil && !t.media.Receive {
		s.worker.made = nothing
	}
	if s.latch.signal(t.media.Remote, t.host) {
		s.stream.numbers.known = false
		s.unanswered = unanswered{}
		s.rtcpFrom = netip.AddrPort{}
	}
	s.latch.authentic = s.opener != nil
}

// adoptKeys puts keys into force. One that stays the same goes on: its counters
// and its memory of what has come belong to it.
func (s *Session) adoptKeys(t *transport) {
	next := t.media.Protection
	if s.sealer == nil || t.sealer == nil || s.sealer.key != next.Send || s.sealer.suite != next.Suite {
		s.sealer = t.sealer
	}
	if s.opener == nil || t.opener == nil || s.opener.key != next.Receive || s.opener.suite != next.Suite || s.opener.identifier != next.Identifier {
		s.opener = t.opener
	}
}

// adoptWorker begins to work beside the shard, or ends it. One that works goes on.
func (s *Session) adoptWorker(next *worker) {
	switch {
	case s.worker == nil && next != nil:
		s.outbox = newPacketQueue(outboxPackets)
		s.worker = next
		next.begin()
	case s.worker != nil && next == nil:
		s.sendWaiting()
		s.worker.end()
		s.worker, s.retired = nil, s.worker
	}
}

// outboxPackets is how many packets may wait for the shard: as many as the frames
// that may wait for the worker make.
const outboxPackets = 2 * waitingFrames
