package journal

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestWhatNobodyWaitsForIsSyncedTogether, ten milliseconds after the first of it was
// written; it is delivered before.
func TestWhatNobodyWaitsForIsSyncedTogether(t *testing.T) {
	onSlowDisk(t, func(t *testing.T, j *Journal, d *slowDisk, post func(int), accepted func() []time.Duration) {
		post(1)
		time.Sleep(4 * ms)
		post(2)
		time.Sleep(36 * ms)
		post(1)
		time.Sleep(time.Second)
		if got, want := accepted(), []time.Duration{0, 4 * ms, 4 * ms, 40 * ms}; !slices.Equal(got, want) {
			t.Errorf("accepted at %v, want %v", got, want)
		}
		if got, want := d.syncs(), []time.Duration{10 * ms, 50 * ms}; !slices.Equal(got, want) {
			t.Errorf("synced at %v, want %v", got, want)
		}
	})
}

// TestSyncsComeTenMillisecondsAfterWhatTheyBring, also while they take longer than that.
func TestSyncsComeTenMillisecondsAfterWhatTheyBring(t *testing.T) {
	onSlowDisk(t, func(t *testing.T, j *Journal, d *slowDisk, post func(int), _ func() []time.Duration) {
		d.set(4*ms, nil)
		post(1)
		time.Sleep(11 * ms)
		post(1) // while the first is synced
		time.Sleep(19 * ms)
		d.set(50*ms, nil)
		post(1) // at 30 ms
		time.Sleep(11 * ms)
		post(1) // its time is over before the sync ends
		time.Sleep(time.Second)
		if got, want := d.syncs(), []time.Duration{10 * ms, 21 * ms, 40 * ms, 90 * ms}; !slices.Equal(got, want) {
			t.Errorf("synced at %v, want %v", got, want)
		}
	})
}

// TestFlushSyncsAtOnce, for all who wait; those who come meanwhile share the next sync.
func TestFlushSyncsAtOnce(t *testing.T) {
	onSlowDisk(t, func(t *testing.T, j *Journal, d *slowDisk, post func(int), _ func() []time.Duration) {
		d.set(3*ms, nil)
		var waits sync.WaitGroup
		ended := make([]time.Duration, 9)
		for i := range ended {
			waits.Go(func() {
				time.Sleep(time.Duration(i/3) * ms)
				post(1)
				if err := j.Flush(t.Context()); err != nil {
					t.Error(err)
				}
				ended[i] = time.Since(d.start)
			})
		}
		waits.Wait()
		if err := j.Flush(t.Context()); err != nil || time.Since(d.start) != 6*ms {
			t.Errorf("what is on the disk took until %v, %v", time.Since(d.start), err)
		}
		time.Sleep(time.Second)
		slices.Sort(ended)
		if got := d.syncs(); !slices.Equal(got, []time.Duration{0, 3 * ms}) || ended[0] != 3*ms || ended[8] != 6*ms {
			t.Errorf("synced at %v, the waits ended at %v", got, ended)
		}
	})
}

// TestSlowSyncDelaysNoDelivery, but those who wait for the disk.
func TestSlowSyncDelaysNoDelivery(t *testing.T) {
	onSlowDisk(t, func(t *testing.T, j *Journal, d *slowDisk, post func(int), accepted func() []time.Duration) {
		d.set(time.Minute, nil)
		post(1)
		time.Sleep(20 * ms)
		post(1)
		synctest.Wait()
		if got := accepted(); len(got) != 2 || got[1] != 20*ms {
			t.Errorf("accepted at %v", got)
		}
		enough := errors.New("the client is gone")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, enough)
		defer cancel()
		if err := j.Flush(ctx); !errors.Is(err, enough) {
			t.Errorf("a wait that was given up ended with %v", err)
		}
		if err := j.Flush(t.Context()); err != nil || time.Since(d.start) != 2*time.Minute+10*ms {
			t.Errorf("what was written during a sync was on the disk after %v, %v", time.Since(d.start), err)
		}
	})
}

// TestFailedSyncIsRepeatedAndTold to those who wait and to those who come; nothing is
// accepted meanwhile.
func TestFailedSyncIsRepeatedAndTold(t *testing.T) {
	onSlowDisk(t, func(t *testing.T, j *Journal, d *slowDisk, post func(int), accepted func() []time.Duration) {
		refused := errors.New("input/output error")
		post(1)
		synctest.Wait()
		d.set(2*ms, refused)
		first := make(chan error)
		go func() { first <- j.Flush(t.Context()) }()
		if err := j.Flush(t.Context()); !errors.Is(err, refused) {
			t.Errorf("told %v", err)
		}
		if err := <-first; !errors.Is(err, refused) {
			t.Errorf("told %v", err)
		}
		if err := j.Failure(); !errors.Is(err, refused) {
			t.Errorf("the failure is %v", err)
		}
		if err := j.Flush(t.Context()); !errors.Is(err, refused) || time.Since(d.start) != 2*ms {
			t.Errorf("told %v after %v", err, time.Since(d.start))
		}
		post(1)
		synctest.Wait()
		if got := accepted(); len(got) != 1 {
			t.Errorf("accepted at %v", got)
		}
		time.Sleep(50 * ms)
		d.set(2*ms, nil)
		time.Sleep(time.Second)
		if err := errors.Join(j.Failure(), j.Flush(t.Context())); err != nil || len(accepted()) != 2 {
			t.Errorf("%v; accepted at %v", err, accepted())
		}
	})
}

// TestFailedSyncIsRepeatedForNobody: that nobody waits and nothing comes is no reason not to.
func TestFailedSyncIsRepeatedForNobody(t *testing.T) {
	onSlowDisk(t, func(t *testing.T, j *Journal, d *slowDisk, post func(int), _ func() []time.Duration) {
		post(1)
		synctest.Wait()
		d.set(0, errors.New("input/output error"))
		time.Sleep(200 * ms) // at 10 ms, and 100 ms later
		d.set(0, nil)
		time.Sleep(time.Minute)
		if got := d.syncs(); len(got) != 3 || j.Failure() != nil {
			t.Errorf("synced at %v; %v", got, j.Failure())
		}
	})
}

// TestWriteEndsWithASync, or with the life of its process.
func TestWriteEndsWithASync(t *testing.T) {
	for _, refuse := range []error{nil, errors.New("input/output error")} {
		synctest.Test(t, func(t *testing.T) {
			d := &slowDisk{MemoryStore: InMemory(), start: time.Now()}
			j := New(d, Owner{Do: func(do func()) { do() }, At: func(time.Time, func()) {}}, quiet())
			life, end := context.WithCancel(t.Context())
			written := make(chan struct{})
			go func() { defer close(written); j.Write(life) }()
			j.Put(HoldEntry(Hold{Key: "key"}))
			synctest.Wait()
			d.set(ms, refuse)
			j.Seal()
			time.Sleep(2 * ms)
			if refuse != nil {
				select {
				case <-written:
					t.Error("it ended without what is not on the disk")
				default:
				}
				end()
			}
			<-written
			if got := d.syncs(); len(got) != 1 {
				t.Errorf("synced at %v", got)
			}
			end()
			time.Sleep(time.Minute)
			if got := d.syncs(); len(got) != 1 {
				t.Errorf("synced at %v, after the end", got)
			}
		})
	}
}

// TestLogSaysWhenTheJournalCanBeWrittenAgain: who reads an alarm in the log reads there that it
// is over, once.
func TestLogSaysWhenTheJournalCanBeWrittenAgain(t *testing.T) {
	for name, more := range map[string]int{"a write fails": 1, "a sync fails, and nothing comes": 0} {
		t.Run(name, func(t *testing.T) {
			onSlowDisk(t, func(t *testing.T, j *Journal, d *slowDisk, post func(int), _ func() []time.Duration) {
				var written strings.Builder
				j.log = slog.New(slog.NewTextHandler(&written, nil))
				post(1)
				synctest.Wait()
				for range 2 {
					d.set(0, errors.New("no space left on device"))
					post(more)
					time.Sleep(time.Second)
					d.set(0, nil)
					post(more)
					time.Sleep(time.Minute)
				}
				synctest.Wait()
				want := 1 + more // after the first failure of a sync all is synced
				if n := strings.Count(written.String(), "can be written again"); n != want {
					t.Errorf("%d lines say that it is over, want %d:\n%s", n, want, &written)
				}
			})
		})
	}
}

// TestLogSaysNothingOfRecoveryWhileTheDiskIsFull, though what was written before it was full can
// still be synced.
func TestLogSaysNothingOfRecoveryWhileTheDiskIsFull(t *testing.T) {
	onSlowDisk(t, func(t *testing.T, j *Journal, d *slowDisk, post func(int), _ func() []time.Duration) {
		var written strings.Builder
		j.log = slog.New(slog.NewTextHandler(&written, nil))
		post(1)
		synctest.Wait()
		d.fill(true)
		post(1)
		time.Sleep(time.Minute)
		synctest.Wait()
		if j.queue.synced == 0 || strings.Contains(written.String(), "can be written again") {
			t.Errorf("%d records are synced, and the log of a disk that is full has\n%s", j.queue.synced, &written)
		}
		d.fill(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := strings.Count(written.String(), "can be written again"); n != 1 {
			t.Errorf("%d lines say that it is over", n)
		}
	})
}
