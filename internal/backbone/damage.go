package backbone

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/minio/highwayhash"

	"github.com/switchhook/switchhook/internal/datadir"
)

// The NATS server ends a file of messages where it finds the first that is damaged, and so
// drops all behind it, without a word. repair looks at the files of buckets before it does:
// what is damaged is taken out alone, is kept beside, and is in the log.
func repair(dir string, log *slog.Logger) error {
	blocks, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", bucketPrefix+"*", "msgs", "*.blk"))
	if err != nil {
		return err
	}
	var problems []error
	for _, name := range blocks {
		if err := repairBlock(dir, name, log); err != nil {
			problems = append(problems, fmt.Errorf("look for damage in %s: %w", name, err))
		}
	}
	return errors.Join(problems...)
}

const (
	bucketPrefix  = "KV_"     // of the streams of buckets
	subjectPrefix = "$KV."    // of their messages
	maxBlock      = 128 << 20 // bytes; the server's blocks have 8 MB, unless a message needs more
)

func repairBlock(dir, name string, log *slog.Logger) error {
	if info, err := os.Stat(name); err != nil || info.Size() > maxBlock {
		return err
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	stream := filepath.Base(filepath.Dir(filepath.Dir(name)))
	b, err := newBlock(stream, strings.TrimSuffix(filepath.Base(name), ".blk"), content)
	if err != nil {
		return err
	}
	whole, lost := b.survey()
	switch {
	case lost == 0:
		return nil
	case len(whole) == 0: // all is damaged, or is in a form that we do not know
		log.Error("a file of stored data cannot be read: restore the data directory from a backup", "stream", stream, "file", name, "bytes", lost)
		return nil
	}
	aside := filepath.Join(dir, "damaged")
	if err := os.MkdirAll(aside, 0o700); err != nil {
		return err
	}
	aside = filepath.Join(aside, fmt.Sprintf("%s-%s-%s", stream, time.Now().UTC().Format("20060102T150405Z"), filepath.Base(name)))
	if err := datadir.WriteFile(aside, content, 0o600); err != nil {
		return err
	}
	// What the server wrote at its end about its files is not true of the new one.
	if err := os.Remove(filepath.Join(filepath.Dir(name), "index.db")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := datadir.WriteFile(name, bytes.Join(whole, nil), 0o600); err != nil {
		return err
	}
	log.Error("stored data is damaged: what could not be read is left out; the file as it was is kept", "stream", stream, "bytes", lost, "of", len(content), "kept", aside)
	return nil
}

// block is a file of messages. Each has a header of 22 bytes (length, sequence, time,
// length of the subject; little-endian), a subject, perhaps headers, a payload and a
// checksum.
type block struct {
	content []byte
	key     [sha256.Size]byte
}

const (
	messageHead = 22
	messageSum  = 8
	headersBit  = 1 << 31 // of the length: there are headers, behind 4 bytes with theirs
)

func newBlock(stream, number string, content []byte) (*block, error) {
	if strings.Trim(number, "0123456789") != "" {
		return nil, fmt.Errorf("%s is no number of a block", number)
	}
	return &block{content, sha256.Sum256([]byte(stream + "-" + number))}, nil
}

// survey returns the parts that are whole, and how many bytes of others are between them.
// An end that nothing follows belongs to a write that was cut off: the server drops it.
func (b *block) survey() (whole [][]byte, lost int) {
	begin, at := 0, 0
	for at < len(b.content) {
		if size := b.message(at); size > 0 {
			at += size
			continue
		}
		next := b.next(at + 1)
		if next < 0 {
			break
		}
		whole = append(whole, b.content[begin:at])
		lost += next - at
		begin, at = next, next
	}
	if at == 0 && !b.isCut() {
		return nil, len(b.content)
	}
	return append(whole, b.content[begin:]), lost
}

// isCut reports whether the file ends before its first message does.
func (b *block) isCut() bool {
	return len(b.content) < messageHead || int(binary.LittleEndian.Uint32(b.content)&^headersBit) > len(b.content)
}

// next finds the message that follows damage; -1: none does. It can be recognised by its
// subject, so that little has to be hashed.
func (b *block) next(from int) int {
	for from < len(b.content) {
		found := bytes.Index(b.content[from:], []byte(subjectPrefix))
		if found < 0 {
			return -1
		}
		if at := from + found - messageHead; at >= from && b.message(at) > 0 {
			return at
		}
		from += found + 1
	}
	return -1
}

// message returns the size of the message at a place; 0: there is none that is whole.
func (b *block) message(at int) int {
	rest := b.content[at:]
	if len(rest) < messageHead {
		return 0
	}
	length, subject := binary.LittleEndian.Uint32(rest), int(binary.LittleEndian.Uint16(rest[20:]))
	size, head := int(length&^headersBit), subject
	if length&headersBit != 0 {
		head += 4
	}
	if size > len(rest) || size < messageHead+head+messageSum {
		return 0
	}
	body := rest[messageHead : size-messageSum]
	sum, err := highwayhash.New64(b.key[:])
	if err != nil {
		return 0
	}
	for _, part := range [][]byte{rest[4:20], body[:subject], body[head:]} {
		_, _ = sum.Write(part) // to memory
	}
	if !bytes.Equal(sum.Sum(nil), rest[size-messageSum:size]) {
		return 0
	}
	return size
}
