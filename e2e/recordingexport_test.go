package e2e

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/storage/azuritetest"
)

// TestRecordingGoesToAContainer of the application's own: the event says where, and
// the file is as it was recorded.
func TestRecordingGoesToAContainer(t *testing.T) {
	t.Parallel()
	emulator := azuritetest.Start(t)
	account, err := storage.ParseAccount(emulator)
	must(t, err)
	azuritetest.MakeContainer(t, account.BlobEndpoint, "kept")
	p := start(t, setup{config: "events: {storage-accounts: ['" + emulator + "']}\nrecording: {permissions: [{by: primary, may: [start, download]}]}"})
	a := startAgent(p, application{})
	subscribeRecordings(p, a)
	c, call := a.answered(newPhone(p))
	want := values{"connection": c.id, "format": "wav", "container": "https://unknown.blob.core.windows.net/kept"}
	if err := a.try("startRecording", want, nil); err == nil || !strings.Contains(err.Error(), "400 8523") {
		t.Errorf("a container without credentials: %v", err)
	}
	r := a.record(values{"connection": c.id, "format": "wav", "container": account.BlobEndpoint + "/kept"})
	r.states(1)
	said(t, call, 440, 1500)
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
	file := r.file()
	chunk := file.RecordingStorageInfo.RecordingChunks[0]
	if file.StorageType != "AzureBlob" || !strings.HasPrefix(chunk.ContentLocation, account.BlobEndpoint+"/kept/") || !strings.HasSuffix(chunk.MetadataLocation, ".json") {
		t.Fatalf("the event says %+v", file)
	}
	container, err := storage.NewBlobs(account, "kept", nil)
	must(t, err)
	name := strings.TrimPrefix(chunk.ContentLocation, account.BlobEndpoint+"/kept/")
	if parts := strings.Split(name, "/"); len(parts) != 4 || !strings.HasPrefix(parts[2], r.id[:8]+"-") || parts[3] != "0-audiowav."+chunk.DocumentID+".wav" {
		t.Errorf("it is called %s", name)
	}
	blob, err := container.Get(t.Context(), name, 0, -1)
	must(t, err)
	defer blob.Close()
	wav, err := io.ReadAll(blob)
	must(t, err)
	hasTone(t, channelsOf(t, wav)[0], 440, 800*time.Millisecond, true)
	if shown := p.mustRun("recordings", "show", r.id); !strings.Contains(shown, `"destination": "`+account.BlobEndpoint+`/kept"`) {
		t.Errorf("it is shown as %s", shown)
	}
	if err := a.try("deleteRecording", values{"url": chunk.DeleteLocation}, nil); err == nil {
		t.Errorf("its deletion without permission: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(p.data, "recordings", "*.pcm")); len(left) != 1 {
		t.Errorf("here are %v", left)
	}
}
