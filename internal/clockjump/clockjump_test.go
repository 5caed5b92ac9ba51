package clockjump

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// TestOnlyAClockThatIsSetForwardIsDoubted, for an hour; not the time that passes, nor one that is
// set back.
func TestOnlyAClockThatIsSetForwardIsDoubted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ahead time.Duration
		var told strings.Builder
		w := New(func() time.Time { return time.Now().Add(ahead) }, slog.New(slog.NewTextHandler(&told, nil)))
		for _, set := range []time.Duration{0, Tolerance, -time.Hour} {
			time.Sleep(24 * time.Hour)
			ahead += set
			if w.Doubtful() || told.Len() > 0 {
				t.Errorf("set by %v: the log says %s", set, told.String())
			}
		}
		ahead += Tolerance + time.Second
		if !w.Doubtful() || !strings.Contains(told.String(), "by=5m1s") {
			t.Errorf("the log says %s", told.String())
		}
		time.Sleep(doubtLasts - time.Second)
		if !w.Doubtful() || strings.Count(told.String(), "\n") != 1 {
			t.Errorf("at the end of the hour the log says %s", told.String())
		}
		if time.Sleep(time.Second); w.Doubtful() {
			t.Error("the doubt does not end")
		}
	})
}

// TestStartLongAfterTheLastProcessIsDoubted: the clock may have been set forward meanwhile. The files of
// earlier versions tell it too.
func TestStartLongAfterTheLastProcessIsDoubted(t *testing.T) {
	for _, former := range []string{"", "calls-last-alive"} {
		synctest.Test(t, func(t *testing.T) {
			dir := t.TempDir()
			file, before := filepath.Join(dir, "last-alive"), filepath.Join(dir, "calls-last-alive")
			open := func() *Watch { return Open(file, time.Now, quiet(), before) }
			if open().Doubtful() != false {
				t.Error("the first start is doubted")
			}
			if former != "" {
				if err := os.Rename(file, before); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(Tolerance + time.Second)
			for range 2 { // also by a start within the hour
				if w := open(); !w.Doubtful() {
					t.Error("a start long after is not doubted")
				}
			}
			if _, err := os.Stat(before); !os.IsNotExist(err) {
				t.Errorf("the file of an earlier version is left: %v", err)
			}
		})
	}
}

// TestRunningServerIsNotDoubtedAfterARestart: it notes each minute that it is at work; in a doubt it does
// not, so that the next process doubts too.
func TestRunningServerIsNotDoubtedAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "last-alive")
		var ahead time.Duration
		wall := func() time.Time { return time.Now().Add(ahead) }
		live := func(long time.Duration) {
			ctx, end := context.WithTimeout(t.Context(), long)
			defer end()
			Open(file, wall, quiet()).Run(ctx)
		}
		live(3 * time.Hour)
		time.Sleep(Tolerance - noteEvery)
		if Open(file, wall, quiet()).Doubtful() {
			t.Error("a start soon after is doubted")
		}
		ahead = 24 * time.Hour
		live(doubtLasts / 2)
		if !Open(file, wall, quiet()).Doubtful() {
			t.Error("the doubt is forgotten")
		}
		live(doubtLasts + time.Minute)
		if Open(file, wall, quiet()).Doubtful() {
			t.Error("the doubt does not end")
		}
	})
}

func TestNobodyDoubtsWithoutAWatch(t *testing.T) {
	if (*Watch)(nil).Doubtful() {
		t.Error("the clock is doubted")
	}
}
