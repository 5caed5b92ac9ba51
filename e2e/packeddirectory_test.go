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

// packedDirectory is a data directory of an earlier version, packed after a SIGKILL.
// What is in it expires, so unpacking moves all times, as if the server had been
// killed just now, and replaces addresses by those of the test.
type packedDirectory struct {
	archive   string        // the zip file
	made      time.Time     // when the server was killed
	shift     time.Duration // whole seconds
	addresses []string      // pairs of equal length: as recorded, as in the test
}

// recordedTime is a time of the day on which the directory was made, without what
// follows the seconds. Times that were chosen, such as an expiry in 2099, stay.
func (d packedDirectory) recordedTime() *regexp.Regexp {
	return regexp.MustCompile(d.made.Format(time.DateOnly) + `T\d\d:\d\d:\d\d`)
}

const toTheSecond = "2006-01-02T15:04:05"

// shiftText moves times and replaces addresses; the length stays.
func (d packedDirectory) shiftText(b []byte) []byte {
	b = d.recordedTime().ReplaceAllFunc(b, func(old []byte) []byte {
		at, _ := time.Parse(toTheSecond, string(old))
		return at.Add(d.shift).AppendFormat(nil, toTheSecond)
	})
	for i := 0; i < len(d.addresses); i += 2 {
		b = bytes.ReplaceAll(b, []byte(d.addresses[i]), []byte(d.addresses[i+1]))
	}
	return b
}

// unshift undoes shiftText in an answer of the server.
func (d packedDirectory) unshift(answer []byte) []byte {
	for i := 0; i < len(d.addresses); i += 2 {
		answer = bytes.ReplaceAll(answer, []byte(d.addresses[i+1]), []byte(d.addresses[i]))
	}
	anyTime := regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`)
	return anyTime.ReplaceAllFunc(answer, func(now []byte) []byte {
		at, err := time.Parse(toTheSecond, string(now))
		if old := at.Add(-d.shift); err == nil && old.Sub(d.made).Abs() < 7*24*time.Hour {
			return old.AppendFormat(nil, toTheSecond)
		}
		return now
	})
}

// unpack writes the directory into dir, with its times moved.
func (d packedDirectory) unpack(t *testing.T, dir string) {
	t.Helper()
	packed, err := zip.OpenReader(d.archive)
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
		name := filepath.FromSlash(strings.ReplaceAll(file.Name, d.made.Format(time.DateOnly), d.made.Add(d.shift).Format(time.DateOnly)))
		switch filepath.Ext(name) {
		case ".blk":
			stream := filepath.Base(filepath.Dir(filepath.Dir(name)))
			d.shiftBlock(t, stream, content)
		case ".jsonl", ".json":
			content = d.shiftText(content)
		}
		must(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700))
		must(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
}

// shiftBlock changes the first file of a JetStream stream in place. A message there is
// its length (4 bytes; the highest bit tells of a header), sequence (8), time (8),
// length of the subject (2), subject, with a header its length (4) and itself,
// body, and a HighwayHash of 8 bytes over all that is not a length.
func (d packedDirectory) shiftBlock(t *testing.T, stream string, content []byte) {
	t.Helper()
	const front, hash = 22, 8
	key := sha256.Sum256([]byte(stream + "-1"))
	for len(content) > 0 {
		length := bits.LittleEndian.Uint32(content)
		message := content[:length&^(1<<31)]
		content = content[len(message):]
		at := int64(bits.LittleEndian.Uint64(message[12:])) + int64(d.shift)
		bits.LittleEndian.PutUint64(message[12:], uint64(at))
		subject := message[front : front+int(bits.LittleEndian.Uint16(message[20:]))]
		rest := message[front+len(subject) : len(message)-hash]
		if length>>31 == 1 {
			rest = rest[4:]
		}
		d.shiftInPlace(t, rest)
		if stream == "journal" && length>>31 == 1 {
			header := bits.LittleEndian.Uint32(message[front+len(subject):])
			d.shiftPage(rest[header:])
		}
		sum, err := highwayhash.New64(key[:])
		must(t, err)
		sum.Write(message[4:20])
		sum.Write(subject)
		sum.Write(rest)
		copy(message[len(message)-hash:], sum.Sum(nil))
	}
}

func (d packedDirectory) shiftInPlace(t *testing.T, text []byte) {
	t.Helper()
	shifted := d.shiftText(text)
	if len(shifted) != len(text) {
		t.Fatalf("%d bytes became %d: addresses must have one length", len(text), len(shifted))
	}
	copy(text, shifted)
}

// shiftPage moves the times of a page of the journal: after its version there are
// lines of kind, sequence, attempts, three times in milliseconds, and a text with
// its length. As varints these times keep their length until the year 2039.
func (d packedDirectory) shiftPage(page []byte) {
	for rest := page[min(1, len(page)):]; len(rest) > 0; {
		rest = rest[1:]
		for range 2 {
			_, n := bits.Uvarint(rest)
			rest = rest[n:]
		}
		for range 3 {
			at, n := bits.Varint(rest)
			if at != 0 {
				bits.PutVarint(rest[:n], at+d.shift.Milliseconds())
			}
			rest = rest[n:]
		}
		length, n := bits.Uvarint(rest)
		rest = rest[n+int(length):]
	}
}
