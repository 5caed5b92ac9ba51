package sip

import (
	"slices"
	"sync"
	"time"
)

// legs is the table of legs by their dialogs. One Call-ID may have several legs: one call
// that leaves us through a proxy and comes back is two.
type legs struct {
	max int

	mu       sync.Mutex
	byCallID map[string][]*leg
	n        int
	idle     chan struct{} // closed when the last leg is gone; nil while nobody waits
}

// add enters a leg under its dialog's Call-ID and local tag. It returns false
// where that dialog exists or the server is full.
func (r *legs) add(l *leg, callID, tag string) (added, full bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n >= r.max {
		return false, true
	}
	for _, other := range r.byCallID[callID] {
		if other.dialogKey.tag == tag {
			return false, false
		}
	}
	if r.byCallID == nil {
		r.byCallID = make(map[string][]*leg)
	}
	l.dialogKey = dialogKey{callID, tag}
	r.byCallID[callID] = append(r.byCallID[callID], l)
	r.n++
	return true, false
}

// dialogKey names a dialog from our side.
type dialogKey struct{ callID, tag string }

// move enters a leg under another dialog. It returns false where that one exists.
func (r *legs) move(l *leg, to dialogKey) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, other := range r.byCallID[to.callID] {
		if other.dialogKey == to {
			return false
		}
	}
	r.forget(l)
	l.dialogKey = to
	r.byCallID[to.callID] = append(r.byCallID[to.callID], l)
	return true
}

// forget takes a leg out of the map; false where it is not in.
func (r *legs) forget(l *leg) bool {
	list := r.byCallID[l.dialogKey.callID]
	at := slices.Index(list, l)
	switch {
	case at < 0:
		return false
	case len(list) == 1:
		delete(r.byCallID, l.dialogKey.callID)
	default:
		r.byCallID[l.dialogKey.callID] = slices.Concat(list[:at], list[at+1:])
	}
	return true
}

// remove forgets a leg.
func (r *legs) remove(l *leg) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.forget(l) {
		r.n--
	}
	if r.n == 0 && r.idle != nil {
		close(r.idle)
		r.idle = nil
	}
}

// find returns the leg of a dialog, or nil.
func (r *legs) find(callID, tag string) *leg {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.byCallID[callID] {
		if l.dialogKey.tag == tag {
			return l
		}
	}
	return nil
}

// callID is the Call-ID of a leg's dialog.
func (r *legs) callID(l *leg) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return l.dialogKey.callID
}

// knows reports whether a Call-ID belongs to any leg.
func (r *legs) knows(callID string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.byCallID[callID]) > 0
}

// full reports whether one more leg is too many.
func (r *legs) full() bool { return r.count() >= r.max }

func (r *legs) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

func (r *legs) all() (list []*leg) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, found := range r.byCallID {
		list = append(list, found...)
	}
	return list
}

// wait returns when no leg is left, or after a while.
func (r *legs) wait(longest time.Duration) {
	r.mu.Lock()
	if r.n == 0 {
		r.mu.Unlock()
		return
	}
	if r.idle == nil {
		r.idle = make(chan struct{})
	}
	idle := r.idle
	r.mu.Unlock()
	timer := time.NewTimer(longest)
	defer timer.Stop()
	select {
	case <-idle:
	case <-timer.C:
	}
}
