package recording

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/recording/vault"
	"github.com/switchhook/switchhook/internal/store"
)

// Config is what a Library needs.
type Config struct {
	Resource string // GUID of the resource
	Store    store.Backend
	Dir      string      // the folder of the files
	Keys     *vault.Ring // encrypts them; nil: they are plain
	// MinFree is how many bytes the disk must have free; below it no recording
	// begins, and those that go on end.
	MinFree uint64
	// Quota is how many bytes all recordings may take on the disk, with the same
	// consequences; 0: there is none.
	Quota uint64
	// Announce tells that the files of a recording can be downloaded, and returns
	// when that cannot be lost any more. It is called again after an error, and, if
	// the process ends before it returns, by the next one.
	Announce func(context.Context, Record) error
	Chunk    time.Duration // 0: DefaultChunk

	Converter Converter     // makes mp3 and mp4; nil: nothing does
	Composer  Composer      // makes mp4 of pictures; nil: the picture is a still one
	Retention time.Duration // how long recordings are kept after their end; 0: for ever
	// Exporting reports whether the files of a recording, by its GUID, are still to be
	// copied elsewhere; nil: they never are.
	Exporting func(guid string) bool
	// Deleting is told before the files of a chunk are deleted, by whomever; nil: nobody
	// is. After an error they are not. It is told again by the next process if this one
	// ends meanwhile.
	Deleting func(context.Context, Record, int) error
	// Cameras show what is seen in calls; nil: recordings have no pictures.
	Cameras Cameras
	Clock   func() time.Time // of the machine; nil: time.Now
	Doubts  *clockjump.Watch // of that clock: nothing is deleted by its age meanwhile; nil: one of its own
	// MaskTones makes the keys that participants press silent.
	MaskTones bool
}
