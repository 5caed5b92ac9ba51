package player

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
)

// connecting is a voice that takes its time to connect.
type connecting struct {
	voice
	warmed atomic.Int32
}

func (c *connecting) CanWarm(speech.Endpoints) bool { return true }

func (c *connecting) Warm(ctx context.Context, _ speech.Endpoints) {
	c.warmed.Add(1)
	<-ctx.Done()
}

// TestConnectingBeforehandIsBounded: in number and in time, and ends with the library.
func TestConnectingBeforehandIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := &connecting{}
		l := New(Config{Speech: service}, slog.New(slog.DiscardHandler))
		warm := func(want int32) {
			t.Helper()
			for range 3 * warmedAtOnce {
				l.Warm(speech.Endpoints{})
			}
			synctest.Wait()
			if got := service.warmed.Load(); got != want {
				t.Errorf("connected %d times, want %d", got, want)
			}
		}
		warm(warmedAtOnce)
		time.Sleep(warmWithin)
		synctest.Wait()
		warm(2 * warmedAtOnce)
		l.Close()
		warm(2 * warmedAtOnce)
	})
	none := New(Config{Speech: &voice{}}, slog.New(slog.DiscardHandler))
	none.Warm(speech.Endpoints{}) // it has nothing to connect to
	none.Close()
}
