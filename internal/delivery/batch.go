package delivery

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"time"
)

// bucket gathers messages of one batch key that are due. What is in it at the
// end of the scheduler's turn, or when the destination has room again, leaves.
type bucket struct {
	key     string
	to      *destination
	records []*record // queued, in the order of their lanes
	members int       // messages that are not over and may come here
	dirty   bool      // it is to be looked at at the end of this turn
	pace    *pace     // nil: its destination has granted no rate
	wake    time.Time // when pace lets the next batch leave, as far as is on the agenda
	listed  bool      // it is among those that wait for room at the destination
}

// defaultBatchKB is what a batch without a preferred size takes.
const defaultBatchKB = 64

// withDefaults bounds a batch by Event Grid's limits.
func (b Batch) withDefaults() Batch {
	if b.Key == "" {
		return Batch{}
	}
	b.MaxEvents = min(orDefault(b.MaxEvents, MaxBatchEvents), MaxBatchEvents)
	b.PreferredKB = min(orDefault(b.PreferredKB, defaultBatchKB), MaxBatchKB)
	return b
}

var headerSeed = maphash.MakeSeed()

// bucketOf returns the bucket of a message, nil for one that goes alone.
func (e *Engine) bucketOf(r *record) *bucket {
	if r.msg.Batch.Key == "" || r.msg.Batch.MaxEvents == 1 || r.msg.Last {
		return nil
	}
	// What differs in them cannot share a request.
	var header uint64
	for name, value := range r.msg.Header {
		header += maphash.String(headerSeed, name+"\x00"+value)
	}
	header += maphash.String(headerSeed, r.msg.Bearer.Tenant+"\x00"+r.msg.Bearer.Audience)
	key := fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00%x", r.msg.Policy, r.msg.Group, r.msg.URL, r.msg.Batch.Key, header)
	b := e.buckets[key]
	if b == nil {
		b = &bucket{key: key, to: r.to, pace: r.pace}
		e.buckets[key] = b
	}
	b.members++
	return b
}

// unbucket notes that a message of a bucket is over.
func (e *Engine) unbucket(r *record) {
	b := r.bucket
	if b == nil {
		return
	}
	b.members--
	if b.members == 0 {
		delete(e.buckets, b.key)
	}
}

// gather has a message wait for the end of the turn.
func (e *Engine) gather(r *record) {
	r.state = queued
	e.inQueues++
	r.lane.gathered++
	r.lane.into = r.bucket
	r.bucket.records = append(r.bucket.records, r)
	e.look(r.bucket)
}

func (e *Engine) look(b *bucket) {
	if !b.dirty {
		b.dirty = true
		e.dirty = append(e.dirty, b)
	}
}

// lookAt has a bucket looked at again when its pace lets something leave.
func (e *Engine) lookAt(b *bucket, at time.Time) {
	if !at.Equal(b.wake) {
		b.wake = at
		e.agenda.at(at, func() { e.look(b) })
	}
}

// launchAll lets go what was gathered in this turn of the scheduler.
func (e *Engine) launchAll() {
	for len(e.dirty) > 0 {
		b := e.dirty[0]
		e.dirty = e.dirty[1:]
		b.dirty = false
		e.launch(b)
	}
	e.dirty = nil
}

// launch sends what is gathered, in as many batches as the destination has
// room for.
func (e *Engine) launch(b *bucket) {
	for b.to.active < e.cfg.PerDestination && len(b.records) > 0 {
		now := time.Now()
		if !b.pace.ready(now) {
			e.lookAt(b, b.pace.next())
			return
		}
		batch := b.take(func(r *record) bool { return e.mayLeave(r, now) })
		if len(batch) == 0 {
			break // a lane of theirs has an attempt under way
		}
		for _, r := range batch {
			e.unqueue(r)
		}
		e.fly(b.to, batch)
	}
	if len(b.records) > 0 && !b.listed {
		b.listed = true
		b.to.buckets = append(b.to.buckets, b)
	}
}

// mayLeave asks once more, for a message may have waited long in its bucket.
func (e *Engine) mayLeave(r *record, now time.Time) bool {
	why := r.exhausted(now)
	switch {
	case e.isStopped():
		e.unqueue(r)
		r.state = resting
	case why != "":
		e.finish(r, Expired, why)
	case r.ward != nil && !r.ward.ready(now), !r.to.ready(now):
		e.unqueue(r)
		e.refused(r, now)
	default:
		return true
	}
	return false
}

// take removes the next batch from the bucket. A message whose lane has an
// attempt under way stays: it would overtake.
func (b *bucket) take(mayLeave func(*record) bool) (batch []*record) {
	records := b.records
	b.records = nil
	var stay []*record
	size := 0
	for i, r := range records {
		if r.state != queued {
			continue
		}
		limit := r.msg.Batch
		preferred := limit.PreferredKB << 10
		if len(batch) > 0 && (len(batch) >= limit.MaxEvents || size+r.size > preferred) {
			stay = joined(stay, records[i:])
			break
		}
		if r.lane.aloft > 0 && r.attempts == 0 {
			stay = append(stay, r)
			continue
		}
		if !mayLeave(r) {
			continue
		}
		batch = append(batch, r)
		size += r.size
	}
	b.records = joined(stay, b.records)
	return batch
}

// joined appends b to a, without copying where one of them is empty.
func joined(a, b []*record) []*record {
	if len(a) == 0 {
		return b
	}
	return append(a, b...)
}

// JoinArrays makes one JSON array of bodies, each of which is an array, whose
// elements it takes over, or one element.
func JoinArrays(parts [][]byte) []byte {
	size := 2
	for _, part := range parts {
		size += len(part) + 1
	}
	joined := append(make([]byte, 0, size), '[')
	for _, part := range parts {
		part = bytes.TrimSpace(part)
		if n := len(part); n >= 2 && part[0] == '[' && part[n-1] == ']' {
			part = bytes.TrimSpace(part[1 : n-1])
		}
		if len(part) == 0 {
			continue
		}
		if len(joined) > 1 {
			joined = append(joined, ',')
		}
		joined = append(joined, part...)
	}
	return append(joined, ']')
}
