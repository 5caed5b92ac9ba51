package delivery

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// recovery is what the journal held at the start.
type recovery struct {
	bySeq    map[uint64]*record
	pages    []*page
	records  int // copies of one record counted each
	messages []*record
	holds    []Hold
}

// recoveredAge makes recovered pages old already: what is over in them is to be
// forgotten soon, or a process that dies again and again within two seconds
// would repeat it each time. The rest lets what is due at once be delivered first.
const recoveredAge = 100*time.Millisecond - rewriteAfter

// recover reads the journal. Of several copies of a record the newest counts.
func (e *Engine) recover(ctx context.Context) (*recovery, error) {
	r := &recovery{bySeq: map[uint64]*record{}}
	begun := time.Now()
	err := e.journal.Recover(ctx, func(number uint64, data []byte) error {
		p := &page{number: number, written: begun.Add(recoveredAge)}
		r.pages = append(r.pages, p)
		err := readPage(data, func(l line) error { return r.add(p, l) })
		if err != nil {
			return fmt.Errorf("page %d: %w", number, err)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("recover the journal of deliveries: %w", err)
	}
	records := make([]*record, 0, len(r.bySeq))
	for _, rec := range r.bySeq {
		rec.home.open++
		records = append(records, rec)
	}
	slices.SortFunc(records, bySeq)
	if len(records) > 0 {
		e.lastSeq = records[len(records)-1].seq
	}
	e.refile(r, records)
	return r, nil
}

func bySeq(a, b *record) int { return cmp.Compare(a.seq, b.seq) }

// add takes a line of a page.
func (r *recovery) add(p *page, l line) error {
	rec := r.bySeq[l.seq]
	if rec == nil {
		rec = &record{seq: l.seq}
		r.bySeq[l.seq] = rec
	}
	rec.kind, rec.posted, rec.attempts, rec.due, rec.first = l.kind, l.posted, l.attempts, l.due, l.first
	rec.notFromTheFuture(time.Now())
	rec.home = p
	rec.copies++
	p.records = append(p.records, rec)
	r.records++
	var err error
	switch l.kind {
	case kindMessage:
		if rec.msg, err = decodeMessage(l.content); err == nil {
			rec.keys = rec.msg.Release
		}
	case kindHold:
		rec.hold.Key, rec.hold.Body, err = decodeHold(l.content)
	case kindRelease:
		rec.msg = Message{}
		rec.keys, err = decodeKeys(l.content)
	default:
		err = fmt.Errorf("%w: a record of kind %d", errDamaged, l.kind)
	}
	return err
}

// notFromTheFuture brings the times of a record down to now where the clock was
// put back since it was written: what is due soon must not wait for that long.
func (r *record) notFromTheFuture(now time.Time) {
	ahead := r.posted.Sub(now)
	if ahead <= 0 {
		return
	}
	r.posted = now
	for _, t := range []*time.Time{&r.due, &r.first} {
		if !t.IsZero() {
			*t = t.Add(-ahead)
		}
	}
}

// refile lets holds and releases take effect in their order, as they did
// before, and finds what is open then. It runs before the scheduler does.
func (e *Engine) refile(r *recovery, records []*record) {
	// Nothing may be forgotten before every record is known.
	for _, p := range r.pages {
		p.open++
	}
	var holds []*record
	for _, rec := range records {
		switch rec.kind {
		case kindMessage:
			r.messages = append(r.messages, rec)
			e.open.Add(1)
			e.endHolds(rec)
		case kindHold:
			holds = append(holds, rec)
			e.file(rec)
		case kindRelease:
			e.file(rec)
		}
	}
	for _, hold := range holds {
		if !hold.ended() {
			r.holds = append(r.holds, hold.hold)
		}
	}
	for _, p := range r.pages {
		p.open--
		if !e.forgetIfDone(p) && p.open < len(p.records) {
			e.spoil(p)
		}
	}
}

// resume schedules what was recovered, each lane in its own order.
func (e *Engine) resume(r *recovery) {
	dropped := 0
	for _, rec := range r.messages {
		if e.orphaned(&rec.msg) {
			rec.mute = true
			e.finish(rec, Dropped, whyDeleted)
			dropped++
			continue
		}
		e.admit(rec)
	}
	if dropped > 0 {
		e.log.Info("events of deleted subscriptions are dropped", "events", dropped)
	}
}

// orphaned reports whether a recovered event's subscription is no more: a process
// may die between a deletion and the journal's next page. Its dead letters stay.
func (e *Engine) orphaned(m *Message) bool {
	return e.cfg.Subscribed != nil && m.Event.Subscription != "" && m.DeadLetterReason == "" && !e.cfg.Subscribed(m.Event.Subscription)
}
