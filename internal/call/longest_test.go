package call_test

import (
	"io"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
)

// silence is mixes without sound or clock, for hours that pass in no time.
type silence struct{}

func (silence) NewMix(int) call.Mix              { return silence{} }
func (silence) Join(port audio.Port) call.Member { return seat{port: port} }
func (silence) Rise()                            {}

func (silence) Hear(audio.Listener, call.Hearing) func() { return func() {} }
func (silence) Close()                                   {}

type seat struct {
	silence
	port audio.Port
}

func (seat) Hear(audio.Listener) func()    { return func() {} }
func (seat) SetMuted(bool)                 {}
func (seat) SetHeld(bool)                  {}
func (seat) SetPrivateSource(audio.Source) {}
func (s seat) Leave() {
	if closer, ok := s.port.(io.Closer); ok {
		closer.Close()
	}
}

// TestCallLastsThirtyHours is ACS's limit, unless another is configured: nothing
// ends the call before, and then everybody hears of it.
func TestCallLastsThirtyHours(t *testing.T) {
	run(t, func(w *world) {
		w.config.MaxDuration, w.config.Mixes = 0, silence{}
		w.Registry = call.NewRegistry(w.config, slog.New(slog.DiscardHandler))
		leg, _, id := w.answered()
		time.Sleep(30*time.Hour - time.Minute)
		synctest.Wait()
		w.expect(id, connected)
		if why, ended := leg.Why(); ended {
			t.Fatalf("the call ended too early: %+v", why)
		}
		time.Sleep(2 * time.Minute)
		w.expect(id, connected+" CallDisconnected")
		if _, ended := leg.Why(); !ended {
			t.Error("the phone was not ended")
		}
	})
}
