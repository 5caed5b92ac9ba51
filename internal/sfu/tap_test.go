package sfu

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// tappedPackets is what a tap took.
type tappedPackets struct {
	mu     sync.Mutex
	list   []Tapped
	refuse bool
}

func (t *tappedPackets) take(p Tapped) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.refuse {
		return false
	}
	p.Payload = slices.Clone(p.Payload)
	t.list = append(t.list, p)
	return true
}

func (t *tappedPackets) all(refuse bool) []Tapped {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.list
	t.list, t.refuse = nil, refuse
	return list
}

// isRun asks that packets are one run that begins with a key frame of some width.
func isRun(t *testing.T, what string, list []Tapped, width int) (run int64) {
	t.Helper()
	if len(list) == 0 {
		t.Fatalf("%s: nothing was taken", what)
	}
	if p, ok := parseVP8(list[0].Payload); !ok || !p.key || p.width != width {
		t.Errorf("%s: it begins with %+v", what, p)
	}
	for i, p := range list {
		if p.Run != list[0].Run || p.Seq != list[0].Seq+int64(i) || p.Stream != 1 || p.Codec != VP8 || p.At.IsZero() || p.Waits != 30*time.Millisecond {
			p.Payload = nil
			t.Fatalf("%s: packet %d of %d is %+v", what, i, len(list), p)
		}
	}
	return list[0].Run
}

// TestTapTakesWhatItWants asks that a tap has the packets of the encoding that fits, in
// runs that begin with key frames, without pacing.
func TestTapTakesWhatItWants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		var told news
		cam := newCamera(room, "ann", 1, &told)
		defer cam.close()
		cam.client.SetSoundWaits(30 * time.Millisecond)
		var got tappedPackets
		tap := NewTap(2, got.take)
		tap.Enter(room)
		defer tap.Close()
		time.Sleep(time.Second)
		if list := got.all(false); len(list) > 0 {
			t.Fatalf("%d packets came that nobody asked for", len(list))
		}
		tap.Want([]View{{Stream: 1, Width: 640, Height: 360}})
		time.Sleep(3 * time.Second)
		list := got.all(false)
		first := isRun(t, "what fits", list, 640)
		if seconds := list[len(list)-1].At.Sub(list[0].At); seconds < 2*time.Second {
			t.Errorf("it lasts %v", seconds)
		}

		tap.SetHeld(true)
		got.all(false)
		time.Sleep(time.Second)
		if list := got.all(false); len(list) > 0 {
			t.Errorf("%d packets came during a pause", len(list))
		}
		tap.SetHeld(false)
		time.Sleep(2 * time.Second)
		second := isRun(t, "after a pause", got.all(true), 640)
		time.Sleep(100 * time.Millisecond)
		got.all(false)
		time.Sleep(2 * time.Second)
		third := isRun(t, "after it could not be taken", got.all(false), 640)
		if first >= second || second >= third {
			t.Errorf("runs are %d, %d, %d", first, second, third)
		}
	})
}
