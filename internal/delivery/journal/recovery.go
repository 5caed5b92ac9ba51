package journal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Recovery is what the store held at the start.
type Recovery struct {
	Messages []*Record // that are not over, in the order of queueing
	Holds    []Hold    // that are open
	Records  int       // read, copies of one record counted each
	Pages    int
}

// recovery reads it.
type recovery struct {
	journal *Journal
	bySeq   map[uint64]*Record
	pages   []*page
	records int
}

// recoveredAge makes recovered pages old already: what is over in them is to be
// forgotten soon, or a process that dies again and again within two seconds
// would repeat it each time. The rest lets what is due at once be delivered first.
const recoveredAge = 100*time.Millisecond - rewriteAfter

// Recover reads the store to its end. It runs before the owner's goroutine does.
func (j *Journal) Recover(ctx context.Context) (*Recovery, error) {
	r := &recovery{journal: j, bySeq: map[uint64]*Record{}}
	begun := time.Now()
	err := j.store.Recover(ctx, func(number uint64, data []byte) error {
		p := &page{number: number, written: begun.Add(recoveredAge)}
		r.pages = append(r.pages, p)
		if err := readPage(data, func(l line) error { return r.add(p, l) }); err != nil {
			return fmt.Errorf("page %d: %w", number, err)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("recover the journal of deliveries: %w", err)
	}
	records := make([]*Record, 0, len(r.bySeq))
	for _, rec := range r.bySeq {
		rec.home.open++
		records = append(records, rec)
	}
	slices.SortFunc(records, func(a, b *Record) int { return cmp.Compare(a.Seq, b.Seq) })
	if len(records) > 0 {
		j.lastSeq = records[len(records)-1].Seq
	}
	return r.refile(records), nil
}

// add takes a line of a page. Of several copies of a record the newest counts.
func (r *recovery) add(p *page, l line) error {
	rec := r.bySeq[l.seq]
	if rec == nil {
		if l.kind == KindMessage {
			rec = r.journal.owner.NewMessage()
		} else {
			rec = &Record{}
		}
		rec.Seq = l.seq
		r.bySeq[l.seq] = rec
	}
	if err := rec.decode(l); err != nil {
		return fmt.Errorf("record %d of kind %d: %w", l.seq, l.kind, err)
	}
	now := time.Now()
	rec.notFromTheFuture(now)
	rec.Posted = now.Add(rec.Posted.Sub(now)) // so that a clock that is set later makes it no older
	rec.size = len(l.content)
	rec.home = p
	rec.copies++
	p.records = append(p.records, rec)
	r.records++
	return nil
}

// notFromTheFuture brings the times of a record down to now where the clock was
// put back since it was written, or since its first attempt: what is due soon must
// not wait for that long.
func (r *Record) notFromTheFuture(now time.Time) {
	ahead := max(r.Posted.Sub(now), r.First.Sub(now))
	if ahead <= 0 {
		return
	}
	if r.Posted.After(now) {
		r.Posted = now
	}
	for _, t := range []*time.Time{&r.Due, &r.First} {
		if !t.IsZero() {
			*t = t.Add(-ahead)
		}
	}
}

// refile lets holds and releases take effect in their order, as they did
// before, and finds what is open then.
func (r *recovery) refile(records []*Record) *Recovery {
	j, found := r.journal, &Recovery{Records: r.records, Pages: len(r.pages)}
	// Nothing may be forgotten before every record is known.
	for _, p := range r.pages {
		p.open++
	}
	var holds []*Record
	for _, rec := range records {
		switch rec.kind {
		case KindMessage:
			found.Messages = append(found.Messages, rec)
			j.endHolds(rec)
		case KindHold:
			holds = append(holds, rec)
			j.file(rec)
		case KindRelease:
			j.file(rec)
		}
	}
	for _, hold := range holds {
		if !hold.ended {
			found.Holds = append(found.Holds, hold.hold)
			hold.leaveBody()
		}
	}
	for _, p := range r.pages {
		p.open--
		if !j.forgetIfDone(p) && p.open < len(p.records) {
			j.spoil(p)
		}
	}
	return found
}
