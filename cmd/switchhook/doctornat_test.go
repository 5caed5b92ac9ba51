package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDoctorLooksForTrunksOutside asks that trunks of the own network are passed over.
func TestDoctorLooksForTrunksOutside(t *testing.T) {
	dir := t.TempDir()
	for trunks, want := range map[string]bool{
		"trunks:\n  - {name: inside, host: 10.1.2.3}\n  - {name: carrier, host: 198.51.100.7}\n": true,
		"trunks:\n  - {name: inside, host: 10.1.2.3}\n":                                          false,
	} {
		file := filepath.Join(dir, "switchhook.yaml")
		if err := os.WriteFile(file, []byte(trunks), 0o600); err != nil {
			t.Fatal(err)
		}
		args := append([]string{"doctor", "--config", file}, freeListenerFlags...)
		got := command(t, filepath.Join(dir, "data"), "", args...)
		if got.code != 0 || strings.Contains(got.out, "trunk carrier at 198.51.100.7") != want {
			t.Errorf("with %q: %+v", trunks, got)
		}
	}
}
