package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// recorder is a test that remembers what it was told.
type recorder struct {
	testing.TB
	said string
}

func (*recorder) Helper()                             {}
func (r *recorder) Errorf(format string, args ...any) { r.said += fmt.Sprintf(format, args...) }
func (r *recorder) Fatal(args ...any)                 { r.said += fmt.Sprint(args...); runtime.Goexit() }
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// outcome is what a comparison says; "" where all is well.
func outcome(t *testing.T, compare func(testing.TB)) string {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		compare(r)
	}()
	<-done
	return r.said
}

// updating runs something as with -update.
func updating(t *testing.T, do func()) {
	t.Helper()
	before := *update
	*update = true
	do()
	*update = before
}

func TestFileIsWrittenAndCompared(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "file.json")
	compare := func(text string) func(testing.TB) {
		return func(t testing.TB) { CompareJSON(t, file, []byte(text)) }
	}
	if outcome(t, compare(`{"a":1}`)) == "" {
		t.Error("a file that is missing is as good as any")
	}
	updating(t, func() {
		if said := outcome(t, compare(`{"a":1}`)); said != "" {
			t.Error(said)
		}
	})
	if text, err := os.ReadFile(file); err != nil || string(text) != "{\n  \"a\": 1\n}\n" {
		t.Errorf("%q, %v", text, err)
	}
	if said := outcome(t, compare(`{ "a":  1}`)); said != "" {
		t.Error(said)
	}
	if outcome(t, compare(`{"a":2}`)) == "" {
		t.Error("another text is the same")
	}
	if outcome(t, compare(`{"a"`)) == "" {
		t.Error("what is no JSON is compared")
	}
}

func TestSectionOfAPageIsWrittenAndCompared(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("before\n<begin>\nold\n<end>\nafter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	section := func(begin, made string) func(testing.TB) {
		return func(t testing.TB) { CompareSection(t, page, begin, "<end>\n", made) }
	}
	if said := outcome(t, section("<begin>\n", "old\n")); said != "" {
		t.Error(said)
	}
	for _, wrong := range []func(testing.TB){section("<begin>\n", "new\n"), section("<elsewhere>\n", "old\n")} {
		if outcome(t, wrong) == "" {
			t.Error("it is as good as any")
		}
	}
	updating(t, func() {
		if said := outcome(t, section("<begin>\n", "new\n")); said != "" {
			t.Error(said)
		}
	})
	if text, err := os.ReadFile(page); err != nil || string(text) != "before\n<begin>\nnew\n<end>\nafter\n" {
		t.Errorf("%q, %v", text, err)
	}
}
