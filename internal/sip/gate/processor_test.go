package gate

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// processor is a server in theory whose calls are several pieces of work, one after the
// other, on one processor: the INVITE, what its application says to it a moment later, and
// the ACK and BYE. Work waits in one line. Now and then a collection of garbage takes
// half of the processor.
type processor struct {
	*Admission
	call       time.Duration // work of a call
	refusal    time.Duration // work of refusing one
	collection time.Duration // how long a collection takes; one begins each second. 0: none
	now        time.Time
	line       []piece
	soon       []piece // work that comes later, in order
	due        float64 // calls that are about to come
	spent      time.Duration
	busy       float64
	answered   int
	setups     []time.Duration // from INVITE to the application's answer
}

// piece is work: a message of a call that has come this far.
type piece struct {
	stage int
	at    time.Time // when it came
	began time.Time // when its call's INVITE came
}

// The parts of a call's work, in its stages.
var stages = []float64{0.4, 0.35, 0.25}

// thinking is how long applications and callers need before the next stage.
const thinking = 5 * time.Millisecond

func newProcessor(callsASecond float64) *processor {
	p := &processor{call: time.Duration(float64(time.Second) / callsASecond), now: time.Unix(1_800_000_000, 0)}
	p.refusal = p.call / 40
	p.Admission = NewAdmission(func(_ time.Time, delay time.Duration) Sample {
		return Sample{Delay: delay, CPU: p.busy}
	})
	return p
}

// offer lets calls come at a rate, and returns how many a second are answered.
func (p *processor) offer(rate float64, d time.Duration) float64 {
	const step = time.Millisecond
	p.answered, p.setups = 0, nil
	began := p.now
	for end := p.now.Add(d); p.now.Before(end); {
		p.now = p.now.Add(step)
		for p.due += rate * step.Seconds(); p.due >= 1; p.due-- {
			p.line = append(p.line, piece{0, p.now, p.now})
		}
		for len(p.soon) > 0 && !p.soon[0].at.After(p.now) {
			p.line, p.soon = append(p.line, p.soon[0]), p.soon[1:]
		}
		p.work(step)
	}
	return float64(p.answered) / p.now.Sub(began).Seconds()
}

// work does what waits, for a while.
func (p *processor) work(d time.Duration) {
	if p.collection > 0 && p.now.Sub(p.now.Truncate(time.Second)) < p.collection {
		d /= 2
	}
	p.spent = max(p.spent, 0) - d
	for ; p.spent < 0 && len(p.line) > 0; p.line = p.line[1:] {
		p.spent += p.do(p.line[0])
	}
	if p.spent < 0 {
		p.busy += 0.01 * (0 - p.busy)
		p.spent = 0
		return
	}
	p.busy += 0.01 * (1 - p.busy)
}

// do does a piece of work, and returns how long it takes.
func (p *processor) do(w piece) time.Duration {
	p.NoteDelay(p.now, p.now.Sub(w.at))
	switch w.stage {
	case 0:
		if !p.Admit(p.now) {
			return p.refusal
		}
	case 1:
		p.NoteHandled(p.now)
		p.answered++
		p.setups = append(p.setups, p.now.Sub(w.began))
	}
	if w.stage+1 < len(stages) {
		p.soon = append(p.soon, piece{w.stage + 1, p.now.Add(thinking), w.began})
	}
	return time.Duration(stages[w.stage] * float64(p.call))
}

// most is how many calls a second it can answer at best of those that are offered.
func (p *processor) most(offered float64) float64 {
	share := 1 - p.collection.Seconds()/2
	capacity := share / p.call.Seconds()
	if offered <= capacity {
		return offered
	}
	refusal := p.refusal.Seconds() / p.call.Seconds() // in calls; what is not answered is refused
	return (capacity - offered*refusal) / (1 - refusal)
}

// TestRateStaysNearTheKnee asks that what is let in is neither much less than a server
// can do nor so much that calls wait long, also where collections of garbage take half
// of the processor now and then: they are no reason to refuse for longer than they last.
func TestRateStaysNearTheKnee(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		collection, longest time.Duration // longest wait that a hundredth of the calls may exceed
	}{
		{0, 150 * time.Millisecond},
		{100 * time.Millisecond, 250 * time.Millisecond},
		{250 * time.Millisecond, 350 * time.Millisecond},
	} {
		for _, before := range []float64{500, 0, 1150} { // offered before the overload
			if testing.Short() && before != 500 {
				continue
			}
			for _, offered := range []float64{1550, 2100, 2800, 5600} {
				p := newProcessor(1400)
				p.collection = test.collection
				p.offer(before, 3*time.Second)
				at := fmt.Sprintf("collections of %v, from %v to %v calls a second", test.collection, before, offered)
				if got := p.offer(offered, 2*time.Second); got < 0.85*p.most(offered) {
					t.Errorf("%s: %.0f are answered in the first two seconds, of %.0f", at, got, p.most(offered))
				}
				got := p.offer(offered, 15*time.Second)
				if got < 0.95*p.most(offered) {
					t.Errorf("%s: %.0f are answered, of %.0f", at, got, p.most(offered))
				}
				slices.Sort(p.setups)
				if p99 := p.setups[len(p.setups)*99/100]; p99 > test.longest {
					t.Errorf("%s: a hundredth of the calls waits %v", at, p99)
				}
			}
		}
	}
}

// TestRateFollowsTheMachine asks the same while other programs take half of the
// processor, and when they are gone.
func TestRateFollowsTheMachine(t *testing.T) {
	t.Parallel()
	p := newProcessor(1400)
	p.offer(2800, 4*time.Second)
	p.call, p.refusal = 2*p.call, 2*p.refusal
	p.offer(2800, 2*time.Second)
	if got := p.offer(2800, 5*time.Second); got < 0.95*p.most(2800) {
		t.Errorf("with half of the processor %.0f calls a second are answered, of %.0f", got, p.most(2800))
	}
	p.call, p.refusal = p.call/2, p.refusal/2
	p.offer(2800, 3*time.Second)
	if got := p.offer(2800, 5*time.Second); got < 0.95*p.most(2800) {
		t.Errorf("with all of it again %.0f, of %.0f", got, p.most(2800))
	}
}
