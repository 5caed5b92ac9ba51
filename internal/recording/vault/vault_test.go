package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// testKey returns a key of that id; its bytes follow from the id.
func testKey(t testing.TB, id string) Key {
	t.Helper()
	key, err := ParseKey(id, fmt.Sprintf("%064x", []byte(id)))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func testRing(t testing.TB, current string, former ...string) *Ring {
	t.Helper()
	keys := make([]Key, len(former))
	for i, id := range former {
		keys[i] = testKey(t, id)
	}
	ring, err := NewRing(testKey(t, current), keys...)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// rings are those of plain and of encrypted files.
func rings(t testing.TB) map[string]*Ring {
	return map[string]*Ring{"plain": nil, "encrypted": testRing(t, "2026")}
}

// content is what tests write: bytes that differ.
func content(n int) []byte {
	data := make([]byte, n)
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	return data
}

// write makes a file of parts that are flushed one by one.
func write(t testing.TB, name string, ring *Ring, parts ...[]byte) {
	t.Helper()
	w := begin(t, name, ring, parts...)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func begin(t testing.TB, name string, ring *Ring, parts ...[]byte) *Writer {
	t.Helper()
	w, err := Create(name, ring)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if err := errors.Join(w.Append(part), w.Flush()); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func read(t testing.TB, name string, ring *Ring) []byte {
	t.Helper()
	r, err := Open(name, ring)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return readAll(t, r)
}

func readAll(t testing.TB, r *Reader) []byte {
	t.Helper()
	data, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestWhatIsWrittenIsReadAtAnyOffset(t *testing.T) {
	for name, ring := range rings(t) {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "a")
			data := content(300_000)
			write(t, file, ring, data[:1], data[1:32_001], data[32_001:64_001], data[64_001:64_010], data[64_010:])
			r, err := Open(file, ring)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for range 200 {
				from := rand.IntN(len(data))
				p := make([]byte, 1+rand.IntN(len(data)-from))
				if n, err := r.ReadAt(p, int64(from)); n != len(p) || err != nil || !bytes.Equal(p, data[from:from+len(p)]) {
					t.Fatalf("%d bytes at %d: %d, %v", len(p), from, n, err)
				}
			}
			if n, err := r.ReadAt(make([]byte, 10), int64(len(data)-3)); n != 3 || err != io.EOF {
				t.Errorf("across the end: %d, %v", n, err)
			}
		})
	}
}

func TestReaderIsAReader(t *testing.T) {
	for name, ring := range rings(t) {
		file := filepath.Join(t.TempDir(), "a")
		data := content(300)
		write(t, file, ring, data[:1], data[1:100], data[100:])
		r, err := Open(file, ring)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(io.NewSectionReader(r, 0, r.Size()), data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		r.Close()
	}
}

func TestFileIsReadWhileItIsWritten(t *testing.T) {
	for name, ring := range rings(t) {
		t.Run(name, func(t *testing.T) {
			data := content(100_000)
			w := begin(t, filepath.Join(t.TempDir(), "a"), ring, data[:40_000])
			if err := w.Append(data[40_000:50_000]); err != nil { // not flushed
				t.Fatal(err)
			}
			early, err := w.Reader()
			if err != nil {
				t.Fatal(err)
			}
			defer early.Close()
			if got := readAll(t, early); !bytes.Equal(got, data[:40_000]) || w.Size() != 40_000 {
				t.Errorf("read %d bytes before the flush, size %d", len(got), w.Size())
			}
			if err := errors.Join(w.Append(data[50_000:]), w.Close()); err != nil {
				t.Fatal(err)
			}
			if got := readAll(t, early); !bytes.Equal(got, data[:40_000]) {
				t.Error("what was read before has changed")
			}
			if got := read(t, w.file.Name(), ring); !bytes.Equal(got, data) {
				t.Error("the complete file differs")
			}
		})
	}
}

func TestEmptyFileIsComplete(t *testing.T) {
	for name, ring := range rings(t) {
		file := filepath.Join(t.TempDir(), "a")
		write(t, file, ring)
		if got := read(t, file, ring); len(got) != 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestFileIsNotOverwritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a")
	write(t, file, nil, []byte("first"))
	if _, err := Create(file, nil); !errors.Is(err, os.ErrExist) {
		t.Error(err)
	}
	if got := read(t, file, nil); string(got) != "first" {
		t.Errorf("%q", got)
	}
}

func TestEncryptedFileShowsNothing(t *testing.T) {
	ring := testRing(t, "2026")
	file := filepath.Join(t.TempDir(), "a")
	write(t, file, ring, []byte("the secret of the call"))
	raw, err := os.ReadFile(file)
	if err != nil || bytes.Contains(raw, []byte("secret")) || !bytes.Contains(raw, []byte("2026")) {
		t.Errorf("%q, %v", raw, err)
	}
	other := filepath.Join(t.TempDir(), "b")
	write(t, other, ring, []byte("the secret of the call"))
	twin, _ := os.ReadFile(other)
	if bytes.Equal(raw[headerBytes:], twin[headerBytes:]) {
		t.Error("the same content is encrypted the same way twice")
	}
}

func TestOldFilesAreReadAfterARotation(t *testing.T) {
	dir := t.TempDir()
	plain, old, fresh := filepath.Join(dir, "plain"), filepath.Join(dir, "old"), filepath.Join(dir, "new")
	write(t, plain, nil, []byte("0"))
	write(t, old, testRing(t, "2025"), []byte("1"))
	ring := testRing(t, "2026", "2025")
	write(t, fresh, ring, []byte("2"))
	for file, want := range map[string]string{plain: "0", old: "1", fresh: "2"} {
		if got := read(t, file, ring); string(got) != want {
			t.Errorf("%s: %q", file, got)
		}
	}
	var unknown *UnknownKeyError
	if _, err := Open(fresh, testRing(t, "2025")); !errors.As(err, &unknown) || unknown.ID != "2026" {
		t.Error(err)
	}
	if _, err := Open(fresh, nil); !errors.As(err, &unknown) {
		t.Error(err)
	}
	impostor, _ := ParseKey("2026", strings.Repeat("11", 32))
	wrong, _ := NewRing(impostor)
	if _, err := Open(fresh, wrong); err == nil || errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "another key") {
		t.Error(err)
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	good := strings.Repeat("ab", 32)
	for _, test := range []struct{ id, text string }{
		{"", good}, {"a b", good}, {strings.Repeat("x", 33), good}, {"a", ""}, {"a", good[2:]}, {"a", "s3cret"},
	} {
		if _, err := ParseKey(test.id, test.text); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q %q: %v", test.id, test.text, err)
		}
	}
	for _, text := range []string{good, good + "\n", "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="} {
		key, err := ParseKey("a", text)
		if err != nil || fmt.Sprintf("%v %#v", key, key) != "encryption key a encryption key a" || key.secret[31] != 0xab {
			t.Errorf("%q: %v, %v", text, key, err)
		}
	}
	if _, err := NewRing(testKey(t, "a"), testKey(t, "a")); err == nil {
		t.Error("two keys of one id")
	}
	if _, err := NewRing(Key{}); err == nil {
		t.Error("a ring without a key")
	}
}

// TestChangedBytesAreNoticed: in every place of the file.
func TestChangedBytesAreNoticed(t *testing.T) {
	for name, ring := range rings(t) {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "a")
			data := content(500)
			write(t, file, ring, data[:200], data[200:])
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for at := range raw {
				changed := bytes.Clone(raw)
				changed[at] ^= 1
				if err := os.WriteFile(file, changed, fileMode); err != nil {
					t.Fatal(err)
				}
				r, err := Open(file, ring)
				if err != nil {
					continue
				}
				if _, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size())); err == nil {
					t.Errorf("byte %d of %d", at, len(raw))
				}
				r.Close()
			}
		})
	}
}

func TestShortenedFileIsNotComplete(t *testing.T) {
	for name, ring := range rings(t) {
		file := filepath.Join(t.TempDir(), "a")
		write(t, file, ring, content(100), content(100))
		raw, _ := os.ReadFile(file)
		for size := range raw {
			if err := os.WriteFile(file, raw[:size], fileMode); err != nil {
				t.Fatal(err)
			}
			if r, err := Open(file, ring); err == nil {
				r.Close()
				t.Errorf("%s: %d of %d bytes are taken for the file", name, size, len(raw))
			}
		}
	}
}
