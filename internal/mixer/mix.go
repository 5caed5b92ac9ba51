package mixer

import (
	"io"
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/audio"
)

// maxRate bounds the rate that a mix can have, in Hz.
const maxRate = 16000

// maxSamples is the length of a frame at maxRate.
const maxSamples = maxRate / audio.FramesPerSecond

// Mix is the sound of one call. Its methods may be called from any goroutine;
// what they ask happens at the next tick, in the order of the calls.
type Mix struct {
	shard  *shard
	closed atomic.Bool
	rate   atomic.Int64 // as asked for; in force from the next tick on

	// The shard's own.
	phase   int  // at which wake of four it is walked
	moves   int  // to another phase
	pause   int  // looks until it may move again
	rests   bool // it leaves out its next walk: it has moved to a later moment
	samples int
	members []*Member
	usual   [2]*Member // room for what most calls have
	over    bool       // no one joins any more
	at      *Member    // whose port is being called, for a panic's sake

	now         audio.Tick    // counts the ticks
	common      audio.Common  // what those hear who do not speak
	limit       audio.Limiter // of that
	limitedAt   audio.Tick    // when somebody heard it last
	walked      bool          // it is in its shard's list
	taps        []*tap
	privateTaps int  // of the taps, those that want private sources as well
	asideTaps   int  // and of these, those that want asides
	telling     *tap // which is being called, for a panic's sake
}

// Member is one port's place in a mix. Its methods may be called from any
// goroutine and after it has left, when they do nothing.
type Member struct {
	mix      *Mix
	port     audio.Port
	arriving arriving         // the port, if its sound comes in packets
	common   audio.CommonSink // the port, if it may do something once for several members
	muted    atomic.Bool
	held     atomic.Bool
	private  atomic.Pointer[privateSource]

	// The shard's own.
	in       bool
	heard    passage       // by the others
	hears    passage       // the others
	spoke    bool          // this tick, and may be heard
	limit    audio.Limiter // of what it hears of the others
	limitAll audio.Limiter // and of that with its private source
	shadows  int           // listeners that hear what it hears
	said     *spoken       // nil while it is not in
}

// spoken is the frame that a member has said in this tick.
type spoken [maxSamples]int16

// privateSource is what only one member hears.
type privateSource struct {
	audio.Source
	aside interface{ Aside() bool }           // it, if it can say things that listeners do not want; nil: it cannot
	again interface{ Copies() *audio.Copies } // it, if others may be told the same; nil: they are not
}

// told reports whether listeners hear what a member was told at a tick: asides where
// they are wanted, and what several are told once.
func (p *privateSource) told(mb *Member, at audio.Tick, asides bool) bool {
	if !asides && p.aside != nil && p.aside.Aside() {
		return false
	}
	if p.again == nil {
		return true
	}
	copies := p.again.Copies()
	return copies == nil || copies.Leads(mb, at)
}

// Join takes a port into the mix from the next tick on. From now on the port
// belongs to the mix: it is closed, if it is an io.Closer, when it has left, and
// at once if the mix or its engine is closed already.
func (m *Mix) Join(p audio.Port) *Member {
	mb := &Member{mix: m, port: p}
	mb.arriving, _ = p.(arriving)
	mb.common, _ = p.(audio.CommonSink)
	if !m.shard.commands.Put(command{on: (*shard).add, member: mb}) {
		if closer, ok := p.(io.Closer); ok {
			_ = closer.Close() // no shard is left to do it, nor to mind
		}
	}
	return mb
}

// Rise makes the mix one of 16 kHz, from the next tick on and for good: all
// members read and hear longer frames in that same tick. It does nothing to a
// mix that is wide already. Every port must follow the length of its frames;
// an audio.Bridge does that without a click.
func (m *Mix) Rise() {
	if m.rate.Swap(maxRate) != maxRate {
		m.shard.commands.Put(command{do: func(*shard) { m.samples = maxSamples }})
	}
}

// Rate returns the mix's rate in Hz, a rise that was asked for included.
func (m *Mix) Rate() int { return int(m.rate.Load()) }

// Close makes all members leave. A closed mix takes nobody in.
func (m *Mix) Close() {
	if m.closed.Swap(true) {
		return
	}
	m.shard.assigned.Add(-1)
	m.shard.commands.Put(command{do: func(s *shard) {
		m.over = true
		s.clear(m)
	}})
}

// Leave takes the port out. At the next tick the shard stops touching it and
// then closes it if it is an io.Closer.
func (mb *Member) Leave() {
	mb.mix.shard.commands.Put(command{on: (*shard).remove, member: mb})
}

// SetPrivateSource adds a source to what this member, and nobody else, hears. A
// nil source ends it. The shard may finish a ReadFrame of the former source
// after SetPrivateSource has returned.
func (mb *Member) SetPrivateSource(s audio.Source) {
	if s == nil {
		mb.private.Store(nil)
		return
	}
	p := &privateSource{Source: s}
	p.aside, _ = s.(interface{ Aside() bool })
	p.again, _ = s.(interface{ Copies() *audio.Copies })
	mb.private.Store(p)
}

// SetMuted says whether the others are kept from hearing this member.
func (mb *Member) SetMuted(muted bool) { mb.muted.Store(muted) }

// SetHeld says whether this member is on hold: it hears nobody and is heard by
// nobody. It still hears its private source.
func (mb *Member) SetHeld(held bool) { mb.held.Store(held) }
