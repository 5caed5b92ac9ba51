package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// needFFmpeg skips a test where it is missing, though not in CI.
func needFFmpeg(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("ffmpeg is not installed")
	}
}

// decoded is the sound of a file of any format.
func decoded(t *testing.T, file []byte) (samples []int16) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "recording")
	must(t, os.WriteFile(name, file, 0o600))
	pcm, err := exec.Command("ffmpeg", "-v", "error", "-i", name, "-f", "s16le", "-ac", "1", "-ar", "16000", "-").Output()
	must(t, err)
	for ; len(pcm) > 1; pcm = pcm[2:] {
		samples = append(samples, int16(uint16(pcm[0])|uint16(pcm[1])<<8))
	}
	return samples
}

// TestRecordingIsEncodedAndEncrypted: the defaults of the SDK are mp4; an mp3 is
// downloaded, while nothing of either can be read on disk.
func TestRecordingIsEncodedAndEncrypted(t *testing.T) {
	t.Parallel()
	needFFmpeg(t)
	key := filepath.Join(t.TempDir(), "key")
	must(t, os.WriteFile(key, []byte(strings.Repeat("ab", 32)), 0o600))
	p := start(t, setup{config: "recording: {keys: [{id: first, file: " + key + "}]}"})
	a := startAgent(p, application{})
	subscribeRecordings(p, a)
	for _, test := range []struct {
		options values
		kind    string
		magic   string
		at      int
	}{
		{values{"format": "mp3"}, "Audio Mp3", "ID3", 0},
		{values{}, "AudioVideo Mp4", "ftyp", 4},
	} {
		c, call := a.answered(newPhone(p))
		test.options["connection"] = c.id
		r := a.record(test.options)
		r.states(1)
		said(t, call, 440, 1500)
		r.do("stopRecording")
		file := r.file()
		if kind := file.RecordingContentType + " " + file.RecordingFormatType; kind != test.kind {
			t.Errorf("the event says %s, want %s", kind, test.kind)
		}
		chunk := file.RecordingStorageInfo.RecordingChunks[0]
		content, err := a.fetch(chunk.ContentLocation, 0, 0)
		must(t, err)
		if !strings.HasPrefix(string(content[test.at:]), test.magic) {
			t.Errorf("%s begins with %q", test.kind, content[:16])
		}
		hasTone(t, decoded(t, content), 440, 800*time.Millisecond, true)
		text, err := a.fetch(chunk.MetadataLocation, 0, 0)
		must(t, err)
		var said struct{ SHA256 string }
		must(t, json.Unmarshal(text, &said))
		if sum := sha256.Sum256(content); said.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("the metadata says sha256 %q", said.SHA256)
		}
		must(t, call.Hangup(within(t, 5*time.Second)))
		c.ended()
	}
	files, err := filepath.Glob(filepath.Join(p.data, "recordings", "*"))
	must(t, err)
	if len(files) != 2 {
		t.Errorf("on disk are %v", files)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		must(t, err)
		if !bytes.Contains(raw[:96], []byte("first")) || bytes.Contains(raw, []byte("ftyp")) || bytes.Contains(raw, []byte("Lavf")) {
			t.Errorf("%s can be read", name)
		}
	}
	trail, err := os.ReadFile(filepath.Join(p.data, "recordings-access.jsonl"))
	must(t, err)
	for what, want := range map[string]int{`"operation":"start"`: 2, `"operation":"stop"`: 2, `"action":"download"`: 4} {
		if n := bytes.Count(trail, []byte(what)); n != want {
			t.Errorf("the trail has %d of %s, want %d:\n%s", n, what, want, trail)
		}
	}
}
