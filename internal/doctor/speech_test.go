package doctor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/config"
)

// TestDoctorNamesPocketsphinx: for each interpreter that providers name, once.
func TestDoctorNamesPocketsphinx(t *testing.T) {
	interpreter := func(name, exit string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\nexit "+exit+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	with, without := interpreter("with", "0"), interpreter("without", "1")
	cfg := config.Config{Speech: config.Speech{Providers: []config.SpeechProvider{
		{Kind: "pocketsphinx", Python: with}, {Kind: "espeak-ng"}, {Kind: "pocketsphinx", Python: without}, {Kind: "pocketsphinx", Python: with},
	}}}
	found := Speech(t.Context(), cfg)
	if len(found) != 2 || found[0].State != OK || !strings.HasSuffix(found[0].What, "in "+with) {
		t.Fatalf("found %v", found)
	}
	if found[1].State != Note || found[1].Remedy != without+" -m pip install pocketsphinx" {
		t.Errorf("found %v", found[1])
	}
	if usual := Speech(t.Context(), config.Config{}); len(usual) != 1 || !strings.Contains(usual[0].String(), "pocketsphinx") {
		t.Errorf("without providers: %v", usual)
	}
}

// TestMissingDirectoryOfTemporaryFilesIsNoticed, as in a container that may write to its volume alone.
func TestMissingDirectoryOfTemporaryFilesIsNoticed(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	found := Speech(t.Context(), config.Config{})
	if last := found[len(found)-1]; last.State != Note || !strings.Contains(last.String(), "TMPDIR") {
		t.Errorf("found %v", found)
	}
}
