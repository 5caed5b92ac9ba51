package rtp

import "time"

// fastestWindow is how long a packet counts at least, and at most twice as long.
const fastestWindow = 4 * time.Second

// fastest is a sliding minimum: the least transit of the last few seconds, which is that
// of packets that nothing has held up. Transits are arrivals less timestamps, in units of
// the RTP clock, modulo 2^32.
type fastest struct {
	known  bool
	least  int64         // of this window
	before int64         // of the window before
	until  time.Duration // the end of this window
}

// note takes the transit of a packet that came at a time.
func (f *fastest) note(transit int64, now time.Duration) {
	switch {
	case !f.known || now >= f.until+fastestWindow:
		*f = fastest{true, transit, transit, now + fastestWindow}
	case now >= f.until:
		f.least, f.before, f.until = transit, f.least, now+fastestWindow
	case int32(transit-f.least) < 0:
		f.least = transit
	}
}

// transit returns the least one.
func (f *fastest) transit() int64 {
	if int32(f.before-f.least) < 0 {
		return f.before
	}
	return f.least
}

// said is Dated.Said, for the owner. The end of a packet is said when it comes.
func (s *Stream) said() (at int64, known bool) {
	p, r := &s.playout, &s.reception
	if !p.started || !r.fastest.known || r.clock != p.clock {
		return 0, false
	}
	last := s.counters.lastPacket.Load()
	clock := int64(r.clock)
	now := uint32((last - r.origin) * clock / int64(time.Second))
	first := p.next - p.ticksOf(p.end-p.at+p.more) - uint32(clock/50)
	ago := int64(int32(now - first - uint32(r.fastest.transit())))
	return last - ago*int64(time.Second)/clock - int64(p.packetMillis)*int64(time.Millisecond), true
}
