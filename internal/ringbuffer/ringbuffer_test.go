package ringbuffer

import "testing"

func ringOf[T any](most int) *Ring[T] {
	r := &Ring[T]{}
	r.Init(most)
	return r
}

// put puts a number.
func put(r *Ring[int], n int) {
	*r.Spare() = n
	r.Put()
}

func TestOldestIsDroppedWhereItIsFull(t *testing.T) {
	for _, most := range []int{1, 2, 7} {
		r := ringOf[int](most)
		if r.Next() != nil || r.Waiting() != 0 {
			t.Fatalf("a new ring of %d has something", most)
		}
		const written = 50
		for n := range written {
			put(r, n)
		}
		for want := written - most; want < written; want++ {
			if got := r.Next(); got == nil || *got != want {
				t.Fatalf("a ring of %d gives %v, want %d", most, got, want)
			}
		}
		if r.Next() != nil || r.Waiting() != 0 {
			t.Errorf("a ring of %d gives more", most)
		}
		for n := range most + 1 { // what was skipped is counted once it is overwritten
			put(r, n)
			r.Next()
		}
		if got := r.Dropped(); got != uint64(written-most) {
			t.Errorf("a ring of %d counts %d dropped of %d", most, got, written-most)
		}
	}
}

func TestNothingIsOverwrittenWhileItIsRead(t *testing.T) {
	r := ringOf[int](3)
	put(r, 7)
	got := r.Next()
	for n := range 20 {
		put(r, 100+n)
		if *got != 7 {
			t.Fatalf("after %d it is %d", n, *got)
		}
	}
}

// TestWriterAndReaderRace: what is read is whole and in order, and what is not read is counted.
func TestWriterAndReaderRace(t *testing.T) {
	const count = 200_000
	r := ringOf[[4]int](2)
	go func() {
		for n := range count {
			*r.Spare() = [4]int{n, n, n, n}
			r.Put()
		}
	}()
	read, last := uint64(0), -1
	for last != count-1 {
		got := r.Next()
		if got == nil {
			continue
		}
		if read++; got[0] <= last || *got != [4]int{got[0], got[0], got[0], got[0]} {
			t.Fatalf("%v came after %d", *got, last)
		}
		last = got[0]
	}
	if sum := read + r.Dropped(); sum > count || sum < count-6 {
		t.Errorf("%d read, %d dropped of %d", read, r.Dropped(), count)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	r := ringOf[[40]byte](4)
	if n := testing.AllocsPerRun(100, func() { r.Spare()[3]++; r.Put(); r.Next() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
