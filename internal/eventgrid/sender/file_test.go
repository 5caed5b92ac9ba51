package sender

import (
	"os"
	"path/filepath"
	"testing"
)

func TestEventsBecomeLinesOfAFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "events")
	files := NewFiles(dir)
	for _, body := range []string{"[{\"id\":\"1\"}]", "{\n\"specversion\": \"1.0\"\n}"} {
		if o := files.Send(t.Context(), parcel(FileURL("incoming.jsonl"), body)); o.Status != 200 {
			t.Fatalf("outcome %+v, %s", o, o.Answer)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "incoming.jsonl"))
	if want := "{\"id\":\"1\"}\n{\"specversion\":\"1.0\"}\n"; err != nil || string(text) != want {
		t.Errorf("the file holds %q, %v", text, err)
	}
}

func TestFileOfLinesIsBounded(t *testing.T) {
	dir := t.TempDir()
	files := &lines{dir: dir, max: 20}
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		if o := files.Send(t.Context(), parcel(FileURL("f"), `{"id":"`+id+`"}`)); o.Status != 200 {
			t.Fatalf("outcome %+v", o)
		}
	}
	now, _ := os.ReadFile(filepath.Join(dir, "f"))
	before, _ := os.ReadFile(filepath.Join(dir, "f.1"))
	all, _ := os.ReadDir(dir)
	if string(now) != "{\"id\":\"5\"}\n" || string(before) != "{\"id\":\"4\"}\n" || len(all) != 2 {
		t.Errorf("the files are %q and %q, %d in all", now, before, len(all))
	}
}

func TestFilesStayInTheirFolder(t *testing.T) {
	files := NewFiles(t.TempDir())
	for _, name := range []string{"", "..", "../f", "a/b", `a\b`, "c:f"} {
		if o := files.Send(t.Context(), parcel("file:///"+name, `{}`)); o.Status != 400 {
			t.Errorf("%q: outcome %+v", name, o)
		}
	}
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if o := NewFiles(blocked).Send(t.Context(), parcel(FileURL("f"), `{}`)); o.Err == nil {
		t.Errorf("a folder that cannot be: %+v", o)
	}
}

// TestHalfALineSpoilsNoEvent: a crash, or a full disk, has left it.
func TestHalfALineSpoilsNoEvent(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte(`{"id":"1"}`+"\n"+`{"id":`), 0o600); err != nil {
		t.Fatal(err)
	}
	files := NewFiles(dir)
	for _, id := range []string{"2", "3"} {
		if o := files.Send(t.Context(), parcel(FileURL("f"), `{"id":"`+id+`"}`)); o.Status != 200 {
			t.Fatalf("outcome %+v", o)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "f"))
	if want := "{\"id\":\"1\"}\n{\"id\":\n{\"id\":\"2\"}\n{\"id\":\"3\"}\n"; err != nil || string(text) != want {
		t.Errorf("the file holds %q, %v", text, err)
	}
}
