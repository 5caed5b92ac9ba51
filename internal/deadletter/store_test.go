package deadletter

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/delivery"
)

// exercise asks of a store what all of them promise. The container "letters"
// exists, "missing" does not.
func exercise(t *testing.T, b *Box, letters, missing string) {
	t.Helper()
	ctx := t.Context()
	s, err := b.open(letters)
	if err != nil {
		t.Fatal(err)
	}
	large := append([]byte(`["`), append(bytes.Repeat([]byte("x"), 1<<20), `"]`...)...)
	for path, data := range map[string][]byte{
		"A/2026/1/2/3/1.json": []byte(`["a1"]`), "A/2026/1/2/3/2.json": large, "AB/2026/1/2/3/3.json": []byte(`["ab"]`),
	} {
		for range 2 { // a repeated writing replaces the file
			if err := s.write(ctx, path, data); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.read(ctx, path); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: read %d bytes, %v", path, len(got), err)
		}
	}
	if got, err := s.list(ctx, "A/", 10); err != nil || !slices.Equal(got, []string{"A/2026/1/2/3/1.json", "A/2026/1/2/3/2.json"}) {
		t.Errorf("listed %v, %v", got, err)
	}
	if got, err := s.list(ctx, "A/", 1); err != nil || len(got) != 1 {
		t.Errorf("listed %v, %v", got, err)
	}
	if got, err := s.list(ctx, "NONE/", 10); err != nil || len(got) != 0 {
		t.Errorf("listed %v, %v", got, err)
	}
	if err := s.remove(ctx, "A/2026/1/2/3/1.json"); err != nil {
		t.Error(err)
	}
	if got, err := s.list(ctx, "A/", 10); err != nil || len(got) != 1 {
		t.Errorf("after the removal: %v, %v", got, err)
	}
	if _, err := s.read(ctx, "A/2026/1/2/3/1.json"); err == nil {
		t.Error("what was removed is read")
	}
	if missing == "" {
		return
	}
	if s, err = b.open(missing); err != nil {
		t.Fatal(err)
	}
	o := outcomeOf(s.write(ctx, "A/1.json", []byte("[]")))
	if o.Status != http.StatusNotFound {
		t.Errorf("a missing container answers %+v", o)
	}
	if _, again := b.Policy().Retry(nil, o); again {
		t.Error("a missing container is asked again")
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	exercise(t, New(Config{Folder: dir}), FolderURL("letters"), "")
	left, _ := filepath.Glob(filepath.Join(dir, "letters", "*", "*", "*", "*", "*", ".writing-*"))
	if len(left) != 0 {
		t.Errorf("unfinished files remain: %v", left)
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
	s, err := b.open(FolderURL("letters"))
	if err != nil {
		t.Fatal(err)
	}
	o := outcomeOf(s.write(t.Context(), "A/1.json", []byte("[]")))
	if _, again := b.Policy().Retry(nil, o); !again || o.Status == http.StatusCreated {
		t.Errorf("outcome %+v, again %v", o, again)
	}
}

func TestS3(t *testing.T) {
	server := httptest.NewServer(newFakeS3("letters"))
	defer server.Close()
	b := New(Config{S3: &S3{Endpoint: strings.TrimPrefix(server.URL, "http://"), Region: "us-east-1", AccessKey: "key", SecretKey: "secret", Plain: true}})
	exercise(t, b, S3URL("letters"), S3URL("missing"))
}

func TestWhatIsNotConfiguredIsRefused(t *testing.T) {
	b := New(Config{Accounts: func(string) (delivery.StorageAccount, bool) { return delivery.StorageAccount{}, false }})
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
		{nil, 201}, {failure{404, errors.New("no")}, 404}, {fmt.Errorf("wrapped: %w", failure{503, long}), 503}, {errors.New("broken"), 0},
	} {
		if o := outcomeOf(test.err); o.Status != test.status || len(o.Answer) > maxErrorText || o.Status == 0 && o.Err == nil {
			t.Errorf("%v became %+v", test.err, o)
		}
	}
}
