package e2e

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

const recordingRate = 16000 // Hz

// subscribeRecordings tells an application of incoming calls and of recordings.
func subscribeRecordings(p *product, a *agent) {
	p.t.Helper()
	p.mustRun("subscribe", "calls", "--endpoint", a.url+"/events", "--included-event-types", "Microsoft.Communication.IncomingCall",
		"--included-event-types", "Microsoft.Communication.RecordingFileStatusUpdated")
}

// recordingOf is a recording that an application has started.
type recordingOf struct {
	*agent
	id       string
	callback string // path
}

// record starts a recording, of what the options say.
func (a *agent) record(options values) recordingOf {
	a.t.Helper()
	var got struct{ RecordingID, RecordingState, RecordingKind string }
	options["callback"] = a.url + "/recordings"
	a.do("startRecording", options, &got)
	if got.RecordingID == "" || got.RecordingKind != "azureCommunicationServices" {
		a.t.Errorf("start recording says %+v", got)
	}
	return recordingOf{a, got.RecordingID, "/recordings"}
}

func (r recordingOf) do(command string) {
	r.t.Helper()
	r.agent.do(command, values{"recording": r.id}, nil)
}

// state is what the API says.
func (r recordingOf) state() string {
	var got struct{ RecordingState string }
	r.agent.do("recordingState", values{"recording": r.id}, &got)
	return got.RecordingState
}

// states waits until the application was told so many states, and returns them.
func (r recordingOf) states(n int) (states []string) {
	r.t.Helper()
	told := func(e event) bool {
		return e.Event == "callback" && e.kind() == "RecordingStateChanged" && e.data().RecordingID == r.id
	}
	eventually(r.t, 30*time.Second, "RecordingStateChanged", func() bool { return len(r.all(told)) >= n })
	for _, e := range r.all(told) {
		states = append(states, e.data().State)
		if e.Path != r.callback || e.Raw[0].Source != "calling/recordings/"+e.data().ServerCallID+"/"+r.id+"/RecordingStateChanged" || e.data().StartDateTime.IsZero() {
			r.t.Errorf("RecordingStateChanged is %+v at %s", e.Raw[0], e.Path)
		}
	}
	return states
}

// file waits until the application is told that the files can be downloaded: after a
// restart Event Grid's first retry comes after 10 s, the second after 30 s more.
func (r recordingOf) file() data {
	r.t.Helper()
	found := r.waitFor(time.Minute, "RecordingFileStatusUpdated", func(e event) bool {
		return e.kind() == "RecordingFileStatusUpdated" && strings.HasSuffix(e.Raw[0].Subject, "/recordingId/"+r.id)
	})
	return found.data()
}

// fetch downloads, as the SDK does.
func (a *agent) fetch(location string, offset, length int) ([]byte, error) {
	arguments := values{"url": location}
	if length > 0 {
		arguments["offset"], arguments["length"] = offset, length
	}
	var got struct{ Content string }
	if err := a.try("downloadRecording", arguments, &got); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(got.Content)
}

// channelsOf reads a WAV file of 16 kHz and 16 bits.
func channelsOf(t testing.TB, wav []byte) [][]int16 {
	t.Helper()
	if len(wav) < 44 || string(wav[:4]) != "RIFF" || string(wav[36:40]) != "data" || int(wav[40])|int(wav[41])<<8|int(wav[42])<<16 != len(wav)-44 {
		t.Fatalf("%d bytes are no WAV file", len(wav))
	}
	channels := make([][]int16, wav[22])
	for at, b := 0, wav[44:]; len(b) > 1; at, b = at+1, b[2:] {
		channels[at%len(channels)] = append(channels[at%len(channels)], int16(uint16(b[0])|uint16(b[1])<<8))
	}
	return channels
}

// hasTone asks whether a tone is in a channel for so long in all: phones on a busy machine
// leave gaps.
func hasTone(t testing.TB, channel []int16, pitch float64, atLeast time.Duration, want bool) {
	t.Helper()
	if heard := audiotest.ToneTime(channel, recordingRate, pitch); heard >= atLeast != want {
		t.Errorf("%v of %v Hz in the recording, at least %v: %t; it holds %s", heard, pitch, atLeast, want, audiotest.Describe(channel, recordingRate))
	}
}

// said returns when a phone has said a tone, and everybody has heard it: on a busy
// machine that takes longer than the tone.
func said(t *testing.T, call *siptest.Call, pitch float64, milliseconds int) {
	t.Helper()
	call.Tone(pitch, milliseconds)
	eventually(t, 30*time.Second, "the end of a tone", call.Silent)
	time.Sleep(500 * time.Millisecond) // more than any buffer holds
}

// description is what the metadata says.
type description struct {
	ResourceID, CallID, ChunkDocumentID string
	ChunkStartTime                      time.Time
	ChunkDuration                       float64
	PauseResumeIntervals                []struct {
		StartTime time.Time
		Duration  float64
	}
	RecordingInfo struct {
		ContentType, ChannelType, Format string
		AudioConfiguration               struct{ SampleRate, BitRate, Channels int }
	}
	Participants []struct {
		ParticipantID string
		Channel       *int
	}
}

// describe downloads metadata.
func (a *agent) describe(location string) (said description) {
	a.t.Helper()
	text, err := a.fetch(location, 0, 0)
	must(a.t, err)
	must(a.t, json.Unmarshal(text, &said))
	return said
}

// channels are those of the participants who have one.
func (d description) channels() map[string]int {
	places := map[string]int{}
	for _, p := range d.Participants {
		if p.Channel != nil {
			places[p.ParticipantID] = *p.Channel
		}
	}
	return places
}

// TestCallIsRecorded: by its serverCallId, with a pause and a prompt; the file is
// downloaded whole and in parts, described, and deleted.
func TestCallIsRecorded(t *testing.T) {
	p := start(t, setup{})
	a := startAgent(p, application{})
	subscribeRecordings(p, a)
	c, call := a.answered(newPhone(p))
	server := c.got("CallConnected").ServerCallID
	r := a.record(values{"serverCallId": server, "content": "audio", "channel": "mixed", "format": "wav"})
	err := a.try("startRecording", values{"serverCallId": server, "content": "audio", "channel": "mixed", "format": "wav"}, nil)
	if err == nil || !strings.Contains(err.Error(), "400 8559") {
		t.Errorf("a second recording: %v", err)
	}
	r.states(1)
	if state := r.state(); state != "active" {
		t.Errorf("it is %s", state)
	}
	said(t, call, 440, 2000)
	r.do("pauseRecording")
	if state := r.state(); state != "inactive" {
		t.Errorf("while it is paused it is %s", state)
	}
	said(t, call, 700, 1500)
	r.do("resumeRecording")
	c.do("playToAll", values{"urls": []string{a.saveTone("prompt.wav", promptLength)}, "operationContext": "prompt"}, nil)
	c.gotFor("prompt", "PlayCompleted")
	r.do("stopRecording")
	file := r.file()
	if states := r.states(4); !slices.Equal(states, []string{"active", "inactive", "active", "inactive"}) {
		t.Errorf("the application was told %v", states)
	}
	if err := a.try("recordingState", values{"recording": r.id}, nil); err == nil || !strings.Contains(err.Error(), "404 8522: Recording not found.") {
		t.Errorf("its state afterwards: %v", err)
	}
	wasDescribed(t, a, file)
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// wasDescribed asks that what was told of TestCallIsRecorded's file is so, and deletes it.
func wasDescribed(t *testing.T, a *agent, file data) {
	t.Helper()
	if file.RecordingContentType != "Audio" || file.RecordingChannelType != "Mixed" || file.RecordingFormatType != "Wav" || file.SessionEndReason != "InitiatorLeft" || len(file.RecordingStorageInfo.RecordingChunks) != 1 {
		t.Fatalf("RecordingFileStatusUpdated is %+v", file)
	}
	chunk := file.RecordingStorageInfo.RecordingChunks[0]
	if at, err := url.Parse(chunk.ContentLocation); err != nil || at.Hostname() != "storage.asm.skype.com" || chunk.EndReason != "SessionEnded" {
		t.Errorf("the chunk is %+v", chunk)
	}
	wav, err := a.fetch(chunk.ContentLocation, 0, 0)
	must(t, err)
	channels := channelsOf(t, wav)
	if lasts := len(channels[0]) / (recordingRate / 1000); len(channels) != 1 || int(file.RecordingDurationMs) != lasts {
		t.Errorf("%d channels of %d ms, and the event says %d ms", len(channels), lasts, file.RecordingDurationMs)
	}
	hasTone(t, channels[0], 440, 1200*time.Millisecond, true) // of 2 s: a busy machine leaves gaps
	hasTone(t, channels[0], 700, 100*time.Millisecond, false)
	hasTone(t, channels[0], promptPitch, promptLength-200*time.Millisecond, true)
	part, err := a.fetch(chunk.ContentLocation, 1000, 5000)
	must(t, err)
	if !slices.Equal(part, wav[1000:6000]) {
		t.Errorf("a part of it is other %d bytes", len(part))
	}

	said := a.describe(chunk.MetadataLocation)
	if said.ResourceID != a.resource() || said.ChunkDocumentID != chunk.DocumentID || said.ChunkDuration != float64(file.RecordingDurationMs) ||
		said.RecordingInfo.AudioConfiguration.SampleRate != recordingRate || said.RecordingInfo.AudioConfiguration.BitRate != 256000 || len(said.Participants) != 2 {
		t.Errorf("the metadata is %+v", said)
	}
	if len(said.PauseResumeIntervals) != 1 || said.PauseResumeIntervals[0].Duration < 1000 { // of 2 s, of which a busy machine mixes fewer
		t.Errorf("the pauses are %v", said.PauseResumeIntervals)
	}
	a.do("deleteRecording", values{"url": chunk.DeleteLocation}, nil)
	for _, location := range []string{chunk.ContentLocation, chunk.MetadataLocation} {
		if _, err := a.fetch(location, 0, 0); err == nil {
			t.Error("it is there after its deletion")
		}
	}
}

// TestChannelsOfARecordingAreThoseOfItsSpeakers: two phones and a prompt.
func TestChannelsOfARecordingAreThoseOfItsSpeakers(t *testing.T) {
	t.Parallel()
	far, port := newFarPhone(t)
	p := start(t, setup{trunk: port})
	a := startAgent(p, application{})
	subscribeRecordings(p, a)
	c, near := a.answered(newPhone(p))
	c.do("add", values{"target": "4:" + farNumber, "callerNumber": ourNumber}, nil)
	called, err := far.Next(within(t, 10*time.Second))
	must(t, err)
	must(t, called.Answer())
	c.got("AddParticipantSucceeded")
	r := a.record(values{"connection": c.id, "channel": "unmixed", "affinity": []values{{"channel": 1, "participant": caller}}})
	r.states(1)
	said(t, called, 700, 1500)
	said(t, near, 440, 1500)
	c.do("play", values{"urls": []string{a.saveTone("prompt.wav", promptLength)}, "targets": []string{caller}, "operationContext": "prompt"}, nil)
	c.gotFor("prompt", "PlayCompleted")
	c.do("hangUp", values{"forEveryone": true}, nil)
	c.ended()
	file := r.file()
	if states := r.states(2); states[1] != "inactive" || file.SessionEndReason != "CallEnded" || file.RecordingChannelType != "Unmixed" {
		t.Errorf("it ended with %v and %+v", states, file)
	}
	chunk := file.RecordingStorageInfo.RecordingChunks[0]
	wav, err := a.fetch(chunk.ContentLocation, 0, 0)
	must(t, err)
	channels := channelsOf(t, wav)
	if len(channels) != 3 {
		t.Fatalf("%d channels", len(channels))
	}
	for channel, pitch := range []float64{700, 440, promptPitch} {
		for _, other := range []float64{700, 440, promptPitch} {
			atLeast := 100 * time.Millisecond
			if other == pitch {
				atLeast = 700 * time.Millisecond // of 1.5 s: a busy machine leaves gaps
			}
			hasTone(t, channels[channel], other, atLeast, other == pitch)
		}
	}
	said := a.describe(chunk.MetadataLocation)
	places := said.channels()
	if len(places) != 3 || places["4:"+farNumber] != 0 || places[caller] != 1 {
		t.Errorf("the channels are of %v", places)
	}
	if shown := p.mustRun("recordings", "show", r.id); !strings.Contains(shown, `"4:`+farNumber+`": 0`) {
		t.Errorf("it is shown as %s", shown)
	}
}

// TestRecordingSurvivesAKill: what was heard before can be downloaded after the next
// start, and the application is told.
func TestRecordingSurvivesAKill(t *testing.T) {
	t.Parallel()
	before := start(t, setup{})
	old := startAgent(before, application{port: freePort(t)})
	subscribeRecordings(before, old)
	c, call := old.answered(newPhone(before))
	r := old.record(values{"connection": c.id, "format": "wav"})
	r.states(1)
	call.Tone(440, 4000)
	time.Sleep(3 * time.Second)
	old.stop()
	before.kill()

	after := start(t, setup{data: before.data})
	app := startAgent(after, application{port: old.port()})
	r.agent = app
	file := r.file()
	if states := r.states(1); states[len(states)-1] != "inactive" || file.SessionEndReason != "ServiceStopped" {
		t.Errorf("it was told %v and %+v", states, file)
	}
	if file.RecordingDurationMs < 2000 {
		t.Errorf("%d ms of 3 s are left", file.RecordingDurationMs)
	}
	wav, err := app.fetch(file.RecordingStorageInfo.RecordingChunks[0].ContentLocation, 0, 0)
	must(t, err)
	hasTone(t, channelsOf(t, wav)[0], 440, time.Second, true)
	app.connection(c.id).waitEnd()
}
