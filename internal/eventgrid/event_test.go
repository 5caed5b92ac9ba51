package eventgrid

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/golden"
)

// isGolden holds an event in both schemas to its files.
func isGolden(t *testing.T, name string, e event) {
	t.Helper()
	for suffix, write := range map[string]func(string) ([]byte, error){
		".json": e.inEventGridSchema, ".cloudevents.json": e.inCloudEventsSchema,
	} {
		body, err := write(testTopic)
		if err != nil {
			t.Fatal(err)
		}
		golden.CompareJSON(t, filepath.Join("testdata", name+suffix), body)
	}
}

// callEvents has each of the events about a call in progress, in the shapes
// that change its members.
func callEvents(t testing.TB) map[string]event {
	at := time.Date(2026, 9, 22, 17, 2, 38, 690585600, time.UTC)
	facts := CallFacts{
		StartedBy: Participant{ID: id(t, alice)}, ServerCallID: "aHR0cHM6Ly9jYWxsLmV4YW1wbGUvMQ",
		CorrelationID: "aaaa0000-bb11-2222-33cc-444444dddddd", At: at,
	}
	room, group, pair := facts, facts, facts
	room.RoomID, room.StartedBy.Role = "99466898241024408", Organizer
	group.GroupID = "29228d3e-040e-4656-a70e-890ab4e173e5"
	pair.TwoParty = true
	joined := CallParticipant{
		CallFacts: room, User: Participant{ID: id(t, bob), Role: Attendee}, DisplayName: `Jöhn <"Doe"> & Co`,
		ParticipantID: "041e3b8a-1cce-4ebf-b587-131312c39410", UserAgent: "acs-web(3617/1.0.0.0/os=windows; browser=chrome)",
	}
	left := joined
	left.CallFacts = group
	ended := CallEnded{CallFacts: pair, Duration: 49728617200 * time.Nanosecond,
		EndedBy: &EndedBy{ID: id(t, bob), Name: "Bob"}, Reason: &EndReason{Code: 0, SubCode: 0, Phrase: "Call ended"}}
	byService, bare := ended, CallEnded{CallFacts: group, Duration: 2 * time.Second}
	byService.EndedBy, byService.Reason = &EndedBy{Name: "microsoft.rtc.server"}, &EndReason{Code: 487, SubCode: 10004, Phrase: "nobody answered"}
	recording := RecordingFile{
		CallID: "1c3e6a9c", ServerCallID: facts.ServerCallID, RecordingID: "eyJQbGF0Zm9ybSJ9", Start: at, At: at.Add(11 * time.Second),
		Duration: 6620 * time.Millisecond, Content: RecordingAudioVideo, Channels: RecordingMixed, Format: RecordingMp4, EndReason: "CallEnded",
		Chunks: []RecordingChunk{{DocumentID: "0-eus-d12-801b", EndReason: "SessionEnded", MetadataLocation: "https://x.asm.skype.com/v1/objects/0-eus-d12-801b/content/acsmetadata",
			ContentLocation: "https://x.asm.skype.com/v1/objects/0-eus-d12-801b/content/video", DeleteLocation: "https://x.asm.skype.com/v1/objects/0-eus-d12-801b"}},
	}
	return map[string]event{
		"CallStarted-two-party":          CallStarted{pair}.event(),
		"CallStarted-in-room":            CallStarted{room}.event(),
		"CallEnded-by-participant":       ended.event(),
		"CallEnded-by-service":           byService.event(),
		"CallEnded-group":                bare.event(),
		"CallParticipantAdded-room":      joined.event(typeCallParticipantAdded),
		"CallParticipantRemoved-group":   left.event(typeCallParticipantRemoved),
		"RecordingFileStatusUpdated-mp4": recording.event(),
	}
}

func TestCallEventsAreGolden(t *testing.T) {
	covered := map[string]bool{typeIncomingCall: true} // by a test of its own
	for name, e := range callEvents(t) {
		covered[e.kind] = true
		t.Run(name, func(t *testing.T) {
			if !strings.HasSuffix(e.kind, "."+strings.Split(name, "-")[0]) {
				t.Errorf("its type is %s", e.kind)
			}
			if e.call != "aHR0cHM6Ly9jYWxsLmV4YW1wbGUvMQ" {
				t.Errorf("it belongs to the call %q", e.call)
			}
			e.id = "d5546be8-227a-4db8-b2c3-4f06fd675fd6"
			isGolden(t, name, e)
		})
	}
	for _, kind := range EventTypes {
		if !covered[kind] {
			t.Errorf("%s has no golden file", kind)
		}
	}
}

// TestSubjectsAreThoseOfEventGrid: a leading slash on two of them only, which subject filters see.
func TestSubjectsAreThoseOfEventGrid(t *testing.T) {
	all := callEvents(t)
	all["IncomingCall"] = incomingCalls(t)["identity-to-identity"].event()
	for name, want := range map[string]string{
		"IncomingCall":                   "/caller/" + alice + "/recipient/" + bob,
		"CallStarted-two-party":          "call/aHR0cHM6Ly9jYWxsLmV4YW1wbGUvMQ/startedBy/" + alice,
		"CallEnded-group":                "call/aHR0cHM6Ly9jYWxsLmV4YW1wbGUvMQ",
		"CallParticipantAdded-room":      "call/aHR0cHM6Ly9jYWxsLmV4YW1wbGUvMQ/participant/" + bob,
		"CallParticipantRemoved-group":   "call/aHR0cHM6Ly9jYWxsLmV4YW1wbGUvMQ/participant/" + bob,
		"RecordingFileStatusUpdated-mp4": "/recording/call/1c3e6a9c/serverCallId/aHR0cHM6Ly9jYWxsLmV4YW1wbGUvMQ/recordingId/eyJQbGF0Zm9ybSJ9",
	} {
		if got := all[name].subject; got != want {
			t.Errorf("%s has the subject %q, want %q", name, got, want)
		}
	}
}

// TestEveryEventIsPublished through the method that the server calls.
func TestEveryEventIsPublished(t *testing.T) {
	box := &mailbox{}
	g := withTakers(t, 0, box)
	settings := Settings{Endpoint: "http://127.0.0.1:3000/", Retry: Retry{2, time.Minute}}
	g.view.Store(newView([]Subscription{{Name: "all", State: succeeded, Wanted: settings, Active: &settings}}, g.metrics))
	facts := CallFacts{StartedBy: Participant{ID: id(t, alice)}, ServerCallID: "s"}
	who := CallParticipant{CallFacts: facts, User: Participant{ID: id(t, bob)}}
	matched := g.IncomingCall(incomingCalls(t)["pstn-to-number"]) + g.CallStarted(CallStarted{facts}) + g.CallEnded(CallEnded{CallFacts: facts}) +
		g.CallParticipantAdded(who) + g.CallParticipantRemoved(who) + g.RecordingFileStatusUpdated(RecordingFile{ServerCallID: "s"})
	if matched != len(EventTypes) {
		t.Errorf("%d matched", matched)
	}
	for i, m := range box.posted {
		if m.Note != EventTypes[i] {
			t.Errorf("posted %s, want %s", m.Note, EventTypes[i])
		}
	}
}

// TestAppendedDataIsThatOfTheStandardLibrary, whatever a caller calls itself.
func TestAppendedDataIsThatOfTheStandardLibrary(t *testing.T) {
	for name, in := range incomingCalls(t) {
		for _, display := range []string{"", "Ann", `<"&\`, "\x00é\u2028\xff"} {
			in.CallerDisplayName = display
			data := in.event().data.(incomingCallData)
			want, err := encode(data)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := data.appendJSON(nil); err != nil || string(got) != string(want) {
				t.Errorf("%s, %q: %s, %v, want %s", name, display, got, err, want)
			}
		}
	}
}
