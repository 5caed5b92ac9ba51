package vault

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

// TestFormatIsGolden: files outlive the program that wrote them.
func TestFormatIsGolden(t *testing.T) {
	salt := [saltBytes]byte([]byte("0123456789abcdef0123456789abcdef"))
	for name, ring := range rings(t) {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "a")
			w, err := create(file, ring, salt)
			if err != nil {
				t.Fatal(err)
			}
			parts := []string{"first ", "other ", "and the end"}
			for _, part := range parts {
				if err := errors.Join(w.Append([]byte(part)), w.Flush()); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".v1")
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(golden, got, 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("got  %q\nwant %q, %v", got, want, err)
			}
			if text := read(t, golden, ring); string(text) != "first other and the end" {
				t.Errorf("the golden file reads %q", text)
			}
		})
	}
}
