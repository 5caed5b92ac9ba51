package delivery

import "time"

// rewriteAfter is how old a page gets before the records that it still has to
// keep are written again, so that it and what is over in it can be forgotten.
const rewriteAfter = 2 * time.Second

// page is one message of the journal.
type page struct {
	number  uint64
	written time.Time
	records []*record // all that it holds
	open    int       // those that live here and are not settled
	// stale: it holds something that is settled or has changed, so that its
	// recovery would repeat work. Pages of nothing but live holds are not.
	stale  bool
	moving bool // its open records are being written again
}

// journalled takes over what the writer wrote, in the order of writing.
func (e *Engine) journalled(p *page, batch []entry) {
	if p != nil {
		e.moveIn(p, batch)
		e.metrics.records.Add(float64(len(p.records)))
	}
	for _, it := range batch {
		switch {
		case it.drop != "":
			e.dropGroup(it.drop)
			e.forgetGroup(it.drop)
		case it.again == nil:
			e.file(it.rec)
		}
	}
	if p != nil {
		if p.open < len(p.records) {
			e.spoil(p)
		}
		e.forgetIfDone(p)
	}
}

// moveIn makes p the home of its records.
func (e *Engine) moveIn(p *page, batch []entry) {
	for _, it := range batch {
		switch {
		case it.rec == nil:
		case it.again == nil:
			it.rec.copies++
		case it.skipped:
			it.rec.copies--
		}
	}
	for _, r := range p.records {
		if r.settled {
			continue // while it was being written again
		}
		p.open++
		old := r.home
		r.home = p
		if old != nil {
			old.open--
			e.forgetIfDone(old)
		}
	}
}

// file lets a record that is in the journal take effect.
func (e *Engine) file(r *record) {
	switch r.kind {
	case kindMessage:
		e.grid.journalled(r)
		e.endHolds(r)
		e.admit(r)
	case kindHold:
		e.supersede(r)
		e.holds[r.hold.Key] = append(e.holds[r.hold.Key], r)
	case kindRelease:
		e.endHolds(r)
		r.state = over
		e.settle(r)
	}
}

// endHolds ends the holds that r names. Until their copies are out of the
// journal, r stays in it, to end them again after a recovery.
func (e *Engine) endHolds(r *record) {
	for _, key := range r.keys {
		for _, hold := range e.holds[key] {
			e.endHold(hold, r)
		}
	}
}

// supersede ends former holds of the same key: the newest one counts.
func (e *Engine) supersede(r *record) {
	for _, hold := range e.holds[r.hold.Key] {
		e.endHold(hold, r)
	}
}

func (e *Engine) endHold(hold, ender *record) {
	if hold.seq >= ender.seq {
		return
	}
	hold.state = over
	// Both in one page are forgotten together.
	if hold.copies > 1 || hold.home != ender.home {
		hold.enders = append(hold.enders, ender)
		ender.waits++
	}
	e.settle(hold)
}

// settle lets the journal forget a record that has ended, once it does not
// have to end holds any more.
func (e *Engine) settle(r *record) {
	if r.settled || r.state != over || r.waits > 0 {
		return
	}
	r.settled = true
	home := r.home
	home.open--
	if !e.forgetIfDone(home) {
		e.spoil(home)
	}
}

// forgetIfDone takes a page out of the journal that has nothing left to keep.
func (e *Engine) forgetIfDone(p *page) bool {
	if p.open > 0 || p.records == nil {
		return p.records == nil
	}
	records := p.records
	p.records = nil
	delete(e.stale, p)
	e.journal.Done(p.number)
	for _, r := range records {
		r.copies--
		if r.copies > 0 {
			continue
		}
		if r.kind == kindHold {
			e.forgetHold(r)
		}
		for _, ender := range r.enders {
			ender.waits--
			e.settle(ender)
		}
		r.enders = nil
	}
	return true
}

func (e *Engine) forgetHold(r *record) {
	kept := e.holds[r.hold.Key][:0]
	for _, hold := range e.holds[r.hold.Key] {
		if hold != r {
			kept = append(kept, hold)
		}
	}
	if len(kept) == 0 {
		delete(e.holds, r.hold.Key)
	} else {
		e.holds[r.hold.Key] = kept
	}
}

// spoil notes that a page holds what is not true any more, and has the rest of
// it written again when it is old enough.
func (e *Engine) spoil(p *page) {
	if p == nil || p.stale || p.records == nil {
		return
	}
	p.stale = true
	e.stale[p] = struct{}{}
	e.agenda.at(p.written.Add(rewriteAfter), func() { e.rewrite(p) })
}

// rewrite queues the open records of a page for another page.
func (e *Engine) rewrite(p *page) {
	if p.moving || p.records == nil {
		return
	}
	p.moving = true
	var entries []entry
	for _, r := range p.records {
		if r.home == p && !r.settled {
			entries = append(entries, r.again())
		}
	}
	e.queue.put(entries...)
}

// again is the entry that writes a record anew, as it is now.
func (r *record) again() entry {
	if r.kind == kindMessage && r.state == over {
		// What is left of it is what it releases.
		r.kind, r.msg, r.bodyAway = kindRelease, Message{}, false
	}
	r.copies++ // from now on: it may reach the journal at any moment
	l := r.line(nil)
	it := entry{rec: r, again: &l}
	if r.bodyAway {
		it.from = r.home.number
	} else {
		it.content = r.content()
	}
	return it
}
