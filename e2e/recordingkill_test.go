package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRecordingSurvivesKillsAfterItsEnd: while it is finished, exported and deleted.
func TestRecordingSurvivesKillsAfterItsEnd(t *testing.T) {
	needFFmpeg(t)
	t.Parallel()
	exports := t.TempDir()
	blocked := filepath.Join(exports, "kept")
	must(t, os.WriteFile(blocked, nil, 0o600)) // where a folder is to be
	config := "recording: {export-folder: '" + exports + "', delete-exported: true}"
	copies := func() (list []string) {
		_ = filepath.WalkDir(blocked, func(path string, entry os.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() && !strings.HasPrefix(entry.Name(), ".") {
				list = append(list, path)
			}
			return nil
		})
		return list
	}

	p := start(t, setup{config: config})
	a := startAgent(p, application{})
	subscribeRecordings(p, a)
	c, call := a.answered(newPhone(p))
	r := a.record(values{"connection": c.id, "format": "mp3", "container": "folder:///kept"})
	r.states(1)
	said(t, call, 440, 2000)
	r.do("stopRecording")
	again := func() {
		a.stop()
		p.kill()
		p = start(t, setup{data: p.data, config: config})
		a = startAgent(p, application{port: a.port()})
		r.agent = a
	}
	again() // while it is encoded

	eventually(t, 30*time.Second, "an export that waits", func() bool { return p.metric("switchhook_recordings_unexported") == 1 })
	must(t, os.Remove(blocked))
	again() // while it is exported

	file := r.file()
	if file.StorageType != "Folder" || file.RecordingFormatType != "Mp3" || file.SessionEndReason != "InitiatorLeft" || file.RecordingDurationMs < 1000 || len(copies()) != 2 {
		t.Fatalf("the event says %+v; there are %v", file, copies())
	}
	for _, name := range copies() {
		if content, err := os.ReadFile(name); err != nil {
			t.Error(err)
		} else if strings.HasSuffix(name, ".mp3") {
			hasTone(t, decoded(t, content), 440, 800*time.Millisecond, true)
		}
	}

	chunk := file.RecordingStorageInfo.RecordingChunks[0]
	a.do("deleteRecording", values{"url": chunk.DeleteLocation}, nil)
	again() // while it is deleted
	eventually(t, 30*time.Second, "the end of the copies", func() bool { return len(copies()) == 0 })
	if left, err := filepath.Glob(filepath.Join(p.data, "recordings", "*")); err != nil || len(left) > 0 {
		t.Errorf("here %v are left, %v", left, err)
	}
}
