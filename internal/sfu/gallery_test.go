package sfu

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// TestGalleriesAreShownSoon asks when each of nine cameras that one sees at once has
// shown its first picture, and when all are as large as their views, over paths of which
// nothing is known before.
func TestGalleriesAreShownSoon(t *testing.T) {
	const shown = 9
	for _, test := range []struct {
		name  string
		rates []int // of each camera's encodings
		path  int   // bits a second; 0: any
		delay time.Duration
		first time.Duration // each has a picture
		large time.Duration // each is 320 wide; 0: the path does not carry that
	}{
		{"three encodings", []int{100_000, 400_000, 1_600_000}, 0, 20 * time.Millisecond, 1500 * time.Millisecond, 2 * time.Second},
		{"three encodings, far away", []int{100_000, 400_000, 1_600_000}, 0, 100 * time.Millisecond, 2 * time.Second, 2500 * time.Millisecond},
		{"one encoding", []int{500_000}, 0, 20 * time.Millisecond, 2 * time.Second, 0},
		{"two encodings, the small one large", []int{500_000, 800_000}, 0, 20 * time.Millisecond, 2 * time.Second, 3 * time.Second},
		{"5 Mbit/s", []int{100_000, 400_000, 1_600_000}, 5_000_000, 20 * time.Millisecond, time.Second, 3 * time.Second},
		{"2 Mbit/s", []int{100_000, 400_000, 1_600_000}, 2_000_000, 20 * time.Millisecond, time.Second, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				room := NewRoom()
				var views []View
				for id := range shown {
					cam := newCameraOf(room, fmt.Sprint("camera ", id), id+1, &news{}, test.rates...)
					defer cam.close()
					views = append(views, View{Stream: id + 1, Width: 320, Height: 180})
				}
				p := newPath(room, "bob", shown)
				defer p.close()
				p.set(func(p *path) { p.rate, p.delay = test.path, test.delay })
				time.Sleep(3 * time.Second) // the rates are known
				began := time.Now()
				p.client.Want(views)
				first, large := p.gallery(began)
				t.Logf("first pictures after %v, large ones after %v", first, large)
				before := p.client.counted().Changes
				time.Sleep(20 * time.Second)
				if after := p.client.counted().Changes; after-before > shown {
					t.Errorf("on a path that stays as it is, there are %d changes in 20 s", after-before)
				}
				if first > test.first || test.large > 0 && large > test.large+leastRest { // some fall before rates are known, and rest
					t.Errorf("all nine have a picture after %v, and a large one after %v", first, large)
				}
			})
		})
	}
}

// gallery waits, and says when every line had its first picture, and one of 320.
func (p *path) gallery(began time.Time) (first, large time.Duration) {
	for range 2000 {
		time.Sleep(10 * time.Millisecond)
		all, wide := true, true
		p.set(func(p *path) {
			for i := range p.decoders {
				all = all && p.decoders[i].pictures > 0
				wide = wide && p.decoders[i].width >= 320
			}
		})
		if all && first == 0 {
			first = time.Since(began)
		}
		if wide {
			return first, time.Since(began)
		}
	}
	return first, time.Since(began)
}
