package recording

import (
	"errors"
	"io/fs"
	"time"
)

const (
	// syncEvery is how much sound a loss of power may take.
	syncEvery = time.Second
	// fewFiles are synced one by one; more of them all at once.
	fewFiles = 8
)

// syncer is Files that can have the disk keep all that was appended, at once.
type syncer interface{ SyncAll() error }

// keepSyncing has the disk keep what was written, of all recordings, once a second.
func (l *Library) keepSyncing() {
	for l.sleep(syncEvery) {
		l.sync(l.list())
	}
}

// sync does so once.
func (l *Library) sync(going []*Recording) {
	var files []File
	var of []*Recording
	for _, r := range going {
		r.mu.Lock()
		if r.unsynced != nil {
			files, of = append(files, r.unsynced), append(of, r)
			r.unsynced = nil
		}
		if r.unsyncedPictures != nil {
			files, of = append(files, r.unsyncedPictures), append(of, r)
			r.unsyncedPictures = nil
		}
		r.mu.Unlock()
	}
	if all, ok := l.files.(syncer); ok && len(files) > fewFiles {
		err := all.SyncAll()
		for _, r := range of {
			r.synced(err)
		}
		return
	}
	for i, f := range files {
		of[i].synced(f.Sync())
	}
}

// synced notes how a sync went. A file that was closed meanwhile was synced then.
func (r *Recording) synced(err error) {
	if err == nil || errors.Is(err, fs.ErrClosed) {
		return
	}
	r.mu.Lock()
	r.syncErr = err
	r.mu.Unlock()
}
