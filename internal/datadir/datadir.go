// Package datadir holds the directory of everything that must survive a
// restart. One process owns the directory at a time, by an advisory lock. Files
// are replaced as a whole and synced, so that a crash leaves the old content or
// the new.
package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// The files of the data directory that scripts and commands read.
const (
	ConnectionStringFile = "connection-string" // as Azure writes it, with the primary key
	AuthorityFile        = "ca.pem"            // the certificate that clients have to trust
	PIDFile              = "switchhook.pid"
	AddressesFile        = "addresses.json"
	JournalFolder        = "journal" // of events that wait

	lockFile = "switchhook.lock"
)

// LeastFree is how many bytes its disk must have free for anything to be stored.
const LeastFree = 1 << 20

// Dir is a data directory that this process has locked.
type Dir struct {
	name string // absolute path
	lock *os.File
}

// Default is the data directory in the user's state directory
// (XDG Base Directory Specification).
func Default() (string, error) {
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "switchhook"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the default data directory: %w; set one with --data", err)
	}
	return filepath.Join(home, ".local", "state", "switchhook"), nil
}

// Open creates the directory if it does not exist, private to the user, and
// locks it until Close. A second server on it gets an InUseError with the
// process id of the first.
func Open(dir string) (*Dir, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create the data directory: %w; choose another one with --data", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock of the data directory: %w; choose another directory with --data", err)
	}
	if err := lockSoon(lock); err != nil {
		lock.Close()
		if errors.Is(err, errLocked) {
			return nil, &InUseError{Dir: dir, PID: readPID(dir)}
		}
		return nil, fmt.Errorf("lock the data directory %s: %w", dir, err)
	}
	d := &Dir{dir, lock}
	if err := d.begin(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// begin removes the files that a killed process left.
func (d *Dir) begin() error {
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

// Close unlocks the directory.
func (d *Dir) Close() error {
	err := errors.Join(d.remove(AddressesFile), d.remove(PIDFile))
	// Closing drops the lock. Its file stays: removing it would race with the next holder.
	return errors.Join(err, d.lock.Close())
}

// Name is the absolute path of the directory.
func (d *Dir) Name() string { return d.name }

// Path is where a file of the directory lies.
func (d *Dir) Path(name string) string { return filepath.Join(d.name, name) }

// LoadFile reads a file; one that is missing is fs.ErrNotExist.
func (d *Dir) LoadFile(name string) ([]byte, error) { return os.ReadFile(d.Path(name)) }

// SaveFile writes a file as a whole, readable by its owner alone: after a
// crash there is the old content or the new.
func (d *Dir) SaveFile(name string, data []byte) error {
	return WriteFile(d.Path(name), data, 0o600)
}

func (d *Dir) remove(name string) error {
	if err := os.Remove(d.Path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
