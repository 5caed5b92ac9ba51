package delivery

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// bucket gathers messages of one batch key that are due. What is in it at the
// end of the scheduler's turn, or when the destination has room again, leaves.
type batchQueue struct {
	key     string
	to      *destination
	records []*job    // queued, in the order of their lanes
	members int       // messages that are not over and may come here
	dirty   bool      // it is to be looked at at the end of this turn
	limiter *limiter  // nil: its destination has granted no rate
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
func (e *Engine) batchQueueOf(r *job) *batchQueue {
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
	b := e.batchQueues[key]
	if b == nil {
		b = &batchQueue{key: key, to: r.to, limiter: r.limiter}
		e.batchQueues[key] = b
	}
	b.members++
	return b
}

// unbucket notes that a message of a bucket is over.
func (e *Engine) leaveBatchQueue(r *job) {
	b := r.batch
	if b == nil {
		return
	}
	b.members--
	if b.members == 0 {
		delete(e.batchQueues, b.key)
	}
}

// gather has a message wait for the end of the turn.
func (e *Engine) gather(r *job) {
	r.state = queued
	e.inQueues++
	r.lane.gathered++
	r.lane.into = r.batch
	r.batch.records = append(r.batch.records, r)
	e.markDirty(r.batch)
}

func (e *Engine) markDirty(b *batchQueue) {
	if !b.dirty {
		b.dirty = true
		e.dirty = append(e.dirty, b)
	}
}

// lookAt has a bucket looked at again when its pace lets something leave.
func (e *Engine) wakeBatch(b *batchQueue, at time.Time) {
	if !at.Equal(b.wake) {
		b.wake = at
		e.timers.at(at, func() { e.markDirty(b) })
	}
}

// launchAll lets go what was gathered in this turn of the scheduler.
func (e *Engine) sendBatches() {
	for len(e.dirty) > 0 {
		b := e.dirty[0]
		e.dirty = e.dirty[1:]
		b.dirty = false
		e.sendBatch(b)
	}
	e.dirty = nil
}

// launch sends what is gathered, in as many batches as the destination has
// room for.
func (e *Engine) sendBatch(b *batchQueue) {
	for b.to.active < e.cfg.PerDestination && len(b.records) > 0 {
		now := time.Now()
		if !b.limiter.ready(now) {
			e.wakeBatch(b, b.limiter.bucket.Next())
			return
		}
		batch := b.take(func(r *job) bool { return e.mayLeave(r, now) })
		if len(batch) == 0 {
			break // a lane of theirs has an attempt under way
		}
		for _, r := range batch {
			e.unqueue(r)
		}
		e.startAttempt(b.to, batch)
	}
	if len(b.records) > 0 && !b.listed {
		b.listed = true
		b.to.batches = append(b.to.batches, b)
	}
}

// mayLeave asks once more, for a message may have waited long in its bucket.
func (e *Engine) mayLeave(r *job, now time.Time) bool {
	why := r.exhausted(now)
	switch {
	case e.isStopped():
		e.unqueue(r)
		r.state = backingOff
	case why != "":
		e.finish(r, history.Expired, why)
	case r.breaker != nil && !r.breaker.ready(now), !r.to.ready(now):
		e.unqueue(r)
		e.refused(r, now)
	default:
		return true
	}
	return false
}

// take removes the next batch from the bucket. A message whose lane has an
// attempt under way stays: it would overtake.
func (b *batchQueue) take(mayLeave func(*job) bool) (batch []*job) {
	records := b.records
	b.records = nil
	var stay []*job
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
		if r.lane.sending > 0 && r.Attempts == 0 {
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
func joined(a, b []*job) []*job {
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
