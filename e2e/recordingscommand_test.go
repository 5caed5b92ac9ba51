package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRecordingsAreManaged by the command line: listed, downloaded, verified, held
// and deleted.
func TestRecordingsAreManaged(t *testing.T) {
	t.Parallel()
	p := start(t, setup{config: "recording: {retention: 48h}"})
	a := startAgent(p, application{})
	subscribeRecordings(p, a)
	c, call := a.answered(newPhone(p))
	r := a.record(values{"connection": c.id, "format": "wav"})
	r.states(1)
	if listed := p.mustRun("recordings", "list", "recording"); !strings.Contains(listed, "audio mixed wav") {
		t.Errorf("while it goes on:\n%s", listed)
	}
	said(t, call, 440, 1000)
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
	chunk := r.file().RecordingStorageInfo.RecordingChunks[0]

	var shown struct {
		ID, State, EndReason string
		Began, Expires       time.Time
		Participants         []string
		Documents            []struct{ Name, SHA256 string }
	}
	eventually(t, 10*time.Second, "the end of the recording", func() bool {
		must(t, json.Unmarshal([]byte(p.mustRun("recordings", "show", r.id)), &shown))
		return shown.State == "announced"
	})
	if shown.EndReason != "CallEnded" || len(shown.Documents) != 1 || len(shown.Participants) != 2 || shown.Expires.Sub(shown.Began).Round(time.Hour) != 48*time.Hour {
		t.Errorf("it is shown as %+v", shown)
	}
	if listed := p.mustRun("recordings", caller[len("4:"):]); !strings.Contains(listed, shown.ID) || !strings.Contains(listed, "until ") {
		t.Errorf("by its caller:\n%s", listed)
	}
	if listed := p.mustRun("recordings", "+1999"); strings.Contains(listed, shown.ID) {
		t.Errorf("by somebody else:\n%s", listed)
	}
	dir := t.TempDir()
	p.mustRun("recordings", "download", shown.ID, "--to", dir)
	wav, err := os.ReadFile(filepath.Join(dir, chunk.DocumentID+".wav"))
	must(t, err)
	hasTone(t, channelsOf(t, wav)[0], 440, 800*time.Millisecond, true)
	if _, err := os.Stat(filepath.Join(dir, chunk.DocumentID+".json")); err != nil {
		t.Error(err)
	}
	if said := p.mustRun("recordings", "verify", r.id); !strings.Contains(said, "intact  sha256 "+shown.Documents[0].SHA256) {
		t.Errorf("it is verified: %s", said)
	}
	p.mustRun("recordings", "hold", shown.ID)
	if err := a.try("deleteRecording", values{"url": chunk.DeleteLocation}, nil); err == nil {
		t.Error("a held recording is deleted")
	}
	p.mustRun("recordings", "release", shown.ID)
	if said := p.mustRun("recordings", "keep", shown.ID, "720h"); !strings.Contains(said, "until ") {
		t.Errorf("it is kept: %s", said)
	}
	p.mustRun("recordings", "delete", shown.ID)
	if _, err := a.fetch(chunk.ContentLocation, 0, 0); err == nil {
		t.Error("it is there after its deletion")
	}
	trail := p.file("recordings-access.jsonl")
	for _, operation := range []string{"hold", "release", "keep"} {
		if !strings.Contains(trail, `"action":"keep","operation":"`+operation+`"`) {
			t.Errorf("%s is not in the trail:\n%s", operation, trail)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(p.data, "recordings", "*")); len(left) != 0 {
		t.Errorf("on disk are %v", left)
	}
}
