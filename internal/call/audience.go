package call

import (
	"slices"
	"sync"

	"github.com/switchhook/switchhook/internal/audio"
)

// audience is who alone hears the prompts of an operation: all endpoints of some
// participants, those that come while it goes on too. They hear the same at a time.
type audience struct {
	of []*participant

	mu     sync.Mutex // held around memory
	list   []*endpoint
	prompt *common // what they hear; nil: nothing yet
}

func audienceOf(listeners ...*participant) *audience {
	a := &audience{of: listeners}
	for _, p := range listeners {
		a.list = append(a.list, p.endpoints()...)
	}
	return a
}

// speaker speaks to all of them.
func (a *audience) speaker() speaker {
	return speaker{say: a.say, hears: func(e *endpoint) bool { return slices.Contains(a.of, e.who) }}
}

func (a *audience) say(p Playback) {
	prompt := &common{Playback: p}
	a.mu.Lock()
	a.prompt = prompt
	list := a.list
	a.mu.Unlock()
	for _, e := range list {
		e.private.setPrompt(&share{common: prompt})
	}
}

// join lets an endpoint that has come hear what is being played. Those that have left are
// forgotten: a device may come and leave for as long as something is played.
func (a *audience) join(e *endpoint) {
	a.mu.Lock()
	a.list = append(slices.DeleteFunc(slices.Clone(a.list), func(other *endpoint) bool { return !other.listed() }), e)
	prompt := a.prompt
	a.mu.Unlock()
	if prompt != nil && !over(prompt) {
		e.private.setPrompt(&share{common: prompt})
	}
}

// common is a playback that several endpoints of a mix hear together: the first of them
// in each tick reads its frame. It belongs to the shard of the mix, as shares do.
type common struct {
	Playback
	turn   uint64 // how many frames were read
	spoke  bool   // of the last one
	size   int
	frame  [WideRate / audio.FramesPerSecond]int16
	copies audio.Copies
}

// share is what one of them hears.
type share struct {
	*common
	begun bool
	turn  uint64 // of the frame that it has heard last
}

// ReadFrame implements audio.Source. Who comes in the middle begins with what the others
// hear at that tick, or have heard at the one before.
func (s *share) ReadFrame(f audio.Frame) bool {
	c := s.common
	late := !s.begun && c.turn > 0
	if s.begun = true; !late && s.turn == c.turn || len(f) != c.size {
		c.turn++
		c.size = len(f)
		c.spoke = c.Playback.ReadFrame(c.frame[:c.size])
	}
	s.turn = c.turn
	if !c.spoke {
		return false
	}
	copy(f, c.frame[:])
	if late {
		audio.FadeIn(f)
	}
	return true
}

// Copies is who else is told the same.
func (s *share) Copies() *audio.Copies { return &s.common.copies }
