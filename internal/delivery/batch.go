package delivery

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// batchQueue gathers due messages of one batch key. They are sent at the end of
// the scheduler's turn, or when the destination has room again.
type batchQueue struct {
	key     string
	to      *destination
	jobs    []*job    // queued, in the order of their lanes
	members int       // messages that have not ended and may come here
	dirty   bool      // it is sent at the end of this turn
	limiter *limiter  // nil: its destination has granted no rate
	wake    time.Time // when a timer is set to, for the limiter
	listed  bool      // it waits for room at the destination
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

// batchQueueOf returns the queue of a message, nil for one that goes alone.
func (e *Engine) batchQueueOf(j *job) *batchQueue {
	if j.msg.Batch.Key == "" || j.msg.Batch.MaxEvents == 1 || j.msg.Last {
		return nil
	}
	// What differs in them cannot share a request.
	var header uint64
	for name, value := range j.msg.Header {
		header += maphash.String(headerSeed, name+"\x00"+value)
	}
	header += maphash.String(headerSeed, j.msg.Bearer.Tenant+"\x00"+j.msg.Bearer.Audience)
	key := fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00%x", j.msg.Policy, j.msg.Group, j.msg.URL, j.msg.Batch.Key, header)
	b := e.batchQueues[key]
	if b == nil {
		b = &batchQueue{key: key, to: j.to, limiter: j.limiter}
		e.batchQueues[key] = b
	}
	b.members++
	return b
}

// leaveBatchQueue notes that a message of a queue has ended.
func (e *Engine) leaveBatchQueue(j *job) {
	b := j.batch
	if b == nil {
		return
	}
	b.members--
	if b.members == 0 {
		delete(e.batchQueues, b.key)
	}
}

// gather has a message wait for the end of the turn.
func (e *Engine) gather(j *job) {
	j.state = queued
	e.inQueues++
	j.lane.gathered++
	j.lane.into = j.batch
	j.batch.jobs = append(j.batch.jobs, j)
	e.markDirty(j.batch)
}

func (e *Engine) markDirty(b *batchQueue) {
	if !b.dirty {
		b.dirty = true
		e.dirty = append(e.dirty, b)
	}
}

// wakeBatch sets a timer for when the limiter lets the next batch go.
func (e *Engine) wakeBatch(b *batchQueue, at time.Time) {
	if !at.Equal(b.wake) {
		b.wake = at
		e.timers.at(at, func() { e.markDirty(b) })
	}
}

// sendBatches sends what was gathered in this turn of the scheduler.
func (e *Engine) sendBatches() {
	for len(e.dirty) > 0 {
		b := e.dirty[0]
		e.dirty = e.dirty[1:]
		b.dirty = false
		e.sendBatch(b)
	}
	e.dirty = nil
}

// sendBatch sends what is gathered, in as many batches as the destination has
// room for.
func (e *Engine) sendBatch(b *batchQueue) {
	for b.to.active < e.cfg.PerDestination && len(b.jobs) > 0 {
		now := time.Now()
		if !b.limiter.ready(now) {
			e.wakeBatch(b, b.limiter.bucket.Next())
			return
		}
		batch := b.take(func(j *job) bool { return e.maySend(j, now) })
		if len(batch) == 0 {
			break // a lane of theirs has an attempt under way
		}
		for _, j := range batch {
			e.unqueue(j)
		}
		e.startAttempt(b.to, batch)
	}
	if len(b.jobs) > 0 && !b.listed {
		b.listed = true
		b.to.batches = append(b.to.batches, b)
	}
}

// maySend checks once more: a message may have waited long in its queue.
func (e *Engine) maySend(j *job, now time.Time) bool {
	why := j.exhausted(now)
	switch {
	case e.isStopped():
		e.unqueue(j)
		j.state = backingOff
	case e.readdress(j, now): // it goes elsewhere
	case why != "":
		e.finish(j, history.Expired, why)
	case j.breaker != nil && !j.breaker.ready(now), !j.to.ready(now):
		e.unqueue(j)
		e.refused(j, now)
	default:
		return true
	}
	return false
}

// take removes the next batch from the queue. A message whose lane has an
// attempt under way stays: it would overtake.
func (b *batchQueue) take(maySend func(*job) bool) (batch []*job) {
	jobs := b.jobs
	b.jobs = nil
	var stay []*job
	size := 0
	for i, j := range jobs {
		if j.state != queued {
			continue
		}
		limit := j.msg.Batch
		preferred := limit.PreferredKB << 10
		if len(batch) > 0 && (len(batch) >= limit.MaxEvents || size+int(j.size) > preferred) {
			stay = joined(stay, jobs[i:])
			break
		}
		if j.lane.sending > 0 && j.Attempts == 0 {
			stay = append(stay, j)
			continue
		}
		if !maySend(j) {
			continue
		}
		batch = append(batch, j)
		size += int(j.size)
	}
	b.jobs = joined(stay, b.jobs)
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
