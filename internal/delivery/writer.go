package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	appendTimeout  = 10 * time.Second
	firstRewait    = 100 * time.Millisecond
	longestRewait  = 5 * time.Second
	appendOverhead = 64 // bytes of a line beside its content, about
)

// write is the journal's only writer: what has gathered while one page was
// being written becomes the next page. It ends when the queue is closed and
// empty, or life ends.
func (e *Engine) write(life context.Context) {
	for {
		batch := e.queue.take()
		if batch == nil {
			return
		}
		if !e.writePage(life, batch) {
			return
		}
		e.queue.wrote(len(batch))
	}
}

// writePage writes a batch as often as it takes, and hands it to the
// scheduler. It reports false when life ended first.
func (e *Engine) writePage(life context.Context, batch []entry) bool {
	now := time.Now()
	e.pages++ // also the id of the page, so that a repeated Append keeps one
	for wait := firstRewait; ; wait = min(2*wait, longestRewait) {
		written, err := e.tryPage(life, batch)
		if err == nil {
			e.metrics.journalWrites.Observe(time.Since(now).Seconds())
			e.tell(func() { e.journalled(written, batch) })
			return true
		}
		e.metrics.journalFailures.Inc()
		e.queue.failed(fmt.Errorf("write the journal of deliveries: %w", err))
		// Nothing is delivered that a kill could forget; so this must be heard.
		e.log.Error("journal of deliveries cannot be written, events wait", "error", err, "records", len(batch), "next_try_in", wait)
		select {
		case <-time.After(wait):
		case <-life.Done():
			return false
		}
	}
}

// tryPage appends the batch's records as one page, nil if there is none.
func (e *Engine) tryPage(life context.Context, batch []entry) (*page, error) {
	ctx, cancel := context.WithTimeoutCause(life, appendTimeout, errors.New("the journal does not answer"))
	defer cancel()
	size := 1
	for _, it := range batch {
		size += len(it.content) + appendOverhead
	}
	p := &page{written: time.Now()}
	data := append(make([]byte, 0, size), pageVersion)
	for i := range batch {
		it := &batch[i]
		if it.rec == nil {
			continue
		}
		l, err := e.lineOf(ctx, it)
		if errors.Is(err, errNotKept) {
			it.skipped = true
			continue
		}
		if err != nil {
			return nil, err
		}
		data = appendLine(data, l)
		p.records = append(p.records, it.rec)
	}
	if len(p.records) == 0 {
		return nil, nil
	}
	number, err := e.journal.Append(ctx, e.pages, data)
	p.number = number
	return p, err
}

// lineOf gives a new record its place in the order, or reads the body that an
// old one left in the journal.
func (e *Engine) lineOf(ctx context.Context, it *entry) (line, error) {
	if it.again == nil {
		if it.rec.seq == 0 {
			e.lastSeq++
			it.rec.seq = e.lastSeq
		}
		return it.rec.line(it.content), nil
	}
	l := *it.again
	l.content = it.content
	if it.from == 0 {
		return l, nil
	}
	content, err := e.contentOf(ctx, it.from, l.seq)
	l.content = content
	return l, err
}

// contentOf reads the content of a record from a page of the journal.
func (e *Engine) contentOf(ctx context.Context, number, seq uint64) (content []byte, err error) {
	contents, err := e.contentsOf(ctx, number)
	if err != nil {
		return nil, err
	}
	content, found := contents[seq]
	if !found {
		return nil, errNotKept
	}
	return content, nil
}

// contentsOf reads the contents of a page of the journal, by their sequence.
func (e *Engine) contentsOf(ctx context.Context, number uint64) (map[uint64][]byte, error) {
	data, err := e.journal.Read(ctx, number)
	if err != nil {
		return nil, err
	}
	contents := map[uint64][]byte{}
	err = readPage(data, func(l line) error {
		contents[l.seq] = l.content
		return nil
	})
	return contents, err
}
