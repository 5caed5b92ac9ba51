package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// modelEvent is the message of a model.
type modelEvent struct {
	n    int
	ends []string
	gone bool // from memory
}

func (e *modelEvent) Encode() []byte {
	if e.gone {
		panic("a message is encoded whose content is in the journal alone")
	}
	return fmt.Appendf(NewContent(64), "%d %s %s", e.n, strings.Repeat(fmt.Sprint(e.n), e.n%40), strings.Join(e.ends, ","))
}

func (e *modelEvent) Forget() { e.gone = true }

func (e *modelEvent) Decode(content []byte, _ int) ([]string, error) {
	var filling, ends string
	_, _ = fmt.Sscan(string(content), &e.n, &filling, &ends) // the last two may be empty
	e.gone = false
	e.ends = nil
	if _, list, found := strings.Cut(strings.TrimPrefix(string(content), fmt.Sprint(e.n, " ", strings.Repeat(fmt.Sprint(e.n), e.n%40))), " "); found && list != "" {
		e.ends = strings.Split(list, ",")
	}
	if string((&modelEvent{n: e.n, ends: e.ends}).Encode()) != string(content) {
		return nil, fmt.Errorf("content %q", content)
	}
	return e.ends, nil
}

// act is what was queued, as the model knows it: a message, a hold, or a release.
type act struct {
	message int // its number; 0: none
	ends    []string
	hold    Hold
}

// state is what is open.
type state struct {
	messages []int // in their order
	holds    map[string]string
}

// after is the state when some more has happened.
func (s state) after(acts []act) state {
	s.messages, s.holds = slices.Clone(s.messages), maps.Clone(s.holds)
	for _, a := range acts {
		if a.message > 0 {
			s.messages = append(s.messages, a.message)
		}
		for _, key := range a.ends {
			delete(s.holds, key)
		}
		if a.hold.Key != "" {
			s.holds[a.hold.Key] = string(a.hold.Body)
		}
	}
	return s
}

// world is a journal on a disk that fails, with what must be found in it after the next crash.
type world struct {
	testing.TB
	random *rand.Rand
	disk   *simDisk
	number int // of the last message, and of the last body of a hold

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

// queue queues what happens at once.
func (w *world) queue() {
	var entries []Entry
	for range 1 + w.random.IntN(3) {
		w.number++
		var a act
		for range w.random.IntN(3) {
			a.ends = append(a.ends, w.key())
		}
		switch w.random.IntN(3) {
		case 0:
			a.message = w.number
			r := &Record{}
			r.NewMessage(&modelEvent{n: w.number, ends: a.ends}, time.Now(), a.ends)
			entries = append(entries, EntryOf(r))
		case 1:
			a.ends, a.hold = nil, Hold{w.key(), fmt.Append(nil, w.number)}
			entries = append(entries, HoldEntry(a.hold))
		case 2:
			entries = append(entries, ReleaseEntry(a.ends...))
		}
		w.acts = append(w.acts, a)
	}
	w.j.Put(entries...)
}

func (w *world) key() string { return string(rune('a' + w.random.IntN(6))) }

// write writes a page, as the writer does; it reports whether nothing is left to be written.
func (w *world) write() (all bool) {
	batch := w.pending
	if batch == nil {
		if w.j.Unwritten() == 0 {
			return true
		}
		batch = w.j.queue.take()
		w.j.pages++
		for _, it := range batch {
			if it.again == nil && it.record != nil {
				w.taken++
			}
		}
	}
	p, err := w.j.tryPage(context.Background(), batch)
	if err != nil {
		w.pending = batch
		w.refusals++
		return false
	}
	w.pending, w.written, w.most = nil, w.taken, max(w.most, w.s.live)
	n := len(batch)
	recycle(batch)
	w.j.committed(p, batch)
	w.j.queue.wrote(n)
	return w.j.Unwritten() == 0
}

// flush has all that was queued acknowledged; it reports whether it is.
func (w *world) flush() bool {
	for tries := 0; !w.write(); tries++ {
		if w.disk.killed || tries > 100 {
			return false
		}
	}
	if w.j.sync() != nil {
		return false
	}
	w.acked, w.disk.forgot = w.written, false
	w.flushes++
	return true
}

// step does something.
func (w *world) step() {
	switch n := w.random.IntN(100); {
	case n < 25:
		w.queue()
	case n < 45:
		w.write()
	case n < 55:
		w.flush()
	case n < 70:
		for range 1 + len(w.live)/20 {
			w.end()
		}
	case n < 78:
		w.retry()
	case n < 84:
		w.runDue()
	case n < 87:
		w.sweep()
	case n < 89:
		_ = w.s.roll() // the next page is told
	case n < 91:
		w.j.RewriteStale()
	case n < 94:
		w.read()
	case n < 96:
		w.fail(8)
	case n < 97:
		w.disk.crashIn = 1 + w.random.IntN(15)
	case n < 98:
		w.settle()
	default:
		w.disk.killed = true
	}
	if w.disk.killed {
		w.crashes++
		w.restart()
		w.start()
	}
}

// end lets a message be over.
func (w *world) end() {
	if len(w.live) == 0 {
		return
	}
	at := w.random.IntN(len(w.live))
	r := w.live[at]
	w.live = slices.Delete(w.live, at, at+1)
	w.over = append(w.over, r)
	w.ended[r.Message.(*modelEvent).n] = true
	w.j.End(r)
}

// retry lets a message back off, perhaps without its content.
func (w *world) retry() {
	if len(w.live) == 0 {
		return
	}
	r := w.live[w.random.IntN(len(w.live))]
	e := r.Message.(*modelEvent)
	w.attempts[e.n]++
	r.Attempts, r.Due = r.Attempts+1, time.Now().Add(time.Minute)
	w.j.Changed(r)
	if w.random.IntN(2) == 0 {
		r.Away, e.gone = true, true
	}
}

func (w *world) runDue() {
	due := w.due
	w.due = nil
	for _, do := range due {
		do()
	}
}

func (w *world) sweep() {
	w.s.sweep()
	w.neverSweep()
}

// read reads a content that is in the journal alone.
func (w *world) read() {
	for _, r := range w.live {
		if !r.Away {
			continue
		}
		contents, err := w.j.Contents(context.Background(), r.Page())
		if err != nil {
			if !w.disk.unreadable && !w.disk.forgot && !w.disk.killed {
				w.Fatalf("message %d cannot be read: %v", r.Message.(*modelEvent).n, err)
			}
			return
		}
		var got modelEvent
		if _, err := got.Decode(contents[r.Seq].Encoded, 0); err != nil || got.n != r.Message.(*modelEvent).n {
			w.Fatalf("message %d is read as %d, %v", r.Message.(*modelEvent).n, got.n, err)
		}
		return
	}
}

// settle brings the journal up to date on a disk without faults: what is over must not come
// back from then on, and what is of no use takes no room.
func (w *world) settle() {
	w.disk.full, w.disk.failing, w.disk.unreadable, w.disk.crashIn = false, false, false, 0
	waits := func() bool { return slices.ContainsFunc(w.over, func(r *Record) bool { return r.copies > 0 }) }
	for rounds := 0; rounds < 4 || waits(); rounds++ { // a hold may wait for former ones, and its message for it
		if rounds == 40 {
			w.Fatal("a message that is over stays in the journal")
		}
		w.runDue()
		w.j.RewriteStale()
		if !w.flush() {
			w.Fatal("a disk without faults takes nothing")
		}
		w.sweep()
	}
	if err := w.s.Sync(); err != nil {
		w.Fatal(err)
	}
	maps.Copy(w.gone, w.ended)
	w.durable = maps.Clone(w.attempts)
	state := w.base.after(w.acts)
	if len(w.live) == 0 && len(state.holds) == 0 && len(w.s.places)+len(w.j.holds)+len(w.j.stale) > 0 {
		w.Fatalf("nothing is open, and %d pages, %d holds and %d stale pages are kept", len(w.s.places), len(w.j.holds), len(w.j.stale))
	}
	if !w.faulty && w.s.bytes > 8*w.s.full+2*w.most+w.before {
		w.Fatalf("the files have %d bytes, of which %d were of use at most; the start had found %d", w.s.bytes, w.most, w.before)
	}
}

// TestJournalKeepsItsPromisesOnADiskThatFails: whatever fails, and whenever the process is
// killed or the power is cut, also during a start. What was acknowledged is there, in its
// order; what is over and synced, or was released, does not come back; nothing that is read
// is wrong; and a disk that has no fault any more can always be started from. With
// SWITCHHOOK_SOAK=full it makes a million steps.
func TestJournalKeepsItsPromisesOnADiskThatFails(t *testing.T) {
	const steps = 2500
	seeds := []uint64{0, 1, 2, 3, 4, 5, 6, 59} // the last one finds a hold that comes back, if it does not wait for its own
	if os.Getenv("SWITCHHOOK_SOAK") == "full" {
		for seed := range uint64(1_000_000 / steps) {
			seeds = append(seeds, seed)
		}
	}
	var crashes, cuts, failedStarts, flushes, refusals int
	for _, seed := range seeds {
		w := newWorld(t, seed)
		func() {
			defer func() {
				if t.Failed() {
					t.Logf("seed %d", seed)
				}
			}()
			for range steps {
				w.step()
			}
		}()
		crashes, cuts, failedStarts = crashes+w.crashes, cuts+w.cuts, failedStarts+w.failedStarts
		flushes, refusals = flushes+w.flushes, refusals+w.refusals
	}
	t.Logf("%d crashes, %d power cuts, %d starts that failed, %d flushes, %d pages that were refused at first", crashes, cuts, failedStarts, flushes, refusals)
	if crashes == 0 || cuts == 0 || failedStarts == 0 || flushes == 0 || refusals == 0 {
		t.Error("nothing happened")
	}
}
