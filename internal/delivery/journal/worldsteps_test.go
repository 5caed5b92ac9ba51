package journal

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

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
			if w.long {
				a.hold.Body = append(a.hold.Body, make([]byte, longHold)...)
			}
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
