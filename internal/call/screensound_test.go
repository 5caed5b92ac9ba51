package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// TestTheSoundOfAScreenIsHeardBesideAMute: who shares a screen with sound and mutes
// themselves shows as muted, and is heard until the share ends; a mute by others silences
// that too.
func TestTheSoundOfAScreenIsHeardBesideAMute(t *testing.T) {
	run(t, func(w *world) {
		pages := w.roomOf(call.Presenter, call.Presenter)
		yes, no := true, false
		heard := func(want bool, when string) {
			t.Helper()
			time.Sleep(200 * time.Millisecond)
			synctest.Wait()
			if got := pages[0].Hears() != 0; got != want {
				t.Errorf("%s: heard is %v", when, got)
			}
		}
		muted := func() bool { last, _, _ := pages[0].followed(); return last[1].Muted }
		pages[1].Speak(true)
		w.must(pages[1].wants(call.MicrophoneWish{}))
		heard(false, "muted")
		w.must(pages[1].wants(call.VideoWish{ScreenSound: &yes}))
		heard(false, "without a screen")
		w.must(pages[1].wants(call.VideoWish{Screen: &yes}))
		heard(true, "a screen with sound")
		if !muted() {
			t.Error("it does not show as muted")
		}
		w.must(pages[0].wants(call.MuteWish{Who: bob}))
		heard(false, "muted by others")
		w.must(pages[1].wants(call.MicrophoneWish{On: true}))
		w.must(pages[1].wants(call.MicrophoneWish{}))
		heard(true, "muted by itself again")
		w.must(pages[0].wants(call.VideoWish{Screen: &yes}))
		heard(false, "somebody else shares")
		w.must(pages[1].wants(call.VideoWish{Screen: &yes}))
		w.must(pages[1].wants(call.VideoWish{Screen: &no}))
		heard(false, "the share has ended")
		w.must(pages[1].wants(call.VideoWish{Screen: &yes, ScreenSound: &yes}))
		heard(true, "shared anew, with sound")
		w.must(pages[1].wants(call.VideoWish{Screen: &no}))
		w.must(pages[1].wants(call.VideoWish{Screen: &yes}))
		heard(false, "a screen of which nobody said that it has sound")
		w.leave(pages...)
	})
}
