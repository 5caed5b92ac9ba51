package journal

// settle lets the store forget a record that has ended, once it does not have to
// end holds any more.
func (j *Journal) settle(r *Record) {
	if r.settled || !r.ended || r.waits > 0 {
		return
	}
	r.settled = true
	home := r.home
	home.open--
	if !j.forgetIfDone(home) {
		j.spoil(home)
	}
}

// forgetIfDone takes a page out of the journal that has nothing left to keep.
func (j *Journal) forgetIfDone(p *page) bool {
	if p.open > 0 || p.records == nil {
		return p.records == nil
	}
	records := p.records
	p.records = nil
	delete(j.stale, p)
	j.store.Done(p.number)
	for _, r := range records {
		j.dropCopy(r)
	}
	return true
}

// dropCopy counts a copy of a record no longer. With the last one a hold is forgotten, and
// those that have ended it need not end it again.
func (j *Journal) dropCopy(r *Record) {
	if r.copies--; r.copies > 0 {
		return
	}
	if r.kind == KindHold {
		j.forgetHold(r)
	}
	for _, ender := range r.enders {
		ender.waits--
		j.settle(ender)
	}
	r.enders = nil
}
