package storage

import (
	"context"
	"errors"
	"io"
)

// Progress is how far an upload in parts has come. It can be stored, and is of one
// content alone. The zero Progress is that of an upload that has not begun.
type Progress struct {
	Parts  int      `json:"parts,omitempty"`  // that the service has
	Upload string   `json:"upload,omitempty"` // what S3 calls it
	Tags   []string `json:"tags,omitempty"`   // of the parts, by S3
}

// Resumable is a container that goes on with an upload where an attempt before has
// ended, be it of another process.
type Resumable interface {
	Container
	// Resume puts content as Put does, in parts, but for those that were
	// put already. note is told of each part that was; its error ends the upload.
	Resume(ctx context.Context, name string, content *io.SectionReader, as Properties, from Progress, note func(Progress) error) error
	// Abandon has the service forget an upload that nobody goes on with. One that is
	// gone already is no failure.
	Abandon(ctx context.Context, name string, from Progress) error
}

// ErrPartsLost is in the chain of an error of Resume whose earlier parts the service
// has no more: it is to begin anew.
var ErrPartsLost = errors.New("the parts that were uploaded before are gone")

// partsOf puts the parts of content that are not there yet, of partSize bytes each.
func partsOf(content io.ReaderAt, size int64, partSize int64, from int, put func(part int, body *io.SectionReader) error) error {
	for part := from; int64(part)*partSize < size; part++ {
		begin := int64(part) * partSize
		if err := put(part, io.NewSectionReader(content, begin, min(partSize, size-begin))); err != nil {
			return err
		}
	}
	return nil
}

// contextReaderAt fails when its context has ended.
type contextReaderAt struct {
	ctx context.Context
	io.ReaderAt
}

func (r contextReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.ReaderAt.ReadAt(p, off)
}
