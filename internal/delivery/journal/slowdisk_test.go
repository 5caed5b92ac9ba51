package journal

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// slowDisk is a store whose syncs take their time, or fail. After one that failed it takes
// no page before another has not.
type slowDisk struct {
	*MemoryStore
	mu     sync.Mutex
	takes  time.Duration
	refuse error
	full   bool            // it takes no page, but syncs those that it has
	began  []time.Duration // since the start
	start  time.Time
}

func (d *slowDisk) Sync() error {
	d.mu.Lock()
	d.began = append(d.began, time.Since(d.start))
	takes, err := d.takes, d.refuse
	d.mu.Unlock()
	time.Sleep(takes)
	return err
}

func (d *slowDisk) Append(ctx context.Context, id uint64, data []byte) (uint64, error) {
	d.mu.Lock()
	err, full := d.refuse, d.full
	d.mu.Unlock()
	if full {
		err = syscall.ENOSPC
	}
	if err != nil {
		return 0, err
	}
	return d.MemoryStore.Append(ctx, id, data)
}

func (d *slowDisk) set(takes time.Duration, refuse error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.takes, d.refuse = takes, refuse
}

func (d *slowDisk) fill(full bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full = full
}

func (d *slowDisk) syncs() []time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.began)
}

// onSlowDisk runs a test with a journal in simulated time. Accepted gets when each
// message was accepted, since the start. At the end the journal is sealed.
func onSlowDisk(t *testing.T, test func(t *testing.T, j *Journal, d *slowDisk, post func(n int), accepted func() []time.Duration)) {
	synctest.Test(t, func(t *testing.T) {
		d := &slowDisk{MemoryStore: InMemory(), start: time.Now()}
		var mu sync.Mutex
		var at []time.Duration
		j := New(d, Owner{Do: func(do func()) { do() }, At: func(time.Time, func()) {}, Accepted: func(*Record) {
			mu.Lock()
			defer mu.Unlock()
			at = append(at, time.Since(d.start))
		}}, quiet())
		written := make(chan struct{})
		go func() { defer close(written); j.Write(t.Context()) }()
		post := func(n int) {
			for range n {
				r := &Record{}
				r.NewMessage(note(0), time.Now(), nil)
				j.Put(EntryOf(r))
			}
		}
		test(t, j, d, post, func() []time.Duration { mu.Lock(); defer mu.Unlock(); return slices.Clone(at) })
		j.Seal()
		<-written
	})
}

// note is a message that says its number.
type note int

func (n note) Encode() []byte { return fmt.Append(NewContent(8), int(n)) }
func (n note) Forget()        {}
func (n *number) Decode(content []byte, _ int) ([]string, error) {
	_, err := fmt.Sscan(string(content), (*int)(n))
	return nil, err
}
func (note) Decode([]byte, int) ([]string, error) { return nil, nil }

// number is a note that recovery reads.
type number int

func (n *number) Encode() []byte { return note(*n).Encode() }
func (n *number) Forget()        {}

const ms = time.Millisecond
