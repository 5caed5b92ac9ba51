package journal

import (
	"encoding/binary"
	"fmt"
	"time"
)

// A page is a version byte and its records, each with its length before it.
const (
	pageVersion1 = 1 // until 2026-11: positional values
	pageVersion  = 2
)

// Fields of a record.
const (
	fieldKind          = 1
	fieldSequence      = 2
	fieldAttempts      = 3
	fieldPosted        = 4 // milliseconds since 1970, as the other times
	fieldDue           = 5 // of the next attempt
	fieldFirst         = 6 // start of the first attempt
	fieldContent       = 7
	fieldContentFormat = 8 // absent: formatFields
)

// Formats of a record's content.
const (
	FormatPositional = 1 // of pages of version 1
	FormatFields     = 2
)

// Fields of the content of a hold and a release.
const (
	fieldHoldKey    = 1
	fieldHoldBody   = 2
	fieldReleaseKey = 1 // for each key
)

// line is one copy of a record in a page: a head, which changes from one writing
// to the next, and a content, which does not.
type line struct {
	kind     Kind
	seq      uint64
	attempts int
	posted   time.Time
	due      time.Time
	first    time.Time
	content  []byte
	format   int // of content
}

// longestHead is about what the fields of a record take beside its content.
const longestHead = 96

func appendLine(b []byte, l line) []byte {
	var room [longestHead]byte
	head := AppendUint(room[:0], fieldKind, uint64(l.kind))
	head = AppendUint(head, fieldSequence, l.seq)
	head = AppendUint(head, fieldAttempts, uint64(l.attempts))
	head = AppendUint(head, fieldPosted, millis(l.posted))
	head = AppendUint(head, fieldDue, millis(l.due))
	head = AppendUint(head, fieldFirst, millis(l.first))
	if l.format != FormatFields {
		head = AppendUint(head, fieldContentFormat, uint64(l.format))
	}
	head = binary.AppendUvarint(head, fieldContent<<3|typeBytes)
	head = binary.AppendUvarint(head, uint64(len(l.content)))
	b = binary.AppendUvarint(b, uint64(len(head)+len(l.content)))
	return append(append(b, head...), l.content...)
}

// millis keeps the zero time zero.
func millis(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(t.UnixMilli())
}

func fromMillis(ms uint64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(ms))
}

// readPage tells each line of a page. Their contents share its memory.
func readPage(page []byte, tell func(line) error) error {
	if len(page) == 0 {
		return ErrDamaged
	}
	switch page[0] {
	case pageVersion:
	case pageVersion1:
		return readPage1(page[1:], tell)
	default:
		return fmt.Errorf("%w, or of version %d, which is newer than this program", ErrDamaged, page[0])
	}
	for rest := page[1:]; len(rest) > 0; {
		size, n := binary.Uvarint(rest)
		if n <= 0 || size > uint64(len(rest)-n) {
			return ErrDamaged
		}
		l, err := readLine(rest[n : n+int(size)])
		if err != nil {
			return err
		}
		if err := tell(l); err != nil {
			return err
		}
		rest = rest[n+int(size):]
	}
	return nil
}

func readLine(encoded []byte) (line, error) {
	l := line{format: FormatFields, content: []byte{}}
	f := Read(encoded)
	for f.Next() {
		switch f.Number {
		case fieldKind:
			l.kind = Kind(f.Int(255))
		case fieldSequence:
			l.seq = f.Uint
		case fieldAttempts:
			l.attempts = f.Int(1<<31 - 1)
		case fieldPosted:
			l.posted = fromMillis(f.Uint)
		case fieldDue:
			l.due = fromMillis(f.Uint)
		case fieldFirst:
			l.first = fromMillis(f.Uint)
		case fieldContent:
			l.content = f.Bytes
		case fieldContentFormat:
			l.format = f.Int(255)
		}
	}
	return l, f.Err()
}

func encodeHold(h Hold) []byte {
	b := NewContent(len(h.Key) + len(h.Body) + 8)
	return AppendText(AppendText(b, fieldHoldKey, h.Key), fieldHoldBody, h.Body)
}

func decodeHold(content []byte) (h Hold, err error) {
	f := Read(content)
	for f.Next() {
		switch f.Number {
		case fieldHoldKey:
			h.Key = string(f.Bytes)
		case fieldHoldBody:
			h.Body = append([]byte(nil), f.Bytes...)
		}
	}
	return h, f.Err()
}

func encodeRelease(keys []string) (b []byte) {
	for _, key := range keys {
		b = AppendItem(b, fieldReleaseKey, key)
	}
	return b
}

func decodeRelease(content []byte) (keys []string, err error) {
	f := Read(content)
	for f.Next() {
		if f.Number == fieldReleaseKey {
			keys = append(keys, string(f.Bytes))
		}
	}
	return keys, f.Err()
}
