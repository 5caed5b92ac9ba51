package clockjump

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// TestOnlyAClockThatIsSetForwardIsDoubted, for an hour; not the time that passes, nor one that is
// set back.
func TestOnlyAClockThatIsSetForwardIsDoubted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ahead time.Duration
		w := New(func() time.Time { return time.Now().Add(ahead) })
		for _, set := range []time.Duration{0, Tolerance, -time.Hour} {
			time.Sleep(24 * time.Hour)
			ahead += set
			if forward := w.Look(); forward != 0 || w.Doubtful() {
				t.Errorf("set by %v: found %v", set, forward)
			}
		}
		ahead += Tolerance + time.Second
		if forward := w.Look(); forward != Tolerance+time.Second || !w.Doubtful() {
			t.Errorf("found %v", forward)
		}
		time.Sleep(doubtLasts - time.Second)
		if forward := w.Look(); forward != 0 || !w.Doubtful() {
			t.Errorf("at the end of the hour: found %v", forward)
		}
		if time.Sleep(time.Second); w.Doubtful() {
			t.Error("the doubt does not end")
		}
	})
}

// TestStartLongAfterTheLastProcessIsDoubted: the clock may have been set forward meanwhile.
func TestStartLongAfterTheLastProcessIsDoubted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "files")
		if w := New(time.Now); w.Resume(dir) != 0 || w.Doubtful() {
			t.Error("the first start is doubted")
		}
		if err := New(time.Now).Alive(dir + "/"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(Tolerance)
		if w := New(time.Now); w.Resume(dir) != 0 || w.Doubtful() {
			t.Error("a start soon after is doubted")
		}
		time.Sleep(time.Second)
		if w := New(time.Now); w.Resume(dir) != Tolerance+time.Second || !w.Doubtful() {
			t.Error("a start long after is not doubted")
		}
	})
}
