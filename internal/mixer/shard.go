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
		m.now++
		s.tickOne(m)
		s.follow(m)
	}
}

// tickOne ticks a mix. A port that panics loses its place: it leaves the mix and
// is closed, the panic is logged with its stack, and the others have lost one
// frame. A private source that panics is ended, a listener is removed. Ending the process would end every
// other call as well.
func (s *shard) tickOne(m *Mix) {
	defer func() {
		if cause := recover(); cause != nil {
			s.engine.panicked(cause, debug.Stack())
			s.expel(m)
		}
	}()
	m.tick(&s.work)
}

// expel takes out whatever a mix was calling when it panicked.
func (s *shard) expel(m *Mix) {
	mb, private, listener := m.at, s.work.asked, m.telling
	m.at, s.work.asked, m.telling = nil, nil, nil
	switch {
	case listener != nil:
		s.detach(listener)
	case mb == nil:
	case private != nil:
		mb.private.CompareAndSwap(private, nil)
	default:
		s.remove(mb)
	}
}

// add takes a member in.
func (s *shard) add(mb *Member) {
	m := mb.mix
	if m.over || s.ended {
		s.closePort(mb)
		return
	}
	m.members = append(m.members, mb)
	m.pause, m.moves = 0, 0 // what suits them is another question now
	mb.in, mb.said = true, s.takeFrame()
	s.members.Add(1)
	s.schedule(m)
}

// schedule walks a mix while it has members or listeners.
func (s *shard) schedule(m *Mix) {
	busy := len(m.members)+len(m.taps) > 0
	switch {
	case busy && !m.walked:
		s.mixes[m.phase] = append(s.mixes[m.phase], m)
		s.walked++
	case !busy && m.walked:
		s.mixes[m.phase] = without(s.mixes[m.phase], m)
		s.walked--
	}
	m.walked = busy
}

// remove takes a member out and closes its port. It does nothing the second time.
func (s *shard) remove(mb *Member) {
	m := mb.mix
	if !mb.in {
		return
	}
	mb.in, mb.spoke = false, false
	s.keepFrame(mb.said)
	mb.said = nil
	m.members = without(m.members, mb)
	s.members.Add(-1)
	s.detachAll(m, mb)
	s.schedule(m)
	s.closePort(mb)
}

// maxFrames is how many frames of members that have left a shard keeps.
const maxFrames = 256

// takeFrame returns a silent frame: the sound of one call must not get into another.
func (s *shard) takeFrame() *spoken {
	last := len(s.frames) - 1
	if last < 0 {
		return new(spoken)
	}
	frame := s.frames[last]
	s.frames = s.frames[:last]
	*frame = spoken{}
	return frame
}

func (s *shard) keepFrame(frame *spoken) {
	if len(s.frames) < maxFrames {
		s.frames = append(s.frames, frame)
	}
}

// clear takes everybody out of a mix, listeners last.
func (s *shard) clear(m *Mix) {
	for len(m.members) > 0 {
		s.remove(m.members[0])
	}
	s.detachAll(m, nil)
}

// end makes everybody leave and the thread return.
func (s *shard) end() {
	s.ended = true
	for phase := range s.mixes {
		for len(s.mixes[phase]) > 0 {
			s.clear(s.mixes[phase][0])
		}
	}
}

func (s *shard) closePort(mb *Member) { s.closeOne(mb.port) }

// without removes one element, in order, and leaves no pointer to it behind.
func without[T comparable](list []T, gone T) []T {
	for i, have := range list {
		if have == gone {
			copy(list[i:], list[i+1:])
			var none T
			list[len(list)-1] = none
			return list[:len(list)-1]
		}
	}
	return list
}
