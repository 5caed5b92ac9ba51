package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// world is a journal on a disk that fails, with what must be found in it after the next crash.
type world struct {
	testing.TB
	random *rand.Rand
	disk   *simDisk
	number int  // of the last message, and of the last body of a hold
	long   bool // the bodies of holds are in the journal alone

	j       *Journal
	s       *DiskStore
	due     []func()
	live    []*Record // messages that have not ended
	over    []*Record // those that have
	pending []Entry   // a batch that could not be written yet
	faulty  bool      // in this life something of the disk may have failed
	most    int64     // bytes of the pages that were kept at once
	before  int64     // bytes of the files that the last life has left

	base           state // at the start of this life
	acts           []act // since, in their order
	taken          int   // so many of them are in batches: written ones, and pending
	written, acked int
	ended, gone    map[int]bool // messages; gone are those that must not come back
	attempts       map[int]int
	durable        map[int]int // attempts that must be known
	cut            bool        // the power has failed since the last start that succeeded

	crashes, cuts, failedStarts, flushes, refusals int
}

func newWorld(t testing.TB, seed uint64) *world {
	random := rand.New(rand.NewPCG(seed, 4))
	w := &world{
		TB: t, random: random, disk: newSimDisk(random), base: state{holds: map[string]string{}},
		ended: map[int]bool{}, gone: map[int]bool{}, attempts: map[int]int{}, durable: map[int]int{},
	}
	w.start()
	return w
}

// start lets processes follow until one runs, and checks what it has found.
func (w *world) start() {
	for {
		found, err := w.open()
		if err == nil {
			w.check(found)
			return
		}
		w.failedStarts++
		if !w.disk.killed && !w.disk.unreadable && !w.disk.failing && !w.disk.full {
			w.Fatalf("a start fails on a disk without a fault: %v", err)
		}
		if errors.Is(err, ErrDamaged) && !w.disk.unreadable && !w.disk.killed {
			w.Fatalf("a start finds damage: %v", err)
		}
		w.restart()
	}
}

// restart ends a process, and lets the disk be as it may be then.
func (w *world) restart() {
	powerCut := w.random.IntN(2) == 0
	w.cut = w.cut || powerCut || w.disk.forgot
	if powerCut {
		w.cuts++
	}
	w.disk.restart(powerCut)
	w.fail(2)
	if w.random.IntN(4) == 0 {
		w.disk.crashIn = 1 + w.random.IntN(20)
	}
}

// fail sets which faults the disk has: each in one of so many cases.
func (w *world) fail(of int) {
	one := func() bool { return w.random.IntN(of) == 0 && w.random.IntN(2) == 0 }
	w.disk.full, w.disk.failing, w.disk.unreadable = one(), one(), one()
	w.faulty = w.faulty || w.disk.full || w.disk.failing || w.disk.unreadable
}

func (w *world) open() (*Recovery, error) {
	s := OnDisk("journal", nil, quiet())
	s.files, s.syncData = w.disk, w.disk.syncData
	s.full, s.over = 4096, int64(w.random.IntN(2))*1024
	s.rolling = true // in steps of the model alone
	w.s, w.due, w.live, w.over, w.pending, w.faulty, w.most = s, nil, nil, nil, nil, false, 0
	w.neverSweep()
	w.j = New(s, Owner{
		Do:         func(do func()) { do() },
		At:         func(_ time.Time, do func()) { w.due = append(w.due, do) },
		Accepted:   func(r *Record) { w.live = append(w.live, r) },
		NewMessage: func() *Record { return &Record{Message: &modelEvent{}} },
	}, quiet())
	w.j.queue.syncs.ended = true // no sync begins by itself
	return w.j.Recover(context.Background())
}

// never is a timer in whose place the model sweeps.
var never = time.AfterFunc(1000*time.Hour, func() {})

func (w *world) neverSweep() {
	w.s.mu.Lock()
	if w.s.sweeping != nil && w.s.sweeping != never {
		w.s.sweeping.Stop()
	}
	w.s.sweeping = never
	w.s.mu.Unlock()
}

// check compares what a start has found with what it must find.
func (w *world) check(found *Recovery) {
	w.Helper()
	got := state{holds: map[string]string{}}
	for _, r := range found.Messages {
		n := r.Message.(*modelEvent).n
		got.messages = append(got.messages, n)
		if r.Attempts > w.attempts[n] || r.Attempts < w.durable[n] {
			w.Fatalf("message %d was tried %d times; %d are known for sure, and %d were made", n, r.Attempts, w.durable[n], w.attempts[n])
		}
	}
	for _, h := range found.Holds {
		if _, twice := got.holds[h.Key]; twice {
			w.Fatalf("hold %s is open twice", h.Key)
		}
		got.holds[h.Key] = string(h.Body)
	}
	from, to := w.written, w.taken
	if w.cut {
		from = w.acked
	}
	var why []string
	for n := from; n <= to; n++ {
		problem := w.differs(got, w.base.after(w.acts[:n]))
		if problem == "" {
			w.begin(found, got)
			return
		}
		why = append(why, fmt.Sprintf("after %d: %s", n, problem))
	}
	w.Fatalf("of %d acts %d were taken, %d written and %d acknowledged; power cut: %v. What is found is none of these states:\n%s",
		len(w.acts), w.taken, w.written, w.acked, w.cut, strings.Join(why, "\n"))
}

// differs says why what was found is not a state.
func (w *world) differs(got, want state) string {
	if !maps.Equal(got.holds, want.holds) {
		return fmt.Sprintf("holds are %v, not %v", got.holds, want.holds)
	}
	at := 0
	for _, n := range want.messages {
		switch there := at < len(got.messages) && got.messages[at] == n; {
		case there && w.gone[n]:
			return fmt.Sprintf("message %d came back", n)
		case there:
			at++
		case !w.ended[n]:
			return fmt.Sprintf("message %d is missing in %v, or not at its place in %v", n, got.messages, want.messages)
		}
	}
	if at < len(got.messages) {
		return fmt.Sprintf("messages are %v, not of %v", got.messages, want.messages)
	}
	return ""
}

// begin goes on with what was found.
func (w *world) begin(found *Recovery, got state) {
	w.base, w.acts, w.taken, w.written, w.acked, w.cut = got, nil, 0, 0, 0, false
	w.ended, w.gone = map[int]bool{}, map[int]bool{}
	w.live, w.before, w.disk.forgot = found.Messages, w.s.bytes, false
	attempts := map[int]int{}
	for _, r := range found.Messages {
		attempts[r.Message.(*modelEvent).n] = r.Attempts
	}
	w.attempts, w.durable = attempts, maps.Clone(attempts)
	w.fail(8)
}
