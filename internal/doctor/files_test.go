package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/config"
)

// TestFilesThatAreOpenedLaterAreLookedAt: a server that would not start, or could not export, is told of
// before.
func TestFilesThatAreOpenedLaterAreLookedAt(t *testing.T) {
	dir := t.TempDir()
	text, none := filepath.Join(dir, "text.wav"), filepath.Join(dir, "none")
	if err := os.WriteFile(text, []byte("no sound"), 0o600); err != nil {
		t.Fatal(err)
	}
	var cfg config.Config
	if list := Files(cfg); len(list) > 0 {
		t.Errorf("without any: %v", list)
	}
	cfg.HoldMusic.File, cfg.Recording.Announcement.File, cfg.Recording.ExportFolder = none, text, none
	list := Files(cfg)
	if len(list) != 3 {
		t.Fatalf("got %v", list)
	}
	for i, key := range []string{"media.hold-music", "recording.announcement", "recording.export-folder"} {
		if list[i].State != Fail || !strings.HasPrefix(list[i].What, key+" ") || list[i].Remedy == "" {
			t.Errorf("%s: %v", key, list[i])
		}
	}
	cfg.HoldMusic.File, cfg.Recording.Announcement.File, cfg.Recording.ExportFolder = "", "../../web/console/src/welcome.wav", dir
	for _, f := range Files(cfg) {
		if f.State != OK {
			t.Errorf("got %v", f)
		}
	}
}
