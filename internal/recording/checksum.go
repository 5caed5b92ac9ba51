package recording

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
)

// sums notes the checksums of the documents.
func (l *Library) sums(record *Record) (failed error) {
	for i := range record.Chunks {
		c := &record.Chunks[i]
		if c.SHA256 != "" || c.Deleted {
			continue
		}
		sum, err := (&Document{*record, i, l}).sum()
		failed = errors.Join(failed, err)
		c.SHA256 = sum
	}
	return failed
}

// sum returns the checksum of the document as it is on disk.
func (d *Document) sum() (string, error) {
	file, err := d.Open()
	if err != nil {
		return "", err
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	if _, err := io.CopyBuffer(struct{ io.Writer }{hash}, io.NewSectionReader(file, 0, size), make([]byte, 256<<10)); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// Verify reports whether the document is as it was when it was complete.
func (d *Document) Verify() (bool, error) {
	sum, err := d.sum()
	return err == nil && sum == d.Record.Chunks[d.Chunk].SHA256, err
}
