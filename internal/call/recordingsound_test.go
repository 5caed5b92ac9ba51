package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/recording"
)

// TestChannelsArePinnedByAnyFormOfANumber: of who is in the call, and of who comes later.
func TestChannelsArePinnedByAnyFormOfANumber(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		leg, conn, id := w.answered()
		pinned := map[int]identifier.ID{1: phone("+0015551230001"), 2: phone("+0015551230007")}
		state, err := w.StartRecording(bg, call.Record{Connection: id, Options: unmixedWAV, Pinned: pinned})
		w.must(err)
		leg.Speak(true)
		time.Sleep(time.Second)
		leg.Speak(false)
		_, err = conn.Add(bg, call.Add{Who: phone("+15551230007"), CallerID: phone(ourPhone)})
		w.must(err)
		added := <-w.dialer.Dialled
		added.PickUp()
		added.Speak(true)
		time.Sleep(2 * time.Second)
		_, err = w.StopRecording(bg, state.ID)
		w.must(err)
		sound := r.sound(r.only())
		if len(sound) != 3 {
			t.Fatalf("%d channels: %+v", len(sound), r.only().Participants)
		}
		near(t, "the phone that was there", heard(sound[1]), 50)
		near(t, "the phone that was added", heard(sound[2]), 100)
		if n := heard(sound[0]); n != 0 {
			t.Errorf("%d frames in a channel that nobody has", n)
		}
		w.must(conn.Terminate(bg))
	})
}

// TestChannelsStayAlignedForAnHour: what two say at the same moment is in their
// channels at the same moment, to 5 ms, from the first minute to the last.
func TestChannelsStayAlignedForAnHour(t *testing.T) {
	records(t, func(w *world, r *recordings) {
		w.longest = 2 * time.Hour
		w.Registry = w.remake(false)
		leg, conn, id := w.answered()
		_, err := conn.Add(bg, call.Add{Who: phone("+15551230007"), CallerID: phone(ourPhone)})
		w.must(err)
		other := <-w.dialer.Dialled
		other.PickUp()
		synctest.Wait()
		_, err = w.StartRecording(bg, call.Record{Connection: id, Options: unmixedWAV})
		w.must(err)
		minutes := 60
		if testing.Short() {
			minutes = 5
		}
		for range minutes {
			leg.Speak(true)
			other.Speak(true)
			time.Sleep(time.Second)
			leg.Speak(false)
			other.Speak(false)
			time.Sleep(59 * time.Second)
		}
		w.must(conn.Terminate(bg))
		sound := r.sound(r.only())
		first, second := onsets(sound[0]), onsets(sound[1])
		if len(first) != minutes || len(second) != minutes {
			t.Fatalf("they spoke %d and %d times", len(first), len(second))
		}
		for i := range first {
			if apart := first[i] - second[i]; apart > recording.SampleRate/200 || apart < -recording.SampleRate/200 {
				t.Errorf("minute %d: the channels are %d samples apart", i, apart)
			}
			if late := first[i] - first[0] - i*60*recording.SampleRate; late > recording.SampleRate/50 || late < -recording.SampleRate/50 {
				t.Errorf("minute %d is %d samples late", i, late)
			}
		}
	})
}

// onsets are the samples at which somebody begins to speak after a second of silence.
func onsets(samples []int16) (at []int) {
	silent := recording.SampleRate
	for i, s := range samples {
		if s > 100 || s < -100 {
			if silent >= recording.SampleRate {
				at = append(at, i)
			}
			silent = 0
			continue
		}
		silent++
	}
	return at
}

// TestMusicOnHoldIsRecordedWhereItIsAskedFor: only its participant hears it.
func TestMusicOnHoldIsRecordedWhereItIsAskedFor(t *testing.T) {
	for _, asked := range []bool{false, true} {
		records(t, func(w *world, r *recordings) {
			w.recordHoldMusic = asked
			w.Registry = w.remake(false)
			leg, conn, id := w.answered()
			_, err := w.StartRecording(bg, call.Record{Connection: id, Options: mixedWAV})
			w.must(err)
			w.must(conn.Hold(bg, call.Hold{Who: phone(aPhone), Music: hello[0]}))
			time.Sleep(2 * time.Second)
			w.must(conn.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{phone(aPhone)}}))
			time.Sleep(10 * time.Second)
			w.must(conn.Terminate(bg))
			sound := r.sound(r.only())[0]
			if music := heard(sound[:2*recording.SampleRate]); (music > 50) != asked {
				t.Errorf("asked for: %t; %d frames of music were recorded", asked, music)
			}
			if heard(sound[2*recording.SampleRate:]) == 0 {
				t.Error("the prompt over the music was not recorded")
			}
			if leg.Heard() == 0 {
				t.Error("the phone has heard nothing")
			}
		})
	}
}
