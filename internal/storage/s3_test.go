package storage

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/storage/s3test"
)

// TestBrokenUploadLeavesNoParts: parts that nobody completes cost their owner.
func TestBrokenUploadLeavesNoParts(t *testing.T) {
	server := s3test.Start(t, "files")
	c := must(NewBucket(onS3(server), "files", nil))
	content := io.MultiReader(io.LimitReader(endless{}, partSize+1), failing{errors.New("broken")})
	if err := c.Put(t.Context(), "a", content, Properties{}); err == nil {
		t.Error("it is stored")
	}
	if n := server.Uploads(); n != 0 {
		t.Errorf("%d uploads are open", n)
	}
}

// TestUploadThatNobodyGoesOnWithLeavesNoParts.
func TestUploadThatNobodyGoesOnWithLeavesNoParts(t *testing.T) {
	server := s3test.Start(t, "files")
	c := must(NewBucket(onS3(server), "files", nil)).(Resumable)
	content, cut, last := make([]byte, partSize+1), errors.New("cut"), Progress{}
	put := func(until int) {
		t.Helper()
		err := c.Resume(t.Context(), "a", section(content), Properties{}, Progress{}, func(p Progress) error {
			if last = p; p.Parts == until {
				return cut
			}
			return nil
		})
		if !errors.Is(err, cut) {
			t.Fatal(err)
		}
	}
	if put(0); server.Uploads() != 0 {
		t.Errorf("%d uploads are open that could not be noted", server.Uploads())
	}
	if put(1); server.Uploads() != 1 {
		t.Errorf("%d uploads are open", server.Uploads())
	}
	for range 2 { // the second time it is gone
		if err := c.Abandon(t.Context(), "a", last); err != nil || server.Uploads() != 0 {
			t.Errorf("%d uploads are open, %v", server.Uploads(), err)
		}
	}
}

func TestErrorsHoldNoCredentials(t *testing.T) {
	server := onS3(s3test.Start(t, "files"))
	server.AccessKey, server.SecretKey = "other", "hush-hush"
	c := must(NewBucket(server, "files", nil))
	if err := c.Put(t.Context(), "a", strings.NewReader("x"), Properties{}); err == nil || strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "403 AccessDenied") {
		t.Errorf("got %v", err)
	}
	account := Account{Name: "a", SAS: "sig=hush-hush", BlobEndpoint: "http://127.0.0.1:1/a"}
	b := must(NewBlobs(account, "files", nil))
	if err := b.Put(t.Context(), "a", strings.NewReader("x"), Properties{}); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}
