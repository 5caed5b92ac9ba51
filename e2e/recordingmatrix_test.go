package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// matrix is what calls can be recorded as.
var matrix = []struct {
	between                  parties
	content, channel, format string
	told                     string // by Event Grid
	magic                    string
	at                       int
	bitRate                  int // bit/s, in the metadata
}{
	{phoneAndApplication, "audio", "mixed", "wav", "Audio Mixed Wav", "RIFF", 0, 256_000},
	{phoneAndApplication, "audio", "unmixed", "wav", "Audio Unmixed Wav", "RIFF", 0, 256_000},
	{phoneAndApplication, "audio", "mixed", "mp3", "Audio Mixed Mp3", "ID3", 0, 48_000},
	{phoneAndApplication, "audioVideo", "mixed", "mp4", "AudioVideo Mixed Mp4", "ftyp", 4, 0},
	{applications, "audio", "unmixed", "wav", "Audio Unmixed Wav", "RIFF", 0, 256_000},
	{phones, "audio", "mixed", "wav", "Audio Mixed Wav", "RIFF", 0, 256_000},
}

// parties are who is in a call that is recorded.
type parties int

const (
	phoneAndApplication parties = iota
	applications
	phones // an application redirected the call, and has not answered it
)

// recordable brings a call up, and returns what names it to startRecording, and who
// lets a tone of 440 Hz be heard in it.
func (a *agent) recordable(between parties, p *product, far *siptest.Phone) (call values, speak func()) {
	a.t.Helper()
	switch before := len(a.all(isIncoming)); between {
	case applications:
		c := a.create(values{"target": a.createUser()})
		a.answer(a.nextIncoming(before))
		c.got("CallConnected")
		prompt := a.save("recorded.wav", recordingRate, audiotest.Tone(recordingRate, 5*time.Second, -9, 440))
		return values{"connection": c.id}, func() { c.do("playToAll", values{"urls": []string{prompt}}, nil) }
	case phones:
		near, incoming := a.nextCall(newPhone(p))
		a.do("redirect", values{"context": incoming.Data.IncomingCallContext, "target": "4:" + farNumber, "callerNumber": ourNumber}, nil)
		called, err := far.Next(within(a.t, 10*time.Second))
		must(a.t, err)
		must(a.t, called.Answer())
		must(a.t, near.WaitAnswered(within(a.t, 10*time.Second)))
		return values{"serverCallId": incoming.Data.ServerCallID}, func() { called.Tone(440, 5000) }
	default:
		c, phone := a.answered(newPhone(p))
		return values{"connection": c.id}, func() { phone.Tone(440, 5000) }
	}
}

// TestEveryRecordingIsMadeThroughTheSDKs: start, pause, resume, stop, the event,
// download and deletion of each kind of file, in calls of phones, of applications and of
// both, at the same time, in JavaScript and Python.
func TestEveryRecordingIsMadeThroughTheSDKs(t *testing.T) {
	needFFmpeg(t)
	t.Parallel()
	for _, name := range []string{"JavaScript", "Python", "Python with async"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sdks[name]
			s.installed(t)
			far, port := newFarPhone(t)
			p := start(t, setup{trunk: port})
			a := startAgent(p, application{sdk: s})
			subscribeRecordings(p, a)
			going := make([]recordingOf, len(matrix))
			for i, want := range matrix {
				call, speak := a.recordable(want.between, p, far)
				call["content"], call["channel"], call["format"] = want.content, want.channel, want.format
				going[i] = a.record(call)
				going[i].states(1)
				speak()
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
			time.Sleep(2 * time.Second)
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
	said := r.describe(chunk.MetadataLocation)
	if len(said.PauseResumeIntervals) != 1 || said.PauseResumeIntervals[0].Duration < 1000 || // of 2 s of which a busy machine mixes fewer
		said.ChunkDuration != float64(file.RecordingDurationMs) || len(said.Participants) != 2 ||
		bitRate > 0 && said.RecordingInfo.AudioConfiguration.BitRate != bitRate {
		t.Errorf("%s: the metadata is %+v", told, said)
	}
	r.agent.do("deleteRecording", values{"url": chunk.DeleteLocation}, nil)
	if _, err := r.fetch(chunk.ContentLocation, 0, 0); err == nil {
		t.Errorf("%s is there after its deletion", told)
	}
}
