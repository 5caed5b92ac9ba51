package call_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// TestManyChangesAreToldTogether: who mutes and unmutes all the time is told of at a rate,
// and the last state always.
func TestManyChangesAreToldTogether(t *testing.T) {
	run(t, func(w *world) {
		anns := w.joinsRoom(ann, call.Attendee)
		p, err := w.Connect(bg, call.Locator{RoomID: roomOfList}, control)
		w.must(err)
		updates := func() int { return strings.Count(w.published.Names(p.ID), "ParticipantsUpdated") }
		for n := range 10 {
			w.must(anns.wants(call.MicrophoneWish{On: n%2 == 1}))
		}
		synctest.Wait()
		if got := updates(); got != 11 {
			t.Errorf("of ten changes and the first list, %d are told", got)
		}
		for n := range 301 {
			w.must(anns.wants(call.MicrophoneWish{On: n%2 == 1}))
			time.Sleep(100 * time.Millisecond)
		}
		if got := updates(); got < 60 || got > 90 {
			t.Errorf("of 300 changes in 30 s, %d are told", got)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		last := w.last(p.ID).(call.ParticipantsUpdated)
		if !last.Participants[0].Muted || updates() > 92 {
			t.Errorf("the last list is %+v", last)
		}
		time.Sleep(time.Minute)
		before := updates()
		w.must(anns.wants(call.MicrophoneWish{On: true}))
		synctest.Wait()
		if updates() != before+1 {
			t.Error("after a pause a change is not told at once")
		}
		w.leave(anns)
	})
}
