package e2e

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestRoomsAndGroupsAreRecordedThroughTheSDKs: browsers talk in a room and in a group, which
// no application is in. Each is recorded by its locator, in JavaScript and Python: paused at first, with
// a channel for each user, as audioChannelParticipantOrdering and channelAffinity want it.
func TestRoomsAndGroupsAreRecordedThroughTheSDKs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"JavaScript", "Python", "Python with async"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sdks[name]
			s.installed(t)
			p := start(t, setup{})
			people, a := startAgent(p, application{}), startAgent(p, application{sdk: s})
			subscribeRecordings(p, a)
			john, johnsPage := people.page("John")
			mary, marysPage := people.page("Mary")
			var made room
			people.do("createRoom", values{"participants": []values{{"id": john, "role": "Presenter"}, {"id": mary, "role": "Presenter"}}}, &made)
			group := uuid.NewString()
			a.recordsTalk(johnsPage, marysPage, protocol.CallJoin{Room: made.ID}, values{"room": made.ID, "ordering": []string{mary, john}}, map[string]int{mary: 0, john: 1}, map[float64]int{700: 0, 440: 1})
			a.recordsTalk(johnsPage, marysPage, protocol.CallJoin{Group: group}, values{"group": group, "affinity": []values{{"channel": 2, "participant": john}}}, map[string]int{mary: 0, john: 2}, map[float64]int{700: 0, 440: 2})
		})
	}
}

// recordsTalk records two people by a locator of their call. John says 440 Hz and Mary 700.
func (a *agent) recordsTalk(john, mary *webrtctest.Client, join protocol.CallJoin, options values, places map[string]int, tones map[float64]int) {
	a.t.Helper()
	johns, err := john.Join(within(a.t, webrtctest.Patience), join)
	must(a.t, err)
	defer johns.Close()
	marys, err := mary.Join(within(a.t, webrtctest.Patience), join)
	must(a.t, err)
	defer marys.Close()
	options["channel"], options["format"], options["paused"] = "unmixed", "wav", true
	r := a.record(options)
	if states := r.states(1); !slices.Equal(states, []string{"inactive"}) || r.state() != "inactive" {
		a.t.Errorf("at first it is told to be %v", states)
	}
	johns.Say(440)
	marys.Say(700)
	must(a.t, marys.WaitTone(within(a.t, webrtctest.Patience), 440))
	must(a.t, johns.WaitTone(within(a.t, webrtctest.Patience), 700))
	r.do("resumeRecording")
	time.Sleep(4 * time.Second) // a busy machine mixes fewer
	r.do("stopRecording")
	chunk := r.file().RecordingStorageInfo.RecordingChunks[0]
	if got := a.describe(chunk.MetadataLocation).channels(); !maps.Equal(got, places) {
		a.t.Errorf("the channels are of %v, want %v", got, places)
	}
	wav, err := a.fetch(chunk.ContentLocation, 0, 0)
	must(a.t, err)
	channels := channelsOf(a.t, wav)
	for pitch, channel := range tones {
		if channel >= len(channels) {
			a.t.Fatalf("%d channels", len(channels))
		}
		hasTone(a.t, channels[channel], pitch, time.Second, true)
	}
	a.do("deleteRecording", values{"url": chunk.DeleteLocation}, nil)
}
