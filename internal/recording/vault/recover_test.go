package vault

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// TestCutFileIsWholeAgain cuts a file at every place, as the loss of power may,
// and puts zeros or other bytes behind it, as file systems may.
func TestCutFileIsWholeAgain(t *testing.T) {
	for name, ring := range rings(t) {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "a")
			data := content(90)
			write(t, file, ring, data[:30], data[30:60], data[60:])
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			segment := (len(raw)-headerBytes)/3 - 10 // less than one
			for size := range raw {
				for _, tail := range [][]byte{nil, make([]byte, 50), content(50)} {
					torn := append(bytes.Clone(raw[:size]), tail...)
					if err := os.WriteFile(file, torn, fileMode); err != nil {
						t.Fatal(err)
					}
					got, err := Recover(file, ring)
					if size < headerBytes {
						if err == nil && got.Size > 0 {
							t.Fatalf("%d bytes: recovered %+v", size, got)
						}
						continue // the header of a plain file may end with zeros
					}
					if err != nil {
						t.Fatalf("%d bytes: %v", size, err)
					}
					whole := read(t, file, ring)
					if !bytes.Equal(whole, data[:len(whole)]) || len(whole)%30 != 0 || len(whole) < 30*((size-headerBytes)/(30+headBytes+16)) || int64(len(whole)) != got.Size {
						t.Fatalf("%d bytes and %d: %d are left, %+v", size, len(tail), len(whole), got)
					}
					if got.Cut > int64(segment+len(tail)+len(raw)-headerBytes) {
						t.Fatalf("%d bytes: %+v", size, got)
					}
					again, err := Recover(file, ring)
					if err != nil || again.Cut != 0 || again.Size != got.Size {
						t.Fatalf("a second time: %+v, %v", again, err)
					}
				}
			}
		})
	}
}

// TestWhatFollowsAHoleIsCut: blocks may reach the disk in another order than they
// were written.
func TestWhatFollowsAHoleIsCut(t *testing.T) {
	for name, ring := range rings(t) {
		file := filepath.Join(t.TempDir(), "a")
		data := content(90)
		w := begin(t, file, ring, data[:30], data[30:60], data[60:])
		raw, _ := os.ReadFile(file)
		second := headerBytes + (len(raw)-headerBytes)/3
		clear(raw[second+headBytes : second+headBytes+10])
		if err := os.WriteFile(file, raw, fileMode); err != nil {
			t.Fatal(err)
		}
		got, err := Recover(file, ring)
		if err != nil || got.Size != 30 || got.Cut == 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if got := read(t, file, ring); !bytes.Equal(got, data[:30]) {
			t.Errorf("%s: %d bytes", name, len(got))
		}
		w.file.Close()
	}
}

// TestFileOfAnUnknownKeyIsNotCut: the key may be listed again tomorrow.
func TestFileOfAnUnknownKeyIsNotCut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a")
	data := content(100)
	begin(t, file, testRing(t, "2025"), data)
	var unknown *UnknownKeyError
	if _, err := Recover(file, testRing(t, "2026")); !errors.As(err, &unknown) {
		t.Error(err)
	}
	ring := testRing(t, "2026", "2025")
	if got, err := Recover(file, ring); err != nil || got.Size != 100 || got.Cut != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if got := read(t, file, ring); !bytes.Equal(got, data) {
		t.Error("the content differs")
	}
}

func TestUnfinishedFileIsNotOpened(t *testing.T) {
	for name, ring := range rings(t) {
		file := filepath.Join(t.TempDir(), "a")
		begin(t, file, ring, content(100))
		if _, err := Open(file, ring); !errors.Is(err, ErrUnfinished) {
			t.Errorf("%s: %v", name, err)
		}
		r, err := OpenUnfinished(file, ring)
		if err != nil {
			t.Fatal(err)
		}
		if got := readAll(t, r); !bytes.Equal(got, content(100)) {
			t.Errorf("%s: %d bytes are read of the unfinished file", name, len(got))
		}
		r.Close()
	}
}

// TestFailedWriteEndsTheFileWithWhatWasFlushed: the disk refuses, here by a closed
// descriptor. The number of the failed segment is not used again.
func TestFailedWriteEndsTheFileWithWhatWasFlushed(t *testing.T) {
	for name, ring := range rings(t) {
		file := filepath.Join(t.TempDir(), "a")
		data := content(100)
		w := begin(t, file, ring, data[:60])
		working := w.file
		readOnly, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		w.file = readOnly
		if err := errors.Join(w.Append(data[60:]), w.Flush()); err == nil {
			t.Fatal("the write did not fail")
		}
		w.file = working
		if w.Append(data[60:]) == nil {
			t.Error("the writer goes on after a failure")
		}
		if err := w.Close(); err == nil {
			t.Error("Close does not tell that something is missing")
		}
		if got := read(t, file, ring); !bytes.Equal(got, data[:60]) {
			t.Errorf("%s: %d bytes", name, len(got))
		}
		readOnly.Close()
	}
}

// FuzzReader opens, recovers and reads whatever a file may have: nothing may crash,
// and what is recovered must be readable.
func FuzzReader(f *testing.F) {
	ring := testRing(f, "2026")
	for _, r := range []*Ring{nil, ring} {
		file := filepath.Join(f.TempDir(), "a")
		write(f, file, r, content(50), content(50), content(7))
		raw, _ := os.ReadFile(file)
		f.Add(raw, uint16(0), byte(0))
		f.Add(raw[:150], uint16(120), byte(1))
		f.Add(raw[:len(raw)-5], uint16(len(raw)-20), byte(255))
	}
	file := filepath.Join(f.TempDir(), "fuzzed")
	f.Fuzz(func(t *testing.T, raw []byte, at uint16, flip byte) {
		if len(raw) > 0 {
			raw = bytes.Clone(raw)
			raw[int(at)%len(raw)] ^= flip
		}
		if err := os.WriteFile(file, raw, fileMode); err != nil {
			t.Fatal(err)
		}
		if r, err := Open(file, ring); err == nil {
			buffer := make([]byte, 100)
			_, _ = r.ReadAt(buffer, rand.Int64N(r.Size()+1))
			r.Close()
		}
		if got, err := Recover(file, ring); err == nil && got.Cut > 0 {
			if whole := read(t, file, ring); int64(len(whole)) != got.Size {
				t.Errorf("recovered %+v, read %d", got, len(whole))
			}
		}
	})
}
