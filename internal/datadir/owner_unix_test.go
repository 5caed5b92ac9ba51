//go:build unix

package datadir

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestFilesOfRootBelongToTheOwnerOfTheDirectory: the server has a user of its own, and commands may be run
// with sudo. Whoever is not root makes files of their own.
func TestFilesOfRootBelongToTheOwnerOfTheDirectory(t *testing.T) {
	dir, owner := t.TempDir(), os.Geteuid()
	if owner == 0 {
		owner = 12345
		if err := os.Chown(dir, owner, owner); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(dir, "resource.json")
	for range 2 { // it is made, then replaced
		if err := WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Sys().(*syscall.Stat_t).Uid; int(got) != owner || info.Mode() != 0o600 {
			t.Errorf("the file belongs to %d, want %d; its mode is %v", got, owner, info.Mode())
		}
	}
}
