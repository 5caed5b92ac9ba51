//go:build unix

package datadir

import (
	"os"
	"syscall"
)

// giveToOwner gives a file that root makes to the owner of its directory: who runs a command
// with sudo must not leave a file that the server, which has a user of its own, cannot read.
func giveToOwner(file *os.File, dir string) {
	if os.Geteuid() != 0 {
		return
	}
	info, err := os.Stat(dir)
	if err != nil {
		return
	}
	if owner, known := info.Sys().(*syscall.Stat_t); known && owner.Uid != 0 {
		_ = file.Chown(int(owner.Uid), int(owner.Gid)) // where that is not possible, the file is root's
	}
}
