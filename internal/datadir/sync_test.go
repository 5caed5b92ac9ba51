package datadir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestSyncOfAClosedFileSaysSo: who syncs beside the one who closes takes it for synced.
func TestSyncOfAClosedFileSaysSo(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	if err := SyncData(file); err != nil {
		t.Errorf("an open file: %v", err)
	}
	file.Close()
	if err := SyncData(file); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("a closed file: %v", err)
	}
}
