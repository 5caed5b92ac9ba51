package history

import "testing"

// length is how many records there are.
func (r *ring[T]) length() int { return int(r.next - r.oldest()) }

func TestRingHasTheNewest(t *testing.T) {
	for _, size := range []int{1, ringBlock - 1, ringBlock, ringBlock + 1, 3 * ringBlock} {
		r := ring[int]{size: size}
		for n := range 3*size + 1 {
			r.push(n)
			if want := min(n+1, size); r.length() != want || *r.at(r.oldest()) != n+1-want || *r.at(r.next - 1) != n {
				t.Fatalf("size %d: after %d there are %d, from %d to %d", size, n, r.length(), *r.at(r.oldest()), *r.at(r.next - 1))
			}
		}
		room := 0
		for _, block := range r.blocks {
			room += len(block)
		}
		if room != size {
			t.Errorf("size %d: room for %d", size, room)
		}
	}
}
