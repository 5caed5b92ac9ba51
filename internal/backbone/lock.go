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

// dirLock keeps a directory for one process. The system drops it when the
// process dies, however it dies.
type dirLock struct{ file *os.File }

// lockDir takes the directory's lock, and leaves the process id in it for
// whoever comes second.
func lockDir(dir string) (*dirLock, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the backbone's lock: %w", err)
	}
	if err := tryLock(file); err != nil {
		holder := holderOf(file)
		file.Close()
		if errors.Is(err, errLocked) {
			return nil, fmt.Errorf("%s is in use by another switchhook (%s); stop it, or take another data directory", dir, holder)
		}
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	if err := file.Truncate(0); err == nil {
		_, err = file.WriteAt([]byte(fmt.Sprintf("%d\n", os.Getpid())), 0)
		if err != nil {
			file.Close()
			return nil, fmt.Errorf("write the backbone's lock: %w", err)
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
		l.file.Close() // closing drops the lock; the file stays, removing it would race with the next holder
	}
}
