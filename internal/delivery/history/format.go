package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A block of an archive is lines of JSON: a header with the kind and the version
// of the records, then a record a line. Blocks of version 1 have no header.

// Format is how records of one kind are stored.
type Format[T any] struct {
	Kind    string
	Version int // that Encode writes; 2 or more
	Encode  func(*T) any
	Decode  func(version int, line *json.Decoder) (T, error)
	Time    func(T) time.Time // of a record
}

// blockHeader is the first line of a block.
type blockHeader struct {
	Kind    string `json:"kind"`
	Version int    `json:"version"`
}

// appender is a record that is written without reflection, as encoding/json writes it. The error
// is of a value that has no form in JSON.
type appender interface {
	appendJSON([]byte) ([]byte, error)
}

// encode writes records until the block is full, and returns how many it has.
func (f *Format[T]) encode(text *bytes.Buffer, records []T) (n int) {
	encoder := json.NewEncoder(text)
	_ = encoder.Encode(blockHeader{f.Kind, f.Version}) // into memory, of texts and numbers: it cannot fail
	for ; n < len(records) && text.Len() < blockBytes; n++ {
		record := f.Encode(&records[n])
		if own, ok := record.(appender); ok {
			if line, err := own.appendJSON(text.AvailableBuffer()); err == nil {
				text.Write(append(line, '\n'))
			}
			continue
		}
		_ = encoder.Encode(record)
	}
	return n
}

// versionOf reads a header, as encode writes it.
func (f *Format[T]) versionOf(header []byte) (version int, known bool) {
	text, ours := strings.CutPrefix(string(header), `{"kind":"`+f.Kind+`","version":`)
	version, err := strconv.Atoi(strings.TrimSuffix(text, "}"))
	return version, ours && err == nil && version >= 2 && version <= f.Version
}

// decode tells the records of a block up to the first that is damaged.
func (f *Format[T]) decode(block []byte, tell func(T)) error {
	block, err := unpack(block)
	if err != nil {
		return err
	}
	version := 1
	if first, rest, _ := bytes.Cut(block, []byte("\n")); bytes.HasPrefix(first, []byte(`{"kind":`)) {
		var ok bool
		if version, ok = f.versionOf(first); !ok {
			return fmt.Errorf("a block that begins with %.80q is of another kind or of a newer version", first)
		}
		block = rest
	}
	for lines := json.NewDecoder(bytes.NewReader(block)); lines.More(); {
		record, err := f.Decode(version, lines)
		if err != nil {
			return err
		}
		tell(record)
	}
	return nil
}
