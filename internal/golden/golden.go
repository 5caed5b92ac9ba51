// Package golden compares what tests make with files that were reviewed: bytes that
// clients and later releases must read, and parts of pages that the code decides. With
// -update the tests write the files instead; look at the difference before you commit it.
package golden

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the golden files, and the parts of pages that the code decides")

// Compare asks that a file has what was made.
func Compare(t testing.TB, file string, made []byte) {
	t.Helper()
	if *update {
		write(t, file, made)
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (-update writes it)", err)
	}
	if !bytes.Equal(made, want) {
		t.Errorf("%s differs (-update writes it; look at the difference). Got:\n%s\nwant:\n%s", file, shown(made), shown(want))
	}
}

// CompareJSON is Compare for JSON, which the file has in lines.
func CompareJSON(t testing.TB, file string, made []byte) {
	t.Helper()
	var lines bytes.Buffer
	if err := json.Indent(&lines, made, "", "  "); err != nil {
		t.Fatal(err)
	}
	lines.WriteByte('\n')
	Compare(t, file, lines.Bytes())
}

// CompareSection asks that a page has what was made between two marks, which stay.
func CompareSection(t testing.TB, page, begin, end, made string) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	present, after, closed := strings.Cut(rest, end)
	switch {
	case !found || !closed:
		t.Fatalf("%s has no place for this, between %q and %q", page, begin, end)
	case *update:
		write(t, page, []byte(before+begin+made+end+after))
	case present != made:
		t.Errorf("%s differs between %q and %q: -update writes it", page, begin, end)
	}
}

// shown is text as it is, and other bytes with escapes.
func shown(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return strconv.Quote(string(b))
}

func write(t testing.TB, file string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}
