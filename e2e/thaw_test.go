package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	bits "encoding/binary"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/minio/highwayhash"
)

// frozen is a data directory of an earlier version, packed after a SIGKILL. What
// is in it expires, so it is thawed for each test: all times are moved, as if the
// server had been killed just now, and addresses become those of the test.
type frozen struct {
	packed    string        // the file
	made      time.Time     // when the server was killed
	shift     time.Duration // whole seconds
	addresses []string      // pairs of equal length: as recorded, as in the test
}

// frozenTime is a time of the day on which the directory was made, without what
// follows the seconds. Times that were chosen, such as an expiry in 2099, stay.
func (f frozen) frozenTime() *regexp.Regexp {
	return regexp.MustCompile(f.made.Format(time.DateOnly) + `T\d\d:\d\d:\d\d`)
}

const toTheSecond = "2006-01-02T15:04:05"

// text moves times and replaces addresses; the length stays.
func (f frozen) text(b []byte) []byte {
	b = f.frozenTime().ReplaceAllFunc(b, func(old []byte) []byte {
		at, _ := time.Parse(toTheSecond, string(old))
		return at.Add(f.shift).AppendFormat(nil, toTheSecond)
	})
	for i := 0; i < len(f.addresses); i += 2 {
		b = bytes.ReplaceAll(b, []byte(f.addresses[i]), []byte(f.addresses[i+1]))
	}
	return b
}

// recorded undoes text in an answer of the server.
func (f frozen) recorded(answer []byte) []byte {
	for i := 0; i < len(f.addresses); i += 2 {
		answer = bytes.ReplaceAll(answer, []byte(f.addresses[i+1]), []byte(f.addresses[i]))
	}
	anyTime := regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`)
	return anyTime.ReplaceAllFunc(answer, func(now []byte) []byte {
		at, err := time.Parse(toTheSecond, string(now))
		if old := at.Add(-f.shift); err == nil && old.Sub(f.made).Abs() < 7*24*time.Hour {
			return old.AppendFormat(nil, toTheSecond)
		}
		return now
	})
}

// thaw unpacks the directory.
func (f frozen) thaw(t *testing.T, dir string) {
	t.Helper()
	packed, err := zip.OpenReader(f.packed)
	must(t, err)
	defer packed.Close()
	for _, file := range packed.File {
		if file.FileInfo().IsDir() {
			continue
		}
		in, err := file.Open()
		must(t, err)
		content, err := io.ReadAll(in)
		must(t, err)
		name := filepath.FromSlash(strings.ReplaceAll(file.Name, f.made.Format(time.DateOnly), f.made.Add(f.shift).Format(time.DateOnly)))
		switch filepath.Ext(name) {
		case ".blk":
			stream := filepath.Base(filepath.Dir(filepath.Dir(name)))
			f.block(t, stream, content)
		case ".jsonl", ".json":
			content = f.text(content)
		}
		must(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700))
		must(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
}

// block thaws the first file of a JetStream stream in place. A message there is
// its length (4 bytes; the highest bit tells of a header), sequence (8), time (8),
// length of the subject (2), subject, with a header its length (4) and itself,
// body, and a HighwayHash of 8 bytes over all that is not a length.
func (f frozen) block(t *testing.T, stream string, content []byte) {
	t.Helper()
	const front, hash = 22, 8
	key := sha256.Sum256([]byte(stream + "-1"))
	for len(content) > 0 {
		length := bits.LittleEndian.Uint32(content)
		message := content[:length&^(1<<31)]
		content = content[len(message):]
		at := int64(bits.LittleEndian.Uint64(message[12:])) + int64(f.shift)
		bits.LittleEndian.PutUint64(message[12:], uint64(at))
		subject := message[front : front+int(bits.LittleEndian.Uint16(message[20:]))]
		rest := message[front+len(subject) : len(message)-hash]
		if length>>31 == 1 {
			rest = rest[4:]
		}
		f.inPlace(t, rest)
		if stream == "journal" && length>>31 == 1 {
			header := bits.LittleEndian.Uint32(message[front+len(subject):])
			f.page(rest[header:])
		}
		sum, err := highwayhash.New64(key[:])
		must(t, err)
		sum.Write(message[4:20])
		sum.Write(subject)
		sum.Write(rest)
		copy(message[len(message)-hash:], sum.Sum(nil))
	}
}

func (f frozen) inPlace(t *testing.T, text []byte) {
	t.Helper()
	thawed := f.text(text)
	if len(thawed) != len(text) {
		t.Fatalf("%d bytes became %d: addresses must have one length", len(text), len(thawed))
	}
	copy(text, thawed)
}

// page thaws the times of a page of the journal: after its version there are
// lines of kind, sequence, attempts, three times in milliseconds, and a text with
// its length. As varints these times keep their length until the year 2039.
func (f frozen) page(page []byte) {
	for rest := page[min(1, len(page)):]; len(rest) > 0; {
		rest = rest[1:]
		for range 2 {
			_, n := bits.Uvarint(rest)
			rest = rest[n:]
		}
		for range 3 {
			at, n := bits.Varint(rest)
			if at != 0 {
				bits.PutVarint(rest[:n], at+f.shift.Milliseconds())
			}
			rest = rest[n:]
		}
		length, n := bits.Uvarint(rest)
		rest = rest[n+int(length):]
	}
}
