package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The files of the data directory that scripts and commands read.
const (
	ConnectionStringFile = "connection-string" // as Azure writes it, with the primary key
	AuthorityFile        = "ca.pem"            // the certificate that clients have to trust
	PIDFile              = "switchhook.pid"
	AddressesFile        = "addresses.json"

	lockFile     = "switchhook.lock"
	resourceFile = "resource.json"
)

// Data is the directory of all that must survive, held for this process alone.
type Data struct {
	dir  string
	lock *os.File
}

// DefaultDataDir is the data directory in the user's state directory
// (XDG Base Directory Specification).
func DefaultDataDir() (string, error) {
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "switchhook"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the default data directory: %w; name one with --data", err)
	}
	return filepath.Join(home, ".local", "state", "switchhook"), nil
}

// OpenData makes the directory if there is none, private to the user, and
// holds it until Close: a second server on it is refused with the first one's
// process id.
func OpenData(dir string) (*Data, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w; name another with --data", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w; name another with --data", err)
	}
	if err := lockSoon(lock); err != nil {
		lock.Close()
		if errors.Is(err, errLocked) {
			return nil, &InUseError{Dir: dir, PID: readPID(dir)}
		}
		return nil, fmt.Errorf("lock the data directory %s: %w", dir, err)
	}
	d := &Data{dir, lock}
	if err := d.begin(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// lockSoon waits for a command that holds the directory for a moment, as
// Running does; a server holds it for longer than we wait.
func lockSoon(lock *os.File) error {
	err := tryLock(lock)
	for tries := 0; tries < 10 && errors.Is(err, errLocked); tries++ {
		time.Sleep(10 * time.Millisecond)
		err = tryLock(lock)
	}
	return err
}

// InUseError says that another process holds a data directory.
type InUseError struct {
	Dir string
	PID int // 0 where it did not say
}

// Error names the process and the ways out.
func (e *InUseError) Error() string {
	who := "another switchhook"
	if e.PID != 0 {
		who = fmt.Sprintf("switchhook with process id %d", e.PID)
	}
	return fmt.Sprintf("the data directory %s is in use by %s: stop that one, or name another directory with --data", e.Dir, who)
}

// begin clears away what a killed predecessor left.
func (d *Data) begin() error {
	for _, name := range []string{AddressesFile, PIDFile} {
		if err := d.remove(name); err != nil {
			return err
		}
	}
	left, _ := filepath.Glob(d.Path(tempPattern)) // the pattern is sound
	for _, name := range left {
		os.Remove(name) // only a file half written; another start tries again
	}
	return d.SaveFile(PIDFile, fmt.Appendln(nil, os.Getpid()))
}

// Close lets another process have the directory.
func (d *Data) Close() error {
	err := errors.Join(d.remove(AddressesFile), d.remove(PIDFile))
	// Closing drops the lock. Its file stays: removing it would race with the next holder.
	return errors.Join(err, d.lock.Close())
}

// Dir is the directory's absolute path.
func (d *Data) Dir() string { return d.dir }

// Path is where a file of the directory lies.
func (d *Data) Path(name string) string { return filepath.Join(d.dir, name) }

// LoadFile reads a file; one that is missing is fs.ErrNotExist.
func (d *Data) LoadFile(name string) ([]byte, error) { return os.ReadFile(d.Path(name)) }

// SaveFile writes a file as a whole, readable by its owner alone: after a
// crash there is the old content or the new.
func (d *Data) SaveFile(name string, data []byte) error {
	return WriteFile(d.Path(name), data, 0o600)
}

func (d *Data) remove(name string) error {
	if err := os.Remove(d.Path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// Running reports whether a server holds the directory, and its process id
// where that is known.
func Running(dir string) (pid int, running bool, err error) {
	lock, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("data directory: %w", err)
	}
	defer lock.Close()
	switch err := tryLock(lock); {
	case errors.Is(err, errLocked):
		return readPID(dir), true, nil
	case err != nil:
		return 0, false, fmt.Errorf("lock the data directory %s: %w", dir, err)
	}
	return 0, false, nil
}

// readPID returns the process id that a server left, or 0.
func readPID(dir string) int {
	text, err := os.ReadFile(filepath.Join(dir, PIDFile))
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid
}
