package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/switchhook/switchhook/internal/datadir"
)

// fileMode lets the server's user alone read recordings.
const fileMode = 0o600

// endMagic ends a file that is complete.
const endMagic = "VAULTEND"

// endBytes is the length of a file's end.
const endBytes = 24

var (
	errClosed   = errors.New("the file is complete")
	errTooLarge = errors.New("a file has at most 64 TiB")
)

// maxPayload bounds a file; what counts bytes of it stays far from overflowing.
const maxPayload = 64 << 40

// Writer appends to a file. One goroutine appends, flushes and closes; Sync, Size
// and Reader may be called by others meanwhile.
type Writer struct {
	file    *os.File
	seal    sealer
	pending []byte // not flushed
	room    []byte // a segment on its way to the disk
	broken  error  // no more is written after a failure: see Append

	mu    sync.Mutex
	index index // of what is flushed
}

// Create makes a file, which must not exist, and encrypts it with the ring's
// current key; a nil ring makes it plain.
func Create(name string, ring *Ring) (*Writer, error) { return create(name, ring, newSalt()) }

func create(name string, ring *Ring, salt [saltBytes]byte) (*Writer, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, fileMode)
	if err != nil {
		return nil, err
	}
	h, seal := newHeader(ring, salt)
	_, err = file.WriteAt(h.append(nil), 0)
	if err == nil { // without its beginning a file is none after a loss of power
		err = datadir.SyncData(file)
	}
	if err == nil {
		err = datadir.SyncDir(filepath.Dir(name))
	}
	if err != nil {
		return nil, errors.Join(err, file.Close(), os.Remove(name))
	}
	return &Writer{file: file, seal: seal, index: newIndex(seal)}, nil
}

// Append adds bytes. They are flushed when they fill a segment, or by Flush. After
// an error, such as that of a full disk, every further Append fails: a segment's
// number is not used twice. Close then completes the file with what was flushed.
func (w *Writer) Append(p []byte) error {
	for len(p) > 0 && w.broken == nil {
		n := min(len(p), maxSegment-len(w.pending))
		w.pending = append(w.pending, p[:n]...)
		p = p[n:]
		if len(w.pending) == maxSegment {
			w.flush()
		}
	}
	return w.broken
}

// Flush hands to the operating system what was appended: it survives the process,
// and readers see it.
func (w *Writer) Flush() error {
	if len(w.pending) > 0 && w.broken == nil {
		w.flush()
	}
	return w.broken
}

func (w *Writer) flush() {
	if w.index.size >= maxPayload {
		w.broken = errTooLarge
		return
	}
	w.room = appendSegment(w.room[:0], w.seal, w.index.segments, w.pending, false)
	if _, err := w.file.WriteAt(w.room, w.index.end); err != nil {
		w.broken = err
		_ = w.file.Truncate(w.index.end) // makes room for the end; Recover cuts it too
		return
	}
	size := int64(len(w.pending))
	w.pending = w.pending[:0]
	w.mu.Lock()
	defer w.mu.Unlock()
	w.index.add(1, size)
}

// Sync returns when what was flushed is on the disk and survives the loss of power.
func (w *Writer) Sync() error { return datadir.SyncData(w.file) }

// Size is how many bytes were flushed.
func (w *Writer) Size() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.index.size
}

// Reader opens what was flushed by now.
func (w *Writer) Reader() (*Reader, error) {
	file, err := os.Open(w.file.Name())
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	index := w.index
	index.runs = slices.Clone(index.runs)
	return &Reader{file: file, seal: w.seal, index: index}, nil
}

// Close completes the file and returns when all of it is on the disk. A file that
// Close could not complete is left to Recover.
func (w *Writer) Close() error {
	if errors.Is(w.broken, errClosed) {
		return nil
	}
	err := w.Flush()
	w.broken = errClosed
	return errors.Join(err, writeEnd(w.file, w.seal, &w.index), w.file.Close())
}

// writeEnd writes the last segment and the end, and syncs.
func writeEnd(file *os.File, seal sealer, x *index) error {
	end := appendSegment(nil, seal, x.segments, x.append(nil), true)
	end = binary.BigEndian.AppendUint64(end, uint64(x.end))
	end = binary.BigEndian.AppendUint64(end, uint64(x.segments))
	end = append(end, endMagic...)
	if _, err := file.WriteAt(end, x.end); err != nil {
		return fmt.Errorf("complete %s: %w", file.Name(), err)
	}
	return datadir.SyncData(file)
}
