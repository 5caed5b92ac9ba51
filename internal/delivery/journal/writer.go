package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
)

// appendOverhead is what a record takes beside its content, in bytes, about.
const appendOverhead = 64

// retry is how long it takes until a write, or a sync, that failed is repeated.
var retry = backoff.Exponential{First: 100 * time.Millisecond, Longest: 5 * time.Second}

// Write is the journal's only writer, to be run in a goroutine: what has gathered while one page was
// being written becomes the next page. It returns when
// the journal is sealed and all is on disk, or life ends.
func (j *Journal) Write(life context.Context) {
	defer j.queue.end()
	for batch := j.queue.take(); batch != nil; batch = j.queue.take() {
		if !j.writePage(life, batch) {
			return
		}
		j.queue.wrote(len(batch))
		j.logRecovery()
	}
	for failures := 1; j.Flush(life) != nil; failures++ {
		if !backoff.Wait(life, retry.Delay(failures)) {
			return
		}
	}
}

// writePage writes a batch as often as it takes, and hands it to the
// scheduler. It reports false when life ended first.
func (j *Journal) writePage(life context.Context, batch []Entry) bool {
	now := time.Now()
	j.pages++ // also the id of the page, so that a repeated Append keeps one
	for failures := 1; ; failures++ {
		written, err := j.tryPage(life, batch)
		if err == nil {
			j.metrics.writes.Observe(time.Since(now).Seconds())
			recycle(batch)
			j.owner.Do(func() { j.committed(written, batch) })
			return true
		}
		j.queue.notWritten(fmt.Errorf("write the journal of deliveries: %w", err))
		wait := retry.Delay(failures)
		j.logFailure("the journal of deliveries cannot be written; events wait until it can", "error", err, "records", len(batch), "next_try_in", wait)
		if !backoff.Wait(life, wait) {
			return false
		}
	}
}

// tryPage appends the batch's records as one page, nil if there is none.
func (j *Journal) tryPage(ctx context.Context, batch []Entry) (*page, error) {
	size := 1
	for _, it := range batch {
		size += it.size + appendOverhead
	}
	p := &page{written: time.Now(), records: make([]*Record, 0, len(batch))}
	data := append(slices.Grow(j.text[:0], size), pageVersion)
	var moved movedContents
	for i := range batch {
		it := &batch[i]
		if it.record == nil {
			continue
		}
		it.skipped, it.unread = false, false
		l, err := j.lineOf(ctx, it, &moved)
		switch {
		case errors.Is(err, ErrNotKept):
			it.skipped = true
			continue
		case errors.Is(err, ErrDamaged): // what is new must not wait for it
			it.skipped, it.unread = true, true
			continue
		case err != nil:
			return nil, err
		}
		data = appendLine(data, l)
		p.records = append(p.records, it.record)
	}
	if j.text = data; cap(data) > maxPageBytes/4 {
		j.text = nil // let the memory of a burst go
	}
	if len(p.records) == 0 {
		return nil, nil
	}
	number, err := j.store.Append(ctx, j.pages, data)
	p.number = number
	return p, err
}

// movedContents are those of the page that was read last: records that are written again
// together mostly share one.
type movedContents struct {
	page uint64 // 0: none was read
	of   map[uint64]Content
	err  error // why there are none
}

// lineOf gives a new record its place in the order, or reads the content that an
// old one left in the journal.
func (j *Journal) lineOf(ctx context.Context, it *Entry, moved *movedContents) (line, error) {
	if it.again == nil {
		if it.record.Seq == 0 {
			j.lastSeq++
			it.record.Seq = j.lastSeq
		}
		return it.record.line(it.content), nil
	}
	l := *it.again
	l.content = it.content
	if it.from == 0 {
		return l, nil
	}
	if moved.page != it.from {
		moved.of, moved.err = j.Contents(ctx, it.from)
		if moved.page = it.from; errors.Is(moved.err, ErrDamaged) {
			j.log.Error("a page of the journal cannot be read; the events in it stay where they are", "page", it.from, "error", moved.err)
		}
	}
	if moved.err != nil {
		return l, moved.err
	}
	kept, found := moved.of[l.seq]
	if !found {
		return l, ErrNotKept
	}
	l.content, l.format = kept.Encoded, kept.Format
	return l, nil
}
