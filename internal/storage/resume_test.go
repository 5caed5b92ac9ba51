package storage

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/switchhook/switchhook/internal/storage/azuritetest"
	"github.com/switchhook/switchhook/internal/storage/s3test"
)

// counting is content that notes how much of it was read.
type counting struct {
	io.ReaderAt
	read int64
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.read += int64(n)
	return n, err
}

// section is content as Resume takes it.
func section(content []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(content), 0, int64(len(content)))
}

// TestUploadGoesOnWhereItEnded: parts that arrived are not sent again, unless the
// service has lost them.
func TestUploadGoesOnWhereItEnded(t *testing.T) {
	account, err := ParseAccount(azuritetest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	azuritetest.MakeContainer(t, account.BlobEndpoint, "kept")
	for _, test := range []struct {
		name string
		open func() Container
		part int64
	}{
		{"azure", func() Container { return must(NewBlobs(account, "kept", nil)) }, blockSize},
		{"s3", func() Container { return must(NewBucket(onS3(s3test.Start(t, "kept")), "kept", nil)) }, partSize},
	} {
		t.Run(test.name, func(t *testing.T) {
			size := 2*test.part + 1234
			content := make([]byte, size)
			for i := range content {
				content[i] = byte(i>>20 + i)
			}
			c := test.open().(Resumable)
			as := Properties{ContentType: "audio/wav"}
			cut, last := errors.New("cut"), Progress{}
			err := c.Resume(t.Context(), "a/long.wav", section(content), as, Progress{}, func(p Progress) error {
				if last = p; p.Parts == 2 {
					return cut
				}
				return nil
			})
			if !errors.Is(err, cut) || last.Parts != 2 {
				t.Fatalf("broken off: %v, %+v", err, last)
			}
			if _, err := c.Get(t.Context(), "a/long.wav", 0, -1); !errors.Is(err, ErrNotFound) {
				t.Errorf("a part of it is there: %v", err)
			}
			rest := &counting{ReaderAt: bytes.NewReader(content)}
			if err := c.Resume(t.Context(), "a/long.wav", io.NewSectionReader(rest, 0, size), as, last, func(Progress) error { return nil }); err != nil {
				t.Fatal(err)
			}
			if rest.read > 2*1234 { // a client may read a small part twice, to sign it
				t.Errorf("%d bytes were read once more", rest.read)
			}
			if got, info := get(t, c, "a/long.wav", 0, -1); got != string(content) || info.ContentType != "audio/wav" {
				t.Errorf("%d bytes of %d arrived, as %s", len(got), size, info.ContentType)
			}
			err = c.Resume(t.Context(), "never/begun.wav", section(content), as, Progress{Parts: 2, Upload: "gone", Tags: []string{"1", "2"}}, func(Progress) error { return nil })
			if !errors.Is(err, ErrPartsLost) {
				t.Errorf("parts that were lost: %v", err)
			}
			if err := c.Resume(t.Context(), "a/denied", section(content), as, Progress{}, func(Progress) error { return cut }); !errors.Is(err, cut) {
				t.Errorf("what cannot be noted goes on: %v", err)
			}
		})
	}
}
