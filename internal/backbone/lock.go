package backbone

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// errLocked is what tryLock returns when another process holds the lock.
var errLocked = errors.New("locked")

// dirLock is a file lock that reserves a directory for one process. The operating
// system releases it when the process ends, however it ends.
type dirLock struct{ file *os.File }

// lockDir takes the lock of a directory and writes the process id into it, for the
// message that a second process shows.
func lockDir(dir string) (*dirLock, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock file of the backbone: %w", err)
	}
	if err := tryLock(file); err != nil {
		holder := holderOf(file)
		file.Close()
		if errors.Is(err, errLocked) {
			return nil, fmt.Errorf("%s is in use by another switchhook (%s); stop it, or choose another data directory", dir, holder)
		}
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	if err := file.Truncate(0); err == nil {
		_, err = file.WriteAt([]byte(fmt.Sprintf("%d\n", os.Getpid())), 0)
		if err != nil {
			file.Close()
			return nil, fmt.Errorf("write the lock file of the backbone: %w", err)
		}
	}
	return &dirLock{file: file}, nil
}

// holderOf names the process that wrote the lock file.
func holderOf(file *os.File) string {
	text, _ := io.ReadAll(io.LimitReader(file, 32))
	if pid := strings.TrimSpace(string(text)); pid != "" {
		return "process " + pid
	}
	return "process unknown"
}

func (l *dirLock) release() {
	if l != nil {
		l.file.Close() // closing releases the lock; removing the file would race with the next holder
	}
}
