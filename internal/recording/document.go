package recording

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// Document is one file of a recording, as it is downloaded, with what describes it.
type Document struct {
	Record Record
	Chunk  int // index
	lib    *Library
}

// Document finds a document by its name, once its recording has ended.
func (l *Library) Document(ctx context.Context, name string) (*Document, error) {
	missing := fault.NotFound("document %.100q does not exist", name)
	guid, chunk, ok := parseDocument(name)
	if !ok {
		return nil, missing
	}
	record, err := l.records.Get(ctx, guid)
	switch {
	case fault.Is(err, fault.KindNotFound):
		return nil, missing
	case err != nil:
		return nil, err
	case chunk >= len(record.Chunks) || record.Chunks[chunk].Deleted || !record.ready(chunk) || l.expired(&record):
		return nil, missing
	}
	return &Document{Record: record, Chunk: chunk, lib: l}, nil
}

// ready reports whether a chunk is what was asked for.
func (r *Record) ready(chunk int) bool {
	return r.State == Announced || r.State == Ended && (r.Format == WAV || r.Chunks[chunk].Converted)
}

// Delete removes the document and what describes it; with the last one its
// recording is forgotten.
func (d *Document) Delete(ctx context.Context) error {
	left := false
	err := d.lib.records.Update(ctx, d.Record.key(), func(r *Record) error {
		if r.Hold {
			return errHeld
		}
		r.Chunks[d.Chunk].Deleted = true
		left = !r.isDeleted()
		return nil
	})
	if err != nil {
		return err
	}
	if err := d.lib.removeChunk(ctx, &d.Record, d.Chunk); err != nil {
		return err
	}
	if left {
		return nil
	}
	return d.lib.records.Delete(ctx, d.Record.key())
}

// Sound is a document's bytes: a WAV file.
type Sound struct {
	Bytes
	header   []byte
	layouts  []Layout
	channels int
	size     int64 // of the sound
}

// Open opens the document's bytes, in the format that was asked for.
func (d *Document) Open() (Bytes, error) {
	if !d.Record.Chunks[d.Chunk].Converted {
		return d.wav()
	}
	file, err := d.lib.files.Open(d.Record.convertedName(d.Chunk))
	if err != nil {
		return nil, fmt.Errorf("file of a recording: %w", err)
	}
	return file, nil
}

// wav opens the document's bytes as WAV.
func (d *Document) wav() (*Sound, error) {
	file, err := d.lib.files.Open(d.Record.fileName(d.Chunk))
	if err != nil {
		return nil, fmt.Errorf("file of a recording: %w", err)
	}
	c := d.Record.Chunks[d.Chunk]
	s := &Sound{Bytes: file, layouts: c.Layouts, channels: c.channels(), size: c.Frames * frameBytes(c.channels())}
	s.header = wavHeader(s.channels, s.size)
	return s, nil
}

// Modified is when the document was complete.
func (d *Document) Modified() time.Time { return d.Record.Ended }

// Size implements Bytes.
func (s *Sound) Size() (int64, error) { return int64(len(s.header)) + s.size, nil }

// ReadAt implements io.ReaderAt.
func (s *Sound) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, fmt.Errorf("read at %d", off)
	}
	if off < int64(len(s.header)) {
		n = copy(p, s.header[off:])
	}
	for n < len(p) && err == nil {
		var more int
		more, err = s.readSound(p[n:], off+int64(n)-int64(len(s.header)))
		n += more
	}
	return n, err
}

// readSound reads from an offset of the sound, within one layout.
func (s *Sound) readSound(p []byte, off int64) (int, error) {
	if off >= s.size {
		return 0, io.EOF
	}
	begins, until := int64(0), s.size // of the layout: in the file, in the sound
	at := 0
	for i, l := range s.layouts {
		from := l.From * frameBytes(s.channels)
		if off < from {
			until = from
			break
		}
		if i > 0 {
			begins += (l.From - s.layouts[i-1].From) * frameBytes(s.layouts[i-1].Channels)
		}
		at = i
	}
	layout := s.layouts[at]
	p = p[:min(int64(len(p)), until-off)]
	off -= layout.From * frameBytes(s.channels)
	if layout.Channels == s.channels {
		return s.Bytes.ReadAt(p, begins+off)
	}
	return s.readNarrow(p, off, begins, layout.Channels)
}

// readNarrow reads frames that have fewer channels than the file: the others are
// silent.
func (s *Sound) readNarrow(p []byte, off, begins int64, channels int) (int, error) {
	wide, narrow := int64(s.channels)*2, int64(channels)*2 // bytes of a sample of all channels
	first, last := off/wide, (off+int64(len(p))-1)/wide
	last = min(last, first+maxNarrow-1)
	raw := make([]byte, (last-first+1)*narrow)
	if n, err := s.Bytes.ReadAt(raw, begins+first*narrow); n < len(raw) {
		return 0, err
	}
	wider := make([]byte, (last-first+1)*wide)
	for i := range last - first + 1 {
		copy(wider[i*wide:], raw[i*narrow:(i+1)*narrow])
	}
	return copy(p, wider[off-first*wide:]), nil
}

// maxNarrow bounds what is widened at once, in samples.
const maxNarrow = 16384

// wavHeader is the header of a WAV file: plain PCM for any number of channels, which
// readers without WAVE_FORMAT_EXTENSIBLE take as well.
func wavHeader(channels int, size int64) []byte {
	le := binary.LittleEndian
	block := channels * 2
	b := append(make([]byte, 0, 44), "RIFF"...)
	b = le.AppendUint32(b, uint32(size+36))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, SampleRate)
	b = le.AppendUint32(b, uint32(SampleRate*block))
	b = le.AppendUint16(b, uint16(block))
	b = le.AppendUint16(b, 16)
	b = append(b, "data"...)
	return le.AppendUint32(b, uint32(size))
}
