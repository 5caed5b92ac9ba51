package sfu

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtp"
)

// TestNarrowPathsGetFewerPictures: where all pictures of the smallest encoding do not fit,
// those that no other needs are left out, and a decoder notices neither that nor their end.
func TestNarrowPathsGetFewerPictures(t *testing.T) {
	for _, temporal := range []int{2, 3} {
		t.Run(fmt.Sprint(temporal, " layers"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { fewerPictures(t, temporal) })
		})
	}
}

// fewerPictures watches a camera of so many temporal layers over a path that becomes narrow
// and wide again, twice.
func fewerPictures(t *testing.T, temporal int) {
	room := NewRoom()
	cam := newCameraOf(room, "ann", 1, &news{}, 600_000)
	defer cam.close()
	cam.layers[0].mu.Lock()
	cam.layers[0].Temporal = temporal
	cam.layers[0].mu.Unlock()
	w := newWatcher(room, "bob", 1)
	defer w.client.Close()
	w.client.Want([]View{{Stream: 1, Width: 160, Height: 90}})
	time.Sleep(2 * time.Second)
	keys := len(w.lines[0].widths())
	for _, step := range []struct{ rate, pictures int }{{2_000_000, 20}, {450_000, 20 / temporal}, {2_000_000, 20}, {450_000, 20 / temporal}} {
		w.client.mu.Lock()
		w.client.sending.rate = step.rate
		w.client.mu.Unlock()
		time.Sleep(5 * time.Second) // rests after a fall, and what is cut comes back with a picture that can be shown
		before := len(w.lines[0].all())
		time.Sleep(2 * time.Second)
		pictures, highest := picturesOf(w.lines[0].all()[before:])
		if want := 2 * step.pictures; pictures < want-3 || pictures > want+3 {
			t.Errorf("%d pictures in 2 s at %d bits a second, want %d", pictures, step.rate, want)
		}
		if step.pictures < 20 && highest > 0 {
			t.Errorf("a picture of temporal layer %d came at %d bits a second", highest, step.rate)
		}
	}
	w.lines[0].check(t)
	if more := len(w.lines[0].widths()) - keys; more > 0 {
		t.Errorf("%d key frames came, though the encoding stayed the same", more)
	}
}

// picturesOf counts the pictures that packets end, and finds their highest temporal layer.
func picturesOf(packets []rtp.Packet) (count int, highest uint8) {
	for _, p := range packets {
		if p.Marker {
			picture, _ := parseVP8(p.Payload)
			count, highest = count+1, max(highest, picture.vp8.tid)
		}
	}
	return count, highest
}

// TestTemporalLayersComeBackWhereTheyCanBeShown: not before a picture that needs none of
// those that were left out.
func TestTemporalLayersComeBackWhereTheyCanBeShown(t *testing.T) {
	thin := thin{fewer: true}
	take := func(tid uint8, sync bool, want bool) {
		t.Helper()
		if got := thin.takes(&descriptor{temporal: true, tid: tid, sync: sync}); got != want {
			t.Errorf("of temporal layer %d, sync %v: %v", tid, sync, got)
		}
	}
	take(0, false, true)
	take(1, true, false)
	thin.fewer = false
	take(2, false, false)
	take(1, false, false)
	take(0, false, true)
	take(1, true, true)
	take(2, false, false)
	take(1, false, true)
	take(2, true, true)
	take(2, false, true)
	thin.fewer = true
	take(1, false, false)
	thin.fewer = false
	take(1, false, false)
}

// TestNumbersGoOnWithoutPictures asks, whatever is left out, lost or late, that no number
// comes twice, that each is found again, that pictures keep ids of their own, and that
// where nothing was lost there is no gap.
func TestNumbersGoOnWithoutPictures(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 7))
		loses := seed%2 == 1
		s := &sink{}
		layer := &Layer{}
		at := numbers{seq: int64(random.IntN(1 << 17)), id: uint16(random.IntN(1 << 15)), tl: uint8(random.IntN(256))}
		var packets []packet
		for n := range 400 {
			size := 1 + random.IntN(3)
			for i := range size {
				p := packet{numbers: at, marker: i == size-1, picture: picture{first: i == 0, key: n == 0 && i == 0}}
				p.picture.vp8 = descriptor{idAt: 2, temporal: true, tid: uint8(n % 2), sync: true}
				packets = append(packets, p)
				at.seq++
			}
			at.id, at.timestamp = (at.id+1)&0x7fff, at.timestamp+3000
			at.tl += uint8(1 - (n+1)%2)
		}
		if loses {
			for i := 1; i < len(packets)-1; i++ {
				if random.IntN(15) == 0 {
					packets[i], packets[i+1] = packets[i+1], packets[i]
				}
			}
		}
		s.begin(layer, packets[0].numbers, 0, true)
		given, source, ids := make(map[int64]int64), make(map[uint16]uint16), make(map[uint16]uint16)
		last, sent, left := int64(0), 0, 0
		for i := range packets {
			p := &packets[i]
			if random.IntN(40) == 0 {
				s.thin.fewer = !s.thin.fewer
			}
			if loses && i > 0 && random.IntN(12) == 0 {
				continue
			}
			if s.leavesOut(p) {
				s.skip(p.numbers)
				left++
				continue
			}
			out, ok := s.rewrite(p.numbers)
			if !ok {
				continue // a late piece of what was left out
			}
			if _, twice := given[out.seq]; twice || !loses && sent > 0 && out.seq != last+1 {
				t.Fatalf("seed %d: %d follows %d (twice: %v)", seed, out.seq, last, twice)
			}
			given[out.seq], last, sent = p.seq, out.seq, sent+1
			if before, known := ids[p.id]; known && before != out.id {
				t.Fatalf("seed %d: a picture has the ids %d and %d", seed, before, out.id)
			}
			if other, known := source[out.id]; known && other != p.id {
				t.Fatalf("seed %d: the pictures %d and %d have the id %d", seed, other, p.id, out.id)
			}
			ids[p.id], source[out.id] = out.id, p.id
			if of, from, ok := s.find(out.seq); !ok || from != p.seq || of.offset.id != (out.id-p.id)&0x7fff {
				t.Fatalf("seed %d: %d is found as %d, %v, want %d", seed, out.seq, from, ok, p.seq)
			}
		}
		if sent == 0 || left == 0 {
			t.Fatalf("seed %d: %d sent, %d left out", seed, sent, left)
		}
	}
}
