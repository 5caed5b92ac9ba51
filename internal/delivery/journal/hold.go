package journal

// longHold is the body of a hold, in bytes, that is in the journal alone once it is written: each
// connection and each operation has a hold, with what its client wants to be told.
const longHold = 4 << 10

// leaveBody lets the body of a hold that is written leave memory, if it is long.
func (r *Record) leaveBody() {
	if len(r.hold.Body) > longHold {
		r.hold.Body, r.Away = nil, true
	}
}

// file lets a record that is written take effect.
func (j *Journal) file(r *Record) {
	switch r.kind {
	case KindMessage:
		j.endHolds(r)
		j.owner.Accepted(r)
	case KindHold:
		j.supersede(r)
		j.holds[r.hold.Key] = append(j.holds[r.hold.Key], r)
	case KindRelease:
		j.endHolds(r)
		j.End(r)
	}
}

// endHolds ends the holds that r names. Until their copies are out of the
// store, r stays in it, to end them again after a recovery.
func (j *Journal) endHolds(r *Record) {
	for _, key := range r.ends {
		for _, hold := range j.holds[key] {
			j.endHold(hold, r)
		}
	}
}

// supersede ends former holds of the same key: the newest one counts.
func (j *Journal) supersede(r *Record) {
	for _, hold := range j.holds[r.hold.Key] {
		j.endHold(hold, r)
	}
}

func (j *Journal) endHold(hold, ender *Record) {
	if hold.Seq >= ender.Seq {
		return
	}
	hold.ended = true
	// Both in one page are forgotten together, unless the hold moves on, since it has former
	// holds of its key to end.
	if hold.copies > 1 || hold.home != ender.home || hold.waits > 0 {
		hold.enders = append(hold.enders, ender)
		ender.waits++
	}
	j.settle(hold)
}

func (j *Journal) forgetHold(r *Record) {
	kept := j.holds[r.hold.Key][:0]
	for _, hold := range j.holds[r.hold.Key] {
		if hold != r {
			kept = append(kept, hold)
		}
	}
	if len(kept) == 0 {
		delete(j.holds, r.hold.Key)
	} else {
		j.holds[r.hold.Key] = kept
	}
}
