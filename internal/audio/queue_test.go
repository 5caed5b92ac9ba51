package audio

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// marked is a frame whose samples are all n.
func marked(n, samples int) Frame {
	f := make(Frame, samples)
	for i := range f {
		f[i] = int16(n)
	}
	return f
}

func wantNext(t *testing.T, q *Queue, at Tick, samples int, value int16) {
	t.Helper()
	got, ok := q.Next()
	if !ok || got.At != at || len(got.Frame) != samples || (samples == 0) != (got.Frame == nil) {
		t.Fatalf("got %v, tick %d, %d samples; want tick %d, %d samples", ok, got.At, len(got.Frame), at, samples)
	}
	for _, sample := range got.Frame {
		if sample != value {
			t.Fatalf("tick %d holds %d, want %d", at, sample, value)
		}
	}
}

func TestQueueKeepsOrderStampsSilenceAndRates(t *testing.T) {
	q := NewQueue(4, 1)
	if _, ok := q.Next(); ok {
		t.Fatal("an empty queue gave a frame")
	}
	for round := range Tick(5) { // more than once round the ring
		q.HearFrame(10*round, marked(1, narrowFrame))
		q.HearFrame(10*round+1, nil)
		q.HearFrame(10*round+5, marked(2, wideFrame)) // after a gap, at another rate
		wantNext(t, q, 10*round, narrowFrame, 1)
		wantNext(t, q, 10*round+1, 0, 0)
		wantNext(t, q, 10*round+5, wideFrame, 2)
		if _, ok := q.Next(); ok || q.Dropped() != 0 {
			t.Fatalf("a frame too many; %d dropped", q.Dropped())
		}
	}
}

func TestFullQueueDropsItsOldestFrames(t *testing.T) {
	for _, frames := range []int{1, 2, 7} {
		q := NewQueue(frames, 1)
		const written = 50
		for n := range written {
			q.HearFrame(Tick(n), marked(n, narrowFrame))
		}
		for n := written - frames; n < written; n++ {
			wantNext(t, q, Tick(n), narrowFrame, int16(n))
		}
		if _, ok := q.Next(); ok {
			t.Errorf("a queue of %d gave more", frames)
		}
		for n := range frames + 1 { // what was skipped is counted once it is overwritten
			q.HearFrame(Tick(n), nil)
			q.Next()
		}
		if got := q.Dropped(); got != uint64(written-frames) {
			t.Errorf("a queue of %d counts %d dropped frames of %d", frames, got, written-frames)
		}
	}
}

func TestFrameStaysWhileTheWriterGoesRound(t *testing.T) {
	q := NewQueue(3, 1)
	q.HearFrame(7, marked(7, wideFrame))
	got, _ := q.Next()
	for n := range 20 {
		q.HearFrame(Tick(n), marked(-1, wideFrame))
	}
	for _, sample := range got.Frame {
		if sample != 7 {
			t.Fatal("the frame was overwritten while the reader had it")
		}
	}
}

func TestReaderIsWokenByABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(10, 3)
		var got []Tick
		done := make(chan error)
		go func() {
			for {
				heard, err := q.Read(t.Context())
				if err != nil {
					done <- err
					return
				}
				got = append(got, heard.At)
			}
		}()
		synctest.Wait()
		for n := range Tick(8) {
			q.HearFrame(n, nil)
			synctest.Wait()
			if want := (int(n) + 1) / 3 * 3; len(got) != want {
				t.Errorf("after %d frames %d were read, want %d", n+1, len(got), want)
			}
		}
		q.Close()
		q.Close()
		if err := <-done; err != io.EOF || len(got) != 8 {
			t.Errorf("%d frames of 8 were read, then %v", len(got), err)
		}
	})
}

func TestReaderLeavesWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue(2, 1)
		enough := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, enough)
		defer cancel()
		if _, err := q.Read(ctx); err != enough {
			t.Errorf("got %v", err)
		}
		q.HearFrame(1, nil)
		if heard, err := q.Read(ctx); err != nil || heard.At != 1 {
			t.Errorf("what is there: %v, %v", heard, err)
		}
	})
}

// TestQueueUnderLoad is for the race detector: every frame arrives whole, in order,
// and is read or counted.
func TestQueueUnderLoad(t *testing.T) {
	const frames = 20_000
	q := NewQueue(5, 2)
	var both sync.WaitGroup
	both.Go(func() {
		for n := range frames {
			q.HearFrame(Tick(n), marked(n%1000, narrowFrame))
		}
		q.Close()
	})
	read, last := uint64(0), Tick(0)
	for {
		heard, err := q.Read(t.Context())
		if err != nil {
			break
		}
		if read++; read > 1 && heard.At <= last {
			t.Fatalf("tick %d came after %d", heard.At, last)
		}
		last = heard.At
		for _, sample := range heard.Frame {
			if sample != int16(heard.At%1000) {
				t.Fatalf("tick %d holds %d", heard.At, sample)
			}
		}
	}
	both.Wait()
	if last != frames-1 || read+q.Dropped() > frames || read+q.Dropped() < frames-6 {
		t.Errorf("%d read, %d dropped, the last of %d is %d", read, q.Dropped(), frames, last)
	}
}

func TestQueueDoesNotAllocate(t *testing.T) {
	q, f := NewQueue(8, 1), marked(1, wideFrame)
	if n := testing.AllocsPerRun(100, func() {
		q.Ready()
		q.HearFrame(1, f)
		q.HearFrame(2, nil)
		q.Next()
		q.Next()
	}); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// BenchmarkQueue is what a frame costs the writer: nobody asleep, silence, and a
// reader that sleeps between frames or batches.
func BenchmarkQueue(b *testing.B) {
	f := marked(1, narrowFrame)
	b.Run("frame", func(b *testing.B) {
		q := NewQueue(50, 1)
		b.ReportAllocs()
		for b.Loop() {
			q.HearFrame(1, f)
		}
	})
	b.Run("silence", func(b *testing.B) {
		q := NewQueue(50, 1)
		b.ReportAllocs()
		for b.Loop() {
			q.HearFrame(1, nil)
		}
	})
	for name, batch := range map[string]int{"woken": 1, "woken-by-ten": 10} {
		b.Run(name, func(b *testing.B) {
			q := NewQueue(50, batch)
			defer q.Close()
			go func() {
				for {
					if _, err := q.Read(context.Background()); err != nil {
						return
					}
				}
			}()
			b.ReportAllocs()
			for b.Loop() {
				q.HearFrame(1, f)
			}
		})
	}
}

// TestReaderBesideAWriterSeesNoFrameTwice: a reader that never sleeps may read a frame
// before the writer has counted it, and must not go back then.
func TestReaderBesideAWriterSeesNoFrameTwice(t *testing.T) {
	const frames = 200_000
	q := NewQueue(2, 1)
	go func() {
		for n := range frames {
			q.HearFrame(Tick(n), nil)
		}
		q.Close()
	}()
	for read, last := 0, Tick(0); !q.Ended(); {
		heard, ok := q.Next()
		if !ok {
			continue
		}
		if read++; read > 1 && heard.At <= last {
			t.Fatalf("tick %d came after %d", heard.At, last)
		}
		last = heard.At
	}
}
