package deadletter

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/storage/s3test"
)

// TestDeadLettersHaveEventGridsContentType in each place that keeps it.
func TestDeadLettersHaveEventGridsContentType(t *testing.T) {
	server := s3test.Start(t, "letters")
	b := New(Config{Folder: t.TempDir(), S3: &storage.S3{Endpoint: server.Host, Region: "us-east-1", AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Plain: true}})
	for _, url := range []string{FolderURL("letters"), S3URL("letters")} {
		m := event("1", "", "")
		m.URL = url
		if o := (sender{b}).Send(t.Context(), delivery.Parcel{Messages: []delivery.Message{m}}); o.Status != http.StatusCreated {
			t.Fatalf("%s: %+v", url, o)
		}
		c, err := b.open(url)
		if err != nil {
			t.Fatal(err)
		}
		file, err := c.Get(t.Context(), filesIn(t, c, "INCOMING/")[0], 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		file.Close()
		if file.ContentType != "application/json; charset=utf-8" {
			t.Errorf("%s: %s", url, file.ContentType)
		}
	}
}

func TestFolderRefusesToLeaveItsPlace(t *testing.T) {
	b := New(Config{Folder: t.TempDir()})
	for _, url := range []string{"folder:///..", "folder:///a/../../b", "folder:///", "folder:///.", `folder:///a%5Cb`, "folder:///c:"} {
		if err := b.Check(url); err == nil {
			t.Errorf("%s is allowed", url)
		}
	}
}

func TestFolderThatCannotBeWrittenIsTriedAgain(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letters"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b := New(Config{Folder: dir})
	c, err := b.open(FolderURL("letters"))
	if err != nil {
		t.Fatal(err)
	}
	o := outcomeOf(c.Put(t.Context(), "A/1.json", strings.NewReader("[]"), storage.Properties{}))
	if _, again := b.Policy().Retry(nil, o); !again || o.Status == http.StatusCreated {
		t.Errorf("outcome %+v, again %v", o, again)
	}
}

func TestMissingBucketIsNotTriedAgain(t *testing.T) {
	server := s3test.Start(t, "letters")
	b := New(Config{S3: &storage.S3{Endpoint: server.Host, Region: "us-east-1", AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Plain: true}})
	c, err := b.open(S3URL("missing"))
	if err != nil {
		t.Fatal(err)
	}
	o := outcomeOf(c.Put(t.Context(), "A/1.json", strings.NewReader("[]"), storage.Properties{}))
	if _, again := b.Policy().Retry(nil, o); again || o.Status != http.StatusNotFound {
		t.Errorf("outcome %+v, again %v", o, again)
	}
}

func TestWhatIsNotConfiguredIsRefused(t *testing.T) {
	b := New(Config{Accounts: func(string) (storage.Account, bool) { return storage.Account{}, false }})
	for _, url := range []string{FolderURL("x"), S3URL("x"), BlobURL("unknown", "x"), "://"} {
		if err := b.Check(url); err == nil {
			t.Errorf("%s is accepted", url)
		}
	}
	if senders := b.Senders(); len(senders) != 1 || senders["azureblob"] == nil {
		t.Errorf("senders %v", senders)
	}
}

func TestOutcomesOfStores(t *testing.T) {
	long := errors.New(strings.Repeat("x", 1000))
	for _, test := range []struct {
		err    error
		status int
	}{
		{nil, 201}, {&storage.Error{Status: 404, Cause: errors.New("no")}, 404}, {fmt.Errorf("wrapped: %w", &storage.Error{Status: 503, Cause: long}), 503}, {errors.New("broken"), 0},
	} {
		if o := outcomeOf(test.err); o.Status != test.status || len(o.Answer) > maxErrorText || o.Status == 0 && o.Err == nil {
			t.Errorf("%v became %+v", test.err, o)
		}
	}
}
