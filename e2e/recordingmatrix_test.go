package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// matrix is what a call can be recorded as.
var matrix = []struct {
	content, channel, format string
	told                     string // by Event Grid
	magic                    string
	at                       int
	bitRate                  int // bit/s, in the metadata
}{
	{"audio", "mixed", "wav", "Audio Mixed Wav", "RIFF", 0, 256_000},
	{"audio", "unmixed", "wav", "Audio Unmixed Wav", "RIFF", 0, 256_000},
	{"audio", "mixed", "mp3", "Audio Mixed Mp3", "ID3", 0, 48_000},
	{"audioVideo", "mixed", "mp4", "AudioVideo Mixed Mp4", "ftyp", 4, 0},
}

// TestEveryRecordingIsMadeThroughTheSDKs: start, pause, resume, stop, the event,
// download and deletion of each kind of file, at the same time, in JavaScript and
// Python.
func TestEveryRecordingIsMadeThroughTheSDKs(t *testing.T) {
	needFFmpeg(t)
	t.Parallel()
	for _, name := range []string{"JavaScript", "Python", "Python with async"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sdks[name]
			s.installed(t)
			p := start(t, setup{})
			a := startAgent(p, application{sdk: s})
			subscribeRecordings(p, a)
			going := make([]recordingOf, len(matrix))
			for i, want := range matrix {
				c, phone := a.answered(newPhone(p))
				going[i] = a.record(values{"connection": c.id, "content": want.content, "channel": want.channel, "format": want.format})
				going[i].states(1)
				phone.Tone(440, 5000)
			}
			each := func(command, state string) {
				for _, r := range going {
					r.do(command)
					if got := r.state(); got != state {
						t.Errorf("after %s it is %s", command, got)
					}
				}
			}
			time.Sleep(time.Second)
			each("pauseRecording", "inactive")
			time.Sleep(time.Second)
			each("resumeRecording", "active")
			time.Sleep(time.Second)
			for i, r := range going {
				r.do("stopRecording")
				if states := r.states(4); !slices.Equal(states, []string{"active", "inactive", "active", "inactive"}) {
					t.Errorf("%s: the application was told %v", matrix[i].told, states)
				}
			}
			for i, r := range going {
				want := matrix[i]
				r.isWhole(t, want.told, want.magic, want.at, want.bitRate)
			}
			for _, e := range a.all(func(e event) bool { return e.Event == "error" }) {
				t.Errorf("the application could not read a post: %s", e.Message)
			}
		})
	}
}

// isWhole asks that the files of a recording are what was asked for and what is said
// of them, and deletes them.
func (r recordingOf) isWhole(t *testing.T, told, magic string, at, bitRate int) {
	t.Helper()
	file := r.file()
	if is := file.RecordingContentType + " " + file.RecordingChannelType + " " + file.RecordingFormatType; is != told || file.SessionEndReason != "InitiatorLeft" {
		t.Errorf("the event says %s, %s; want %s", is, file.SessionEndReason, told)
	}
	chunk := file.RecordingStorageInfo.RecordingChunks[0]
	content, err := r.fetch(chunk.ContentLocation, 0, 0)
	must(t, err)
	if !strings.HasPrefix(string(content[at:]), magic) {
		t.Fatalf("%s begins with %q", told, content[:16])
	}
	sound := decoded(t, content)
	hasTone(t, sound, 440, 700*time.Millisecond, true)
	heard := time.Duration(len(sound)) * time.Second / recordingRate
	if said := time.Duration(file.RecordingDurationMs) * time.Millisecond; (heard - said).Abs() > 200*time.Millisecond { // encoders fill their last blocks, of 64 ms
		t.Errorf("%s lasts %v, and the event says %v", told, heard, said)
	}
	part, err := r.fetch(chunk.ContentLocation, 1000, 500)
	must(t, err)
	if !slices.Equal(part, content[1000:1500]) {
		t.Errorf("%s: a part of it is other %d bytes", told, len(part))
	}
	text, err := r.fetch(chunk.MetadataLocation, 0, 0)
	must(t, err)
	var said description
	must(t, json.Unmarshal(text, &said))
	if len(said.PauseResumeIntervals) != 1 || said.PauseResumeIntervals[0].Duration < 900 || said.ChunkDuration != float64(file.RecordingDurationMs) || len(said.Participants) != 2 ||
		bitRate > 0 && said.RecordingInfo.AudioConfiguration.BitRate != bitRate {
		t.Errorf("%s: the metadata is %s", told, text)
	}
	r.agent.do("deleteRecording", values{"url": chunk.DeleteLocation}, nil)
	if _, err := r.fetch(chunk.ContentLocation, 0, 0); err == nil {
		t.Errorf("%s is there after its deletion", told)
	}
}
