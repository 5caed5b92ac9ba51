package recording

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// recordedMetadata is what the service sent of a recording with pictures, in 2021; its
// two words for what is recorded were in each other's place.
const recordedMetadata = `{
	"resourceId": "631fa8d8-aab5-4ac5-8e15-261aa2590750", "callId": "a327a8e4-4c24-4c84-9fe2-09ffe623c858",
	"chunkDocumentId": "0-eus-d2-3cca2175891f21c6c9a5975a12c0141c", "chunkIndex": 0, "chunkStartTime": "2021-06-02T21:45:41.6494224Z", "chunkDuration": 5580.0,
	"pauseResumeIntervals": [],
	"recordingInfo": {
		"contentType": "mixed", "channelType": "audioVideo", "format": "mp4",
		"audioConfiguration": {"sampleRate": 16000, "bitRate": 128000, "channels": 1},
		"videoConfiguration": {"longerSideLength": 1920, "shorterSideLength": 1080, "framerate": 8, "bitRate": 1000000}
	},
	"participants": [{"participantId": "8:acs:631fa8d8-aab5-4ac5-8e15-261aa2590750_0000000a-6e8b-b33c-defd-8b3a0d0051cb"}]
}`

// membersOf are the names of all members of a document, with those that they are in.
func membersOf(t *testing.T, text string) map[string]bool {
	t.Helper()
	var document any
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	var walk func(string, any)
	walk = func(in string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for name, member := range v {
				names[in+name] = true
				walk(in+name+".", member)
			}
		case []any:
			for _, member := range v {
				walk(in, member)
			}
		}
	}
	walk("", document)
	return names
}

// TestMetadataHasTheMembersOfTheService, and beside them only those that are ours.
func TestMetadataHasTheMembersOfTheService(t *testing.T) {
	record(t, func(s *studio) {
		d := &Document{Record{
			ID: NewID("x"), CallID: "corr", Content: AudioVideo, Channels: Mixed, Format: MP4, Began: time.Now(),
			Chunks: []Chunk{{Began: time.Now(), Frames: 50, Converted: true, SHA256: strings.Repeat("a", 64)}}, Participants: []Participant{{ID: "4:a"}},
		}, 0, s.Library}
		text, err := d.Metadata()
		if err != nil {
			t.Fatal(err)
		}
		want := membersOf(t, recordedMetadata)
		want["sha256"] = true
		if got := membersOf(t, string(text)); !maps.Equal(got, want) {
			t.Errorf("the members are %v, want %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
	})
}
