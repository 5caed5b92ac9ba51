package inbox

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

func TestValuesAreTakenInTheOrderInWhichTheyWerePut(t *testing.T) {
	b := New[int]()
	for i := range 5 {
		b.Put(i)
	}
	if got := slices.Collect(b.Take); !slices.Equal(got, []int{0, 1, 2, 3, 4}) {
		t.Errorf("took %v", got)
	}
	if got := slices.Collect(b.Take); len(got) != 0 {
		t.Errorf("and once more %v", got)
	}
}

func TestABreakLeavesTheRest(t *testing.T) {
	b := New[int]()
	for i := range 5 {
		b.Put(i)
	}
	var got []int
	for v := range b.Take {
		if got = append(got, v); v == 2 {
			b.Put(5)
			break
		}
	}
	got = slices.AppendSeq(got, b.Take)
	got = slices.AppendSeq(got, b.Take)
	if !slices.Equal(got, []int{0, 1, 2, 3, 4, 5}) {
		t.Errorf("took %v", got)
	}
}

func TestTheReaderIsWokenOnceForMany(t *testing.T) {
	b := New[int]()
	select {
	case <-b.Wake():
		t.Error("woken for nothing")
	default:
	}
	b.Put(1)
	b.Put(2)
	<-b.Wake()
	select {
	case <-b.Wake():
		t.Error("woken twice")
	default:
	}
}

func TestASealedInboxTakesNoMore(t *testing.T) {
	b := New[int]()
	b.Put(1)
	b.Put(2)
	for v := range b.Take {
		if v == 1 {
			break // what is left must come after it, and before what came later
		}
	}
	b.Put(3)
	b.Seal()
	if got := slices.Collect(b.Take); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("left are %v", got)
	}
	if b.Put(4) || b.Offer(4, 10) {
		t.Error("something was put after the end")
	}
	if got := slices.Collect(b.Take); len(got) != 0 {
		t.Errorf("took %v", got)
	}
	if b.Put(5) {
		t.Error("taking broke the seal")
	}
	b.Seal()
	if got := slices.Collect(b.Take); len(got) != 0 {
		t.Errorf("sealed twice: %v", got)
	}
}

func TestOffersAreBoundedByWhatWaits(t *testing.T) {
	b := New[int]()
	for i := range 5 {
		if got := b.Offer(i, 3); got != (i < 3) {
			t.Errorf("offer %d: %v", i, got)
		}
	}
	if !b.Put(5) {
		t.Error("put is bounded too")
	}
	if got := slices.Collect(b.Take); !slices.Equal(got, []int{0, 1, 2, 5}) {
		t.Errorf("took %v", got)
	}
	if !b.Offer(6, 3) {
		t.Error("there is no room though all was taken")
	}
}

func TestWhatIsLeftWakesNobody(t *testing.T) {
	b := New[int]()
	b.Leave(1)
	select {
	case <-b.Wake():
		t.Error("the reader was woken")
	default:
	}
	if !b.IsWaiting() {
		t.Error("nothing waits")
	}
	b.Signal()
	<-b.Wake()
	if got := slices.Collect(b.Take); !slices.Equal(got, []int{1}) || b.IsWaiting() {
		t.Errorf("took %v", got)
	}
	b.Seal()
	if b.Leave(2) || b.IsWaiting() {
		t.Error("something was left after the end")
	}
}

func TestNothingIsLostBetweenManyGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const writers, each = 8, 1000
		b := New[[2]int]()
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for i := range each {
					if !b.Put([2]int{w, i}) {
						t.Error("refused")
					}
				}
			})
		}
		var next [writers]int
		for got := 0; got < writers*each; {
			<-b.Wake() // a signal that is missing shows as a deadlock
			for v := range b.Take {
				if next[v[0]] != v[1] {
					t.Fatalf("writer %d: got %d, want %d", v[0], v[1], next[v[0]])
				}
				next[v[0]]++
				got++
			}
		}
		all.Wait()
	})
}

// TestASealKnowsWhoWasInTime asks that each value is either returned by Seal or
// Take, or refused.
func TestASealKnowsWhoWasInTime(t *testing.T) {
	for range 200 {
		b := New[int]()
		var all sync.WaitGroup
		put := make([]bool, 16)
		for i := range put {
			all.Go(func() { put[i] = b.Put(i) })
		}
		taken := slices.Collect(b.Take)
		b.Seal()
		taken = slices.AppendSeq(taken, b.Take)
		all.Wait()
		for i, kept := range put {
			if kept != slices.Contains(taken, i) {
				t.Fatalf("value %d: put says %v, taken are %v", i, kept, taken)
			}
		}
	}
}

func TestSignalsThatNobodyHasSeenAreOne(t *testing.T) {
	s := NewSignal()
	s.Set()
	s.Set()
	if <-s; len(s) != 0 {
		t.Error("it is still set")
	}
}

func ExampleInbox() {
	work := New[func()]()
	go work.Put(func() { fmt.Println("hello") })

	<-work.Wake()
	for do := range work.Take {
		do()
	}
	// Output: hello
}

// BenchmarkTakeEmpty is what a shard pays at each wake.
func BenchmarkTakeEmpty(b *testing.B) {
	box := New[func()]()
	b.ReportAllocs()
	for b.Loop() {
		for do := range box.Take {
			do()
		}
	}
}

// BenchmarkPutTake has one allocation a value, none for taking.
func BenchmarkPutTake(b *testing.B) {
	box := New[func()]()
	nothing := func() {}
	b.ReportAllocs()
	for b.Loop() {
		box.Put(nothing)
		for do := range box.Take {
			do()
		}
	}
}
