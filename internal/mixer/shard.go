package mixer

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/inbox"
)

const (
	phases    = 4                    // a call is walked at one wake in four
	wakeEvery = 5 * time.Millisecond // audio.FrameDuration / phases
	// maxBehind is how far a shard may lag and still catch up tick by tick. A
	// machine that was suspended must not play minutes of sound at once.
	maxBehind = 200 * time.Millisecond
)

// shard is one thread that walks its mixes. All fields but the atomic ones
// belong to that thread.
type shard struct {
	engine   *Engine
	clock    clock
	commands *inbox.Inbox[command]
	mixes    [phases][]*Mix // those that have members or listeners
	walked   int            // how many they are
	turn     int            // counts wakes
	next     time.Duration  // when the next wake is due
	round    time.Duration  // spent walking since phase 0
	work     workspace
	frames   []*spoken     // of members that have left, for others
	done     chan struct{} // closed when the thread is gone
	ended    bool

	late       lateness
	members    atomic.Int64
	assigned   atomic.Int64 // mixes made and not closed
	skipped    atomic.Int64 // wakes left out after a long stop
	moved      atomic.Int64 // mixes that changed their phase
	scheduling atomic.Value // string
}

// command is what a shard is to do: something, or something with a member, for which no
// function is made.
type command struct {
	do     func(*shard)
	on     func(*shard, *Member)
	member *Member
}

func (c command) obey(s *shard) {
	if c.on != nil {
		c.on(s, c.member)
		return
	}
	c.do(s)
}

func newShard(e *Engine, c clock) *shard {
	s := &shard{engine: e, clock: c, commands: inbox.New[command](), done: make(chan struct{})}
	s.scheduling.Store("normal")
	return s
}

// run is the shard's thread, until end.
func (s *shard) run() {
	defer close(s.done)
	if s.clock.ownsThread() {
		runtime.LockOSThread() // never unlocked: its priority must die with it
		s.scheduling.Store(raisePriority())
		beExact()
	}
	for !s.ended {
		s.await()
		s.obey()
		s.walk()
	}
	s.commands.Seal()
	s.obey()
}

// await sleeps until the next wake is due, or, while nobody is here, until a
// command comes.
func (s *shard) await() {
	if s.walked == 0 {
		s.late.reset()
		<-s.commands.Wake()
		s.next = s.clock.now()
		s.late.begin(s.next)
		return
	}
	s.clock.sleepUntil(s.next)
	now := s.clock.now()
	s.late.record(now, now-s.next)
	if behind := now - s.next; behind > maxBehind {
		s.skipped.Add(int64(behind / wakeEvery))
		s.next = now
	}
}

// obey runs the commands that have come, oldest first.
func (s *shard) obey() {
	for c := range s.commands.Take {
		c.obey(s)
	}
}

// walk ticks the mixes whose turn it is.
func (s *shard) walk() {
	began := s.clock.now()
	s.tick(s.turn % phases)
	s.round += s.clock.now() - began
	s.turn++
	if s.turn%phases == 0 {
		s.late.walked(s.round)
		s.round = 0
	}
	s.next += wakeEvery
}

// tick makes one frame for every mix of a phase. It knows no time.
func (s *shard) tick(phase int) {
	// Backwards, because a member that panics may take its mix out of the list.
	for i := len(s.mixes[phase]) - 1; i >= 0; i-- {
		m := s.mixes[phase][i]
		if m.rests {
			m.rests = false
			continue
		}
		m.now++
		s.tickOne(m)
		s.follow(m)
	}
}

// tickOne ticks a mix. A port that panics loses its place: it leaves the mix and
// is closed, the panic is logged with its stack, and the others have lost one
// frame. A private source that panics is ended, a listener is removed. Ending the
// process would end every other call as well.
func (s *shard) tickOne(m *Mix) {
	defer func() {
		if cause := recover(); cause != nil {
			s.engine.panicked(cause, debug.Stack())
			s.expel(m)
		}
	}()
	m.tick(&s.work)
}
