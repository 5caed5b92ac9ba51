package insight

import (
	"iter"
	"slices"
	"time"
)

// order is the records that are known, in the order of their beginning. Beyond a limit the
// first are forgotten; one of a call that goes on stays, and keeps no other record:
//
//	listed ──as many have begun since──┬──it is over──▶ forgotten
//	                                   └──it goes on──▶ aside ──as many have begun since its end──▶ forgotten
//
// Records that are aside are as many as calls went on at one time, at most.
type order struct {
	aside []*record // the oldest
	list  []*record // from first on
	first int
}

// newest are the records that began last, the newest last; so many at most.
func (o *order) newest(most int) []*record {
	return o.list[max(o.first, len(o.list)-most):]
}

// all are the records, the oldest first.
func (o *order) all() iter.Seq[*record] {
	return func(yield func(*record) bool) {
		for _, part := range [...][]*record{o.aside, o.newest(len(o.list))} {
			for _, r := range part {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// last is the newest record that matches; nil where none does.
func (o *order) last(matches func(*record) bool) *record {
	for _, part := range [...][]*record{o.newest(len(o.list)), o.aside} {
		for _, r := range slices.Backward(part) {
			if matches(r) {
				return r
			}
		}
	}
	return nil
}

// add adds a record that begins, and forgets the oldest beyond a limit.
func (o *order) add(r *record, limit int, forget func(*record)) {
	o.list = append(o.list, r)
	for len(o.list)-o.first > limit {
		o.take((*record).over, forget)
	}
	if o.first > 1024 && o.first > len(o.list)/2 {
		o.list = slices.Clone(o.newest(len(o.list)))
		o.first = 0
	}
}

// refused is the oldest record of what never became a call, if there are so many; else nil.
func (o *order) refused(most int) (oldest *record) {
	count := 0
	for _, r := range o.newest(len(o.list)) {
		if r.subject == SubjectCall {
			continue
		}
		if count++; oldest == nil {
			oldest = r
		}
	}
	if count < most {
		return nil
	}
	return oldest
}

// remove takes a record out of the list.
func (o *order) remove(r *record) {
	if at := slices.Index(o.list[o.first:], r); at >= 0 {
		o.list = slices.Delete(o.list, o.first+at, o.first+at+1)
	}
}

// take takes the first record out of the list: it is forgotten, or stands aside.
func (o *order) take(due func(*record) bool, forget func(*record)) {
	r := o.list[o.first]
	o.list[o.first] = nil
	o.first++
	if due(r) {
		forget(r)
	} else {
		o.aside = append(o.aside, r)
	}
}

// forgetAside forgets the records that are aside and since whose end as many have begun as
// the limit is.
func (o *order) forgetAside(limit int, forget func(*record)) {
	if len(o.aside) > 0 && len(o.list)-o.first >= limit {
		o.forgetAsideOver(o.list[len(o.list)-limit].begun, forget)
	}
}

func (o *order) forgetAsideOver(since time.Time, forget func(*record)) {
	o.aside = slices.DeleteFunc(o.aside, func(r *record) bool {
		if !r.wasOver(since) {
			return false
		}
		forget(r)
		return true
	})
}

// forgetOver forgets every record that was over at a moment.
func (o *order) forgetOver(at time.Time, forget func(*record)) {
	for o.first < len(o.list) && o.list[o.first].begun.Before(at) {
		o.take(func(r *record) bool { return r.wasOver(at) }, forget)
	}
	o.forgetAsideOver(at, forget)
}
