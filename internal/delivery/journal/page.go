package journal

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// rewriteAfter is how old a page gets before the records that it still has to
// keep are written again, so that it and what is over in it can be forgotten.
const rewriteAfter = 2 * time.Second

// rereadAfter is how long it takes until a page is tried again that cannot be read.
const rereadAfter = time.Minute

// page is what the journal knows of a page in the store.
type page struct {
	number  uint64
	written time.Time
	records []*Record // all that it holds
	open    int       // those that live here and are not settled
	// stale: it holds something that is settled or has changed, so that its
	// recovery would repeat work. Pages of nothing but live holds are not.
	stale  bool
	moving bool // its open records are being written again
}

// committed takes over what the writer wrote, in the order of writing.
func (j *Journal) committed(p *page, batch []Entry) {
	j.countCopies(batch)
	if p != nil {
		j.moveIn(p)
		j.metrics.records.Add(float64(len(p.records)))
	}
	for _, it := range batch {
		switch {
		case it.mark != nil:
			it.mark()
		case it.again == nil:
			j.file(it.record)
			it.record.leaveBody()
		case it.record.home == p && it.record.hasChanged(it.again):
			j.spoil(p)
		}
	}
	if p != nil {
		if p.open < len(p.records) {
			j.spoil(p)
		}
		j.forgetIfDone(p)
	}
	j.queue.reuse(batch)
}

// countCopies notes which records were written and which were not.
func (j *Journal) countCopies(batch []Entry) {
	for _, it := range batch {
		switch {
		case it.record == nil:
		case it.again == nil:
			it.record.copies++
		case it.skipped:
			j.dropCopy(it.record)
			if it.unread {
				j.rewriteLater(it.record.home)
			}
		}
	}
}

// moveIn makes p the home of its records. With a page that one of them leaves, a hold may go that
// it has ended: then it is settled, and p must not be forgotten before it has the others.
func (j *Journal) moveIn(p *page) {
	p.open++
	defer func() { p.open-- }()
	for _, r := range p.records {
		if r.settled {
			continue // while it was being written again
		}
		p.open++
		old := r.home
		r.home = p
		if old != nil {
			old.open--
			j.forgetIfDone(old)
		}
	}
}

// spoil notes that a page holds what is not true any more, and has the rest of
// it written again when it is old enough.
func (j *Journal) spoil(p *page) {
	if p == nil || p.stale || p.records == nil {
		return
	}
	p.stale = true
	j.stale[p] = struct{}{}
	j.owner.At(p.written.Add(rewriteAfter), func() { j.rewrite(p) })
}

// rewrite queues the open records of a page for another page.
func (j *Journal) rewrite(p *page) {
	if p.moving || p.records == nil {
		return
	}
	p.moving = true
	var entries []Entry
	for _, r := range p.records {
		if r.home == p && !r.settled {
			entries = append(entries, r.again())
		}
	}
	j.queue.put(entries...)
}

// rewriteLater queues what is left in a page another time, since it could not be read.
func (j *Journal) rewriteLater(p *page) {
	if p.records == nil || !p.moving {
		return
	}
	p.moving = false
	j.owner.At(time.Now().Add(rereadAfter), func() { j.rewrite(p) })
}

// again is the entry that writes a record anew, as it is now.
func (r *Record) again() Entry {
	if r.kind == KindMessage && r.ended {
		// What is left of it is what it releases.
		r.kind, r.Away = KindRelease, false
		r.Message.Forget()
	}
	r.copies++ // from now on: it may reach the store at any moment
	l := r.line(nil)
	it := Entry{record: r, again: &l}
	if r.Away {
		it.from, it.size = r.home.number, r.size
	} else {
		it.content = r.content()
		it.size = len(it.content)
	}
	return it
}

// End notes that nothing of a message is to be recovered any more.
func (j *Journal) End(r *Record) {
	r.ended = true
	j.settle(r)
}

// hasChanged reports whether a record that backs off has changed since it was to be written
// again.
func (r *Record) hasChanged(since *line) bool {
	return !r.ended && !r.Due.IsZero() && (r.Attempts != since.attempts || !r.Due.Equal(since.due))
}

// Changed notes that a record's attempts or times are no longer those on disk.
func (j *Journal) Changed(r *Record) { j.spoil(r.home) }

// RewriteStale brings the journal up to date, so that the next process does not
// repeat what is over. Flush waits for it.
func (j *Journal) RewriteStale() {
	for _, p := range slices.SortedFunc(maps.Keys(j.stale), func(a, b *page) int { return cmp.Compare(a.number, b.number) }) {
		j.rewrite(p)
	}
}
