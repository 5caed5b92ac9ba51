package journal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
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
	err := d.refuse
	d.mu.Unlock()
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

// TestAcceptedRecordsSurviveAPowerCut, in their order, with those before them.
func TestAcceptedRecordsSurviveAPowerCut(t *testing.T) {
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, 3))
		s, _ := openDisk(t, t.TempDir())
		disk := onTornDisk(s)
		j := New(s, Owner{Do: func(do func()) { do() }, At: func(time.Time, func()) {}, Accepted: func(*Record) {}}, quiet())
		life, end := context.WithCancel(t.Context())
		written := make(chan struct{})
		go func() { defer close(written); j.Write(life) }()
		for accepted, n := 0, 1; n <= 300; n++ {
			r := &Record{}
			r.NewMessage(note(n), time.Now(), nil)
			j.Put(EntryOf(r))
			if random.IntN(20) == 0 {
				if err := j.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				accepted = n
			}
			if random.IntN(10) > 0 {
				continue
			}
			again := OnDisk(disk.cut(t, random), nil, quiet())
			left := New(again, Owner{NewMessage: func() *Record { return &Record{Message: new(number)} }}, quiet())
			found, err := left.Recover(t.Context())
			if err = errors.Join(err, again.Close(t.Context())); err != nil {
				t.Fatal(err)
			}
			for i, r := range found.Messages {
				if got := *r.Message.(*number); int(got) != i+1 {
					t.Fatalf("seed %d: message %d is the %d. of %d", seed, got, i+1, len(found.Messages))
				}
			}
			if len(found.Messages) < accepted || len(found.Messages) > n {
				t.Fatalf("seed %d: %d of %d messages are left, %d were accepted", seed, len(found.Messages), n, accepted)
			}
		}
		j.Seal()
		<-written
		end()
	}
}
