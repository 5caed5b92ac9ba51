package recording

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/switchhook/switchhook/internal/datadir"
)

// A file that no record leads to is put aside: its record may have been damaged, or the
// backup that the records were restored from is older than the file. Nothing of a deletion is
// among them: files are deleted before their record, and their deletion is on the disk then.

const (
	// strayFolder is where they are put, in the folder of the recordings.
	strayFolder = "without-record"
	// emptyFile is the size in bytes of a file without any content: nobody misses it.
	emptyFile = 256
)

// putStraysAside does so with files whose recordings are not known.
func (l *Library) putStraysAside(known map[string]bool) {
	entries, err := os.ReadDir(l.cfg.Dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		const guid = 36 // bytes
		name := entry.Name()
		if len(name) <= guid || name[guid] != '.' || known[name[:guid]] || !entry.Type().IsRegular() {
			continue
		}
		if info, err := entry.Info(); err == nil && info.Size() < emptyFile {
			l.log.Warn("empty file without a recording is removed", "file", name, "error", l.files.Remove(name))
			continue
		}
		l.log.Error("the record of a recording is missing: its file is put aside, and deleted after the time that recordings are kept",
			"file", filepath.Join(l.cfg.Dir, strayFolder, name), "kept", l.cfg.Retention, "error", l.putAside(name))
	}
}

// putAside moves a file. Its age counts from then on.
func (l *Library) putAside(name string) error {
	from, folder := filepath.Join(l.cfg.Dir, name), filepath.Join(l.cfg.Dir, strayFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	now := l.cfg.Clock()
	err := os.Chtimes(from, now, now)
	if err == nil {
		err = os.Rename(from, filepath.Join(folder, name))
	}
	return errors.Join(err, datadir.SyncDir(folder), datadir.SyncDir(l.cfg.Dir))
}

// removeOldStrays deletes what was put aside for as long as recordings are kept.
func (l *Library) removeOldStrays() error {
	if l.cfg.Retention <= 0 || l.cfg.Doubts.Doubtful() {
		return nil
	}
	folder := filepath.Join(l.cfg.Dir, strayFolder)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // mostly there is none
	}
	var failed error
	removed := false
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || l.cfg.Clock().Sub(info.ModTime()) < l.cfg.Retention {
			continue
		}
		err = os.Remove(filepath.Join(folder, entry.Name()))
		failed, removed = errors.Join(failed, err), true
	}
	if removed {
		failed = errors.Join(failed, datadir.SyncDir(folder))
	}
	return failed
}
