package storage

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFolderLeavesNothingUnfinished(t *testing.T) {
	dir := t.TempDir()
	c := must(NewFolder(dir, "files"))
	put(t, c, "a/b", "x", Properties{})
	_ = c.Put(t.Context(), "a/c", failing{errors.New("broken")}, Properties{})
	if left, err := os.ReadDir(filepath.Join(dir, "files", unfinished)); err != nil || len(left) != 0 {
		t.Errorf("unfinished files: %v, %v", left, err)
	}
}

// TestUnfinishedFilesOfAKilledProcessAreRemoved: those of a process that may
// still be writing stay.
func TestUnfinishedFilesOfAKilledProcessAreRemoved(t *testing.T) {
	dir := t.TempDir()
	work := filepath.Join(dir, "files", unfinished)
	if err := os.MkdirAll(work, dirMode); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"old": abandoned + time.Hour, "new": time.Minute} {
		path := filepath.Join(work, name)
		at := time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(path, nil, fileMode), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	put(t, must(NewFolder(dir, "files")), "a", "x", Properties{})
	left, err := os.ReadDir(work)
	if err != nil || len(left) != 1 || left[0].Name() != "new" {
		t.Errorf("left are %v, %v", left, err)
	}
}

func TestFolderDoesNotFollowLinksOut(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	c := must(NewFolder(dir, "files"))
	put(t, c, "a", "x", Properties{})
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("s"), fileMode); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "files", "link")); err != nil {
		t.Skip(err)
	}
	if _, err := c.Get(t.Context(), "link/secret", 0, -1); err == nil {
		t.Error("a file outside is read")
	}
	if err := c.Put(t.Context(), "link/new", strings.NewReader("x"), Properties{}); err == nil {
		t.Error("a file outside is written")
	}
	if err := c.Remove(t.Context(), "link/secret"); err == nil {
		t.Error("a file outside is removed")
	}
	if got := names(t, c, ""); len(got) != 1 {
		t.Errorf("listed %v", got)
	}
}

func TestNamesOfContainersThatAreRefused(t *testing.T) {
	for _, name := range []string{"", ".", "..", "a/b", "../a", `a\b`, "c:", ".a"} {
		if _, err := NewFolder(t.TempDir(), name); err == nil {
			t.Errorf("%q is accepted", name)
		}
	}
}

// TestFolderTellsWhatAnOperatorCanMend: a status that is worth another attempt.
func TestFolderTellsWhatAnOperatorCanMend(t *testing.T) {
	for _, test := range []struct {
		err    error
		status int
	}{{os.ErrPermission, http.StatusServiceUnavailable}, {os.ErrNotExist, http.StatusNotFound}} {
		var answer *Error
		if err := diskError(&os.PathError{Op: "open", Path: "x", Err: test.err}); !errors.As(err, &answer) || answer.Status != test.status {
			t.Errorf("%v became %v", test.err, err)
		}
	}
}

func TestDamagedPropertiesDoNotHideAFile(t *testing.T) {
	dir := t.TempDir()
	c := must(NewFolder(dir, "files"))
	put(t, c, "a.wav", "RIFF", Properties{Metadata: map[string]string{"a": "b"}})
	if err := os.WriteFile(filepath.Join(dir, "files", propertiesFile("a.wav")), []byte("{"), fileMode); err != nil {
		t.Fatal(err)
	}
	if got, info := get(t, c, "a.wav", 0, -1); got != "RIFF" || info.ContentType != "audio/wav" {
		t.Errorf("got %q, %+v", got, info)
	}
}

// TestPropertiesFileIsGolden: it outlives the program that wrote it.
func TestPropertiesFileIsGolden(t *testing.T) {
	dir := t.TempDir()
	c := must(NewFolder(dir, "files"))
	want, err := os.ReadFile(filepath.Join("testdata", "properties.v1.json"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, c, "a", "x", Properties{ContentType: "audio/wav", Metadata: map[string]string{"Call_ID": "c1"}})
	path := filepath.Join(dir, "files", ".properties-a")
	if got, err := os.ReadFile(path); err != nil || string(got) != strings.TrimSpace(string(want)) {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	if err := os.WriteFile(path, want, fileMode); err != nil {
		t.Fatal(err)
	}
	if _, info := get(t, c, "a", 0, -1); info.Metadata["call_id"] != "c1" {
		t.Errorf("read %+v", info)
	}
}

func TestListEndsWithItsContext(t *testing.T) {
	c := must(NewFolder(t.TempDir(), "files"))
	put(t, c, "a", "x", Properties{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.List(ctx, "", "", 10); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
