package rtp

import (
	"net/netip"
	"sync/atomic"
	"time"
)

// Stats is what has happened on a stream.
type Stats struct {
	Sent, SentBytes         uint64 // RTP packets, and their bytes with headers
	SendErrors              uint64
	Unsent                  uint64 // frames that a costly codec's encoder did not take in time
	Received, ReceivedBytes uint64 // of the peer's stream
	Lost                    uint64 // never came, as far as sequence numbers tell
	Late                    uint64 // came after their place had been filled
	Duplicates              uint64
	Discarded               uint64 // thrown away because too much was waiting
	Recovered               uint64 // of Lost, those whose copies came in time (RFC 2198)
	Concealed               uint64 // frames that contain invention
	Comfort                 uint64 // frames of nothing but comfort noise
	Ignored                 uint64 // another payload type, or not from the peer
	Malformed               uint64
	Forged                  uint64         // not authentic, where SRTP was agreed on
	Replayed                uint64         // authentic once, but seen before, there
	Jitter                  time.Duration  // interarrival jitter of RFC 3550
	MaxJitter               time.Duration  // the largest so far
	Depth                   time.Duration  // sound that waits in the jitter buffer
	RoundTrip               time.Duration  // from RTCP; 0 until known
	RemoteLost              uint64         // of our packets, as the peer reports
	RemoteJitter            time.Duration  // as the peer reports
	MOS                     float64        // estimate of the conversation as heard here, 1 to 4.5 (quality.go); 0 if nothing came
	RemoteMOS               float64        // the peer's estimate of what it hears, by RFC 3611; 0 if it does not say
	LastPacket              time.Time      // zero if none came; reports count while the peer's comfort noise is heard
	Remote                  netip.AddrPort // where the peer's packets come from; zero until known
}

// counters are written by the shard and read by anybody.
type counters struct {
	sent, sentBytes, sendErrors, unsent, withheld                                                    atomic.Uint64
	received, receivedBytes                                                                          atomic.Uint64
	late, duplicates, discarded, recovered, concealed, comfort, ignored, forged, replayed, malformed atomic.Uint64

	lost         atomic.Int64
	losses       atomic.Uint64 // lost packets and, in the lower half, the runs that they form
	jitter       atomic.Int64  // ns, as are the other times
	maxJitter    atomic.Int64
	remoteMOS    atomic.Int64 // in tenths
	depth        atomic.Int64
	roundTrip    atomic.Int64
	remoteLost   atomic.Int64
	remoteJitter atomic.Int64
	lastPacket   atomic.Int64 // Unix time
}

// Stats returns what has happened so far.
func (s *Stream) Stats() Stats {
	c := &s.counters
	stats := Stats{
		Sent: c.sent.Load(), SentBytes: c.sentBytes.Load(), SendErrors: c.sendErrors.Load(), Unsent: c.unsent.Load(),
		Received: c.received.Load(), ReceivedBytes: c.receivedBytes.Load(),
		// Packets that come after they were believed lost make it shrink.
		Lost:         uint64(max(c.lost.Load(), 0)),
		Late:         c.late.Load(),
		Duplicates:   c.duplicates.Load(),
		Discarded:    c.discarded.Load(),
		Recovered:    c.recovered.Load(),
		Concealed:    c.concealed.Load(),
		Comfort:      c.comfort.Load(),
		Ignored:      c.ignored.Load(),
		Malformed:    c.malformed.Load(),
		Forged:       c.forged.Load(),
		Replayed:     c.replayed.Load(),
		Jitter:       time.Duration(c.jitter.Load()),
		Depth:        time.Duration(c.depth.Load()),
		RoundTrip:    time.Duration(c.roundTrip.Load()),
		RemoteLost:   uint64(max(c.remoteLost.Load(), 0)),
		RemoteJitter: time.Duration(c.remoteJitter.Load()),
		MaxJitter:    time.Duration(max(c.maxJitter.Load(), c.jitter.Load())),
		RemoteMOS:    float64(c.remoteMOS.Load()) / 10,
	}
	if stats.Received > 0 {
		losses := c.losses.Load()
		_, conversing := stats.ratings(burstiness(uint32(losses>>32), uint32(losses), stats.lossRatio()))
		stats.MOS = opinion(conversing)
	}
	if last := c.lastPacket.Load(); last != 0 {
		stats.LastPacket = time.Unix(0, last)
	}
	return stats
}

// Carried is how many packets have been sent, and how many frames could not be: the peer
// wants none, it is not known where it is, or sending failed. What it is spared, as
// silence may be, is in neither.
func (s *Stream) Carried() (sent, withheld uint64) {
	c := &s.counters
	return c.sent.Load(), c.withheld.Load() + c.sendErrors.Load() + c.unsent.Load()
}

// reception is what RFC 3550 wants to know of the stream that we hear.
type reception struct {
	received       uint32  // packets of this stream
	lostBefore     int64   // of former streams
	origin         int64   // when it began: Unix time in ns
	transit        int64   // of the last packet, in units of the RTP clock
	clock          int     // that transit is in, in Hz; 0: it means nothing
	jitter         float64 // in units of the RTP clock
	fastest        fastest
	expectedBefore uint32 // at the last report
	receivedBefore uint32
}

// begin starts counting another stream, at a Unix time in ns.
func (r *reception) begin(lost, at int64) { *r = reception{lostBefore: lost, origin: at} }

// arrive notes when a packet of a codec's clock came, since origin (RFC 3550 §6.4.1 and appendix A.8).
// Of more than jumpLimit the peer's clock has jumped, or the way was interrupted: that is no jitter.
func (r *reception) arrive(timestamp uint32, now time.Duration, clockRate int) {
	arrival := int64(now) * int64(clockRate) / int64(time.Second)
	transit := int64(int32(uint32(arrival) - timestamp))
	difference := int64(int32(transit - r.transit))
	if difference = max(difference, -difference); r.clock == clockRate && difference <= jumpLimit*int64(clockRate)/1000 {
		r.jitter += (float64(difference) - r.jitter) / 16
	} else {
		r.fastest.known = false
	}
	r.fastest.note(transit, now)
	r.transit, r.clock = transit, clockRate
}

// fractionLost returns the loss since the last report, of 256 (appendix A.3).
func (r *reception) fractionLost(expected uint32) uint8 {
	interval := int64(expected) - int64(r.expectedBefore)
	lost := interval - int64(r.received-r.receivedBefore)
	r.expectedBefore, r.receivedBefore = expected, r.received
	if interval <= 0 || lost <= 0 {
		return 0
	}
	return uint8(min(lost*256/interval, 255))
}
