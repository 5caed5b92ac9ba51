package vault

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// second is what a mixed recording of 16 kHz and 16 bits has in a second.
const second = 32_000

// BenchmarkAppend appends and flushes a second of a recording.
func BenchmarkAppend(b *testing.B) {
	for name, ring := range rings(b) {
		b.Run(name, func(b *testing.B) {
			w, err := Create(filepath.Join(b.TempDir(), "a"), ring)
			if err != nil {
				b.Fatal(err)
			}
			defer w.Close()
			data := content(second)
			b.SetBytes(second)
			b.ReportAllocs()
			for b.Loop() {
				if err := errors.Join(w.Append(data), w.Flush()); err != nil {
					b.Fatal(err)
				}
				if w.Size() > 64<<20 { // a disk has an end
					b.StopTimer()
					w = renew(b, w, ring)
					b.StartTimer()
				}
			}
		})
	}
}

func renew(b *testing.B, w *Writer, ring *Ring) *Writer {
	name := w.file.Name()
	if err := errors.Join(w.Close(), os.Remove(name)); err != nil {
		b.Fatal(err)
	}
	w, err := Create(name, ring)
	if err != nil {
		b.Fatal(err)
	}
	return w
}

// BenchmarkRead reads a minute as a download does.
func BenchmarkRead(b *testing.B) {
	for name, ring := range rings(b) {
		b.Run(name, func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "a")
			parts := make([][]byte, 60)
			for i := range parts {
				parts[i] = content(second)
			}
			write(b, file, ring, parts...)
			r, err := Open(file, ring)
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			b.SetBytes(r.Size())
			b.ReportAllocs()
			buffer := make([]byte, 256<<10)
			for b.Loop() {
				if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, io.NewSectionReader(r, 0, r.Size()), buffer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
