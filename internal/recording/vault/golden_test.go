package vault

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/switchhook/switchhook/internal/golden"
)

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
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			stored := filepath.Join("testdata", name+".v1")
			golden.Compare(t, stored, got)
			if text := read(t, stored, ring); string(text) != "first other and the end" {
				t.Errorf("the golden file reads %q", text)
			}
		})
	}
}
