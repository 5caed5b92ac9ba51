package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// Recovered is what Recover found.
type Recovered struct {
	Size int64 // bytes of content
	Cut  int64 // bytes that were torn and are gone, as they stood in the file
}

// Recover completes a file that a crash has cut off, so that Open takes it. What
// was synced is kept; what follows is kept as far as it is whole. A complete file
// stays as it is. ErrUnfinished says that the crash came before the first byte:
// there is nothing to keep. A file whose key is not listed is left as it is.
func Recover(name string, ring *Ring) (Recovered, error) {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return Recovered{}, err
	}
	got, err := recoverFile(file, ring)
	if err = errors.Join(err, file.Close()); err != nil {
		return Recovered{}, fmt.Errorf("recover %s: %w", name, err)
	}
	return got, nil
}

func recoverFile(file *os.File, ring *Ring) (Recovered, error) {
	r, err := newReader(file, ring)
	if err != nil {
		return Recovered{}, err
	}
	if r.readEnd() == nil {
		return Recovered{Size: r.index.size}, nil
	}
	info, err := file.Stat()
	if err != nil {
		return Recovered{}, err
	}
	r.index = newIndex(r.seal)
	if err := r.scan(info.Size()); err != nil {
		return Recovered{}, err
	}
	if err := file.Truncate(r.index.end); err != nil {
		return Recovered{}, err
	}
	return Recovered{r.index.size, info.Size() - r.index.end}, writeEnd(file, r.seal, &r.index)
}

// OpenUnfinished opens a file that is not complete, as far as it is whole, and
// leaves it as it is: for a disk that takes nothing. It reads all of it.
func OpenUnfinished(name string, ring *Ring) (*Reader, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r, err := newReader(file, ring)
	if err == nil {
		var info os.FileInfo
		if info, err = file.Stat(); err == nil {
			err = r.scan(info.Size())
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), file.Close())
	}
	return r, nil
}

// scan makes the index of the segments that are whole, up to the first that is
// not. The disk's own errors end it: they may pass, and nothing is cut then.
func (r *Reader) scan(fileSize int64) error {
	room := make([]byte, headBytes+maxSegment+16)
	for {
		x := &r.index
		if fileSize-x.end < x.sum {
			return nil
		}
		if _, err := r.file.ReadAt(room[:headBytes], x.end); err != nil {
			return err
		}
		h := head(binary.BigEndian.Uint32(room))
		if h.last() || h.size() == 0 || h.size() > maxSegment || fileSize-x.end < h.size()+x.sum {
			return nil
		}
		_, err := r.open(segment{x.segments, x.size, x.end, h}, room)
		switch {
		case errors.Is(err, ErrDamaged):
			return nil
		case err != nil:
			return err
		}
		x.add(1, h.size())
	}
}
