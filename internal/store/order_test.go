package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestOrderIsThatOfASortedSet(t *testing.T) {
	var o order
	want := map[string]bool{}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		s := fmt.Sprint(random.IntN(4000))
		if random.IntN(3) == 0 {
			o.remove(s)
			delete(want, s)
		} else {
			o.insert(s)
			want[s] = true
		}
	}
	var sorted []string
	for s := range want {
		sorted = append(sorted, s)
	}
	slices.Sort(sorted)
	if got, more := o.after("", 100000); more || !slices.Equal(got, sorted) {
		t.Fatalf("%d strings instead of %d, more %v", len(got), len(sorted), more)
	}
	for _, c := range o.chunks {
		if len(c) == 0 || len(c) > maxChunk {
			t.Errorf("a chunk of %d", len(c))
		}
	}
	last, paged := "", []string(nil)
	for more := true; more; {
		var page []string
		page, more = o.after(last, 7)
		paged = append(paged, page...)
		last = paged[len(paged)-1]
	}
	if !slices.Equal(paged, sorted) {
		t.Error("pages differ from the whole")
	}
}

func BenchmarkOrderInsert(b *testing.B) {
	b.ReportAllocs()
	var o order
	random := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		o.insert(fmt.Sprint(random.Uint64()))
	}
}

func BenchmarkCollection(b *testing.B) {
	for _, backend := range []struct {
		name string
		Backend
	}{{"memory", InMemory()}, {"backbone", onDisk(b, b.TempDir())}} {
		c := collection(b, backend.Backend)
		b.Run(backend.name+"/put", func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				must(b, c.Put(b.Context(), fmt.Sprint(i%1000), user{Name: "x"}))
			}
		})
		b.Run(backend.name+"/get", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Get(b.Context(), "0"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
