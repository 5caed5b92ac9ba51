package sfu

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestPicturesAreForwarded asks that a view gets the encoding that fits it, others when
// its size changes, and that a decoder notices none of that.
func TestPicturesAreForwarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		var told news
		cam := newCamera(room, "ann", 1, &told)
		defer cam.close()
		w := newWatcher(room, "bob", 2)
		defer w.client.Close()
		time.Sleep(time.Second)
		if got := w.lines[0].all(); len(got) > 0 {
			t.Fatalf("%d packets came that nobody asked for", len(got))
		}
		for _, width := range []int{640, 160, 320, 640, 160} {
			w.client.Want([]View{{Stream: 1, Width: width, Height: width * 9 / 16}})
			time.Sleep(2 * time.Second)
			if got := w.lines[0].widths(); len(got) == 0 || got[len(got)-1] != width {
				t.Errorf("a view of %d has key frames of %d", width, got)
			}
		}
		w.lines[0].check(t)
		if got := w.shown(); len(got) != 2 || got[0] != (Slot{"a", 1, ""}) || got[1].Stream != 0 {
			t.Errorf("slots are %+v", got)
		}
		w.client.Want(nil)
		time.Sleep(time.Second)
		before := len(w.lines[0].all())
		time.Sleep(time.Second)
		if now := len(w.lines[0].all()); now != before {
			t.Errorf("%d packets came of what is no longer shown", now-before)
		}
	})
}

// TestOnlyWhatIsWantedIsSent asks what publishers are told.
func TestOnlyWhatIsWantedIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		var told news
		cam := newCamera(room, "ann", 1, &told)
		defer cam.close()
		w := newWatcher(room, "bob", 1)
		defer w.client.Close()
		time.Sleep(time.Second)
		for _, step := range []struct {
			width int
			want  []string
		}{
			{0, nil}, {160, []string{"q"}}, {320, []string{"q", "h"}}, {640, []string{"q", "f"}}, {1280, []string{"q", "h", "f"}}, {0, nil},
		} {
			w.client.Want([]View{{Stream: 1, Width: step.width, Height: step.width * 9 / 16}})
			time.Sleep(offAfter + time.Second)
			if got := told.layers(); !slices.Equal(got, step.want) {
				t.Errorf("for a view of %d the camera is asked for %q, want %q", step.width, got, step.want)
			}
		}
	})
}

// TestALayerThatDiesIsReplaced asks that a view falls back on what lives.
func TestALayerThatDiesIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		cam := newCamera(room, "ann", 1, &news{})
		defer cam.close()
		w := newWatcher(room, "bob", 1)
		defer w.client.Close()
		w.client.Want([]View{{Stream: 1, Width: 640, Height: 360}})
		time.Sleep(2 * time.Second)
		cam.layers[2].turn(false)
		time.Sleep(2 * time.Second)
		if got := w.lines[0].widths(); got[len(got)-1] != 320 {
			t.Errorf("key frames are of %d", got)
		}
		cam.layers[2].turn(true)
		time.Sleep(3 * time.Second)
		if got := w.lines[0].widths(); got[len(got)-1] != 640 {
			t.Errorf("key frames are of %d", got)
		}
		w.lines[0].check(t)
	})
}

// TestSizesAreAskedFor asks that a layer whose first key frame was dropped, by a gate that
// was closed then, is still found to be the one that fits.
func TestSizesAreAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		cam := newCamera(room, "ann", 0, &news{})
		defer cam.close()
		w := newWatcher(room, "bob", 1)
		defer w.client.Close()
		time.Sleep(time.Second)
		cam.client.SetStreams(1, 0)
		w.client.Want([]View{{Stream: 1, Width: 160, Height: 90}})
		time.Sleep(3 * time.Second)
		if got := w.lines[0].widths(); len(got) == 0 || got[len(got)-1] != 160 {
			t.Errorf("key frames are of %d", got)
		}
	})
}

// TestPaddingIsNoPicture asks that packets without content leave no gap, neither in the
// numbers nor in the picture ids after a switch.
func TestPaddingIsNoPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		cam := newCamera(room, "ann", 1, &news{})
		defer cam.close()
		cam.layers[0].pad.Store(true)
		w := newWatcher(room, "bob", 1)
		defer w.client.Close()
		for _, width := range []int{160, 320, 160, 640} {
			w.client.Want([]View{{Stream: 1, Width: width, Height: width * 9 / 16}})
			time.Sleep(2 * time.Second)
		}
		empty := 0
		for _, p := range w.lines[0].all() {
			if len(p.Payload) == 0 {
				empty++
			}
		}
		if empty == 0 {
			t.Error("no padding came through")
		}
		w.lines[0].check(t)
	})
}

// TestWhoSpeaksComesFirst asks who is shown where there are fewer lines than views, and
// that more lines are asked for.
func TestWhoSpeaksComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		for i, owner := range []string{"ann", "eve", "tom"} {
			cam := newCamera(room, owner, i+1, &news{})
			defer cam.close()
		}
		w := newWatcher(room, "bob", 1)
		defer w.client.Close()
		var views []View
		for id := range 3 {
			views = append(views, View{Stream: id + 1, Width: 160, Height: 90})
		}
		w.client.Want(views)
		for _, speaker := range []string{"eve", "tom", "ann"} {
			room.SetSpeakers([]string{speaker})
			time.Sleep(2 * time.Second)
			want := map[string]int{"ann": 1, "eve": 2, "tom": 3}[speaker]
			if got := w.shown(); got[0].Stream != want || got[0].Paused != "" {
				t.Errorf("while %s speaks, slots are %+v", speaker, got)
			}
		}
		if w.need != 3 {
			t.Errorf("%d lines are asked for", w.need)
		}
		w.lines[0].check(t)
	})
}

// TestGatesDrop asks that nothing passes a gate that is closed, and pictures begin at a
// key frame when it opens.
func TestGatesDrop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		cam := newCamera(room, "ann", 1, &news{})
		defer cam.close()
		w := newWatcher(room, "bob", 1)
		defer w.client.Close()
		w.client.Want([]View{{Stream: 1, Width: 160, Height: 90}})
		time.Sleep(time.Second)
		for _, gate := range []struct {
			name        string
			close, open func()
		}{
			{"camera off", func() { cam.client.SetStreams(0, 0) }, func() { cam.client.SetStreams(1, 0) }},
			{"sender holds", func() { cam.client.SetHeld(true) }, func() { cam.client.SetHeld(false) }},
			{"receiver holds", func() { w.client.SetHeld(true) }, func() { w.client.SetHeld(false) }},
			{"receiver is away", func() { w.client.SetAway(true) }, func() { w.client.SetAway(false) }},
		} {
			gate.close()
			time.Sleep(500 * time.Millisecond)
			before, keys := len(w.lines[0].all()), len(w.lines[0].widths())
			time.Sleep(2 * time.Second)
			if now := len(w.lines[0].all()); now != before {
				t.Errorf("%s: %d packets passed", gate.name, now-before)
			}
			gate.open()
			time.Sleep(time.Second)
			if now := len(w.lines[0].widths()); now <= keys {
				t.Errorf("%s: no key frame afterwards", gate.name)
			}
		}
	})
}

// TestAnotherCameraMaySendOtherEncodings: while a camera sends nothing, any encoding is
// welcome, whatever was known of those before.
func TestAnotherCameraMaySendOtherEncodings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		told := &news{}
		cam := newCamera(room, "ann", 1, told)
		defer cam.close()
		w := newWatcher(room, "bob", 1)
		defer w.client.Close()
		w.client.Want([]View{{Stream: 1, Width: 640, Height: 360}})
		time.Sleep(20 * time.Second)
		if got := told.layers(); !slices.Equal(got, []string{"q", "f"}) {
			t.Fatalf("wanted are %v", got)
		}
		for _, e := range cam.layers {
			e.turn(false)
		}
		time.Sleep(2 * time.Second)
		if got := told.layers(); !slices.Equal(got, []string{"q", "h", "f"}) {
			t.Errorf("of a camera that sends nothing, wanted are %v", got)
		}
	})
}

// TestWhatNobodyWantsIsTurnedOff, also of who was never seen: somebody who waits alone in a room
// does not send pictures for nobody, and neither does a camera that is turned on again.
func TestWhatNobodyWantsIsTurnedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		told := &news{}
		cam := newCamera(room, "ann", 1, told)
		defer cam.close()
		for range 2 {
			told.forget()
			time.Sleep(offAfter - stepEvery)
			if got := told.layers(); len(got) > 0 {
				t.Errorf("when the camera is turned on, %q are wanted", got)
			}
			time.Sleep(2 * stepEvery)
			if got := told.layers(); got == nil || len(got) > 0 {
				t.Errorf("of a camera that nobody looks at, %q are wanted", got)
			}
			cam.client.SetStreams(0, 0)
			time.Sleep(time.Second)
			cam.client.SetStreams(1, 0)
		}
		w := newWatcher(room, "bob", 1)
		defer w.client.Close()
		w.client.Want([]View{{Stream: 1, Width: 160, Height: 90}})
		time.Sleep(2 * offAfter)
		if got := told.layers(); len(got) != 1 || got[0] != "q" {
			t.Errorf("of a camera that is seen small, %q are wanted", got)
		}
	})
}
