package backbone

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stored makes a data directory with values in a bucket, each of its key, and returns its
// file.
func stored(t testing.TB, values int) (dir, file string) {
	t.Helper()
	dir = t.TempDir()
	b := open(t, dir)
	bucket, err := b.Bucket(t.Context(), "things", 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range values {
		if _, err := bucket.Put(t.Context(), fmt.Sprintf("key%d", i), []byte(strings.Repeat(fmt.Sprint(i%10), 50+i))); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i < values; i += 5 { // and again, and some are removed
		if _, err := bucket.Put(t.Context(), fmt.Sprintf("key%d", i), []byte("again")); err != nil {
			t.Fatal(err)
		}
		if err := bucket.Purge(t.Context(), fmt.Sprintf("key%d", i+1)); err != nil {
			t.Fatal(err)
		}
	}
	b.Close()
	return dir, filepath.Join(dir, "backbone", "jetstream", "$G", "streams", "KV_things", "msgs", "1.blk")
}

// values opens a directory and returns what is in the bucket, and the log.
func values(t testing.TB, dir string) (map[string]string, string) {
	t.Helper()
	var log bytes.Buffer
	b, err := Open(t.Context(), Config{Dir: dir}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	bucket, err := b.Bucket(t.Context(), "things", 0)
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	keys, err := bucket.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		entry, err := bucket.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		found[key] = string(entry.Value())
	}
	return found, log.String()
}

// TestDamageCostsWhatIsDamaged: a byte that has changed on the disk costs the value that it
// is in, wherever it is, and not those behind it. The log says so, and the file is kept.
func TestDamageCostsWhatIsDamaged(t *testing.T) {
	dir, file := stored(t, 20)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, log := values(t, dir)
	if strings.Contains(log, "damaged") || len(want) != 16 {
		t.Fatalf("%d values, and the log says %s", len(want), log)
	}
	for _, clean := range []bool{true, false} {
		for at := 3; at < len(content)*3/4; at += 211 {
			again := t.TempDir()
			if err := os.CopyFS(again, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			place := filepath.Join(again, strings.TrimPrefix(file, dir))
			if !clean { // the process was killed
				_ = os.Remove(filepath.Join(filepath.Dir(place), "index.db"))
			}
			broken := bytes.Clone(content)
			broken[at] ^= 0x10
			if err := os.WriteFile(place, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			got, log := values(t, again)
			missing := 0
			for key, value := range want {
				if got[key] != value {
					missing++
				}
			}
			if missing > 1 || len(got) > len(want)+1 {
				t.Errorf("byte %d, clean %t: %d of %d values are missing, %d are there", at, clean, missing, len(want), len(got))
			}
			if !strings.Contains(log, "stored data is damaged") {
				t.Errorf("byte %d, clean %t: the log does not say that data is damaged: %s", at, clean, log)
			}
			kept, err := filepath.Glob(filepath.Join(again, "backbone", "damaged", "KV_things-*"))
			if text, _ := os.ReadFile(strings.Join(kept, "")); err != nil || !bytes.Equal(text, broken) {
				t.Errorf("byte %d, clean %t: kept are %v, %v", at, clean, kept, err)
			}
			if _, log = values(t, again); strings.Contains(log, "damaged") {
				t.Errorf("byte %d, clean %t: it is damaged again: %s", at, clean, log)
			}
		}
	}
}

// TestCutWritesAreNoDamage: the end of a file that a power cut left is dropped, and the
// rest is there.
func TestCutWritesAreNoDamage(t *testing.T) {
	dir, file := stored(t, 20)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(filepath.Join(filepath.Dir(file), "index.db"))
	if err := os.WriteFile(file, content[:len(content)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	got, log := values(t, dir)
	if len(got) < 16 || strings.Contains(log, "damaged") {
		t.Errorf("%d values, and the log says %s", len(got), log)
	}
}

// FuzzBlock: of whatever file, what is kept is made of its own parts, in order, and is whole.
func FuzzBlock(f *testing.F) {
	_, file := stored(f, 5)
	content, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	f.Add(content[:len(content)/2])
	f.Add(append(bytes.Clone(content[7:]), content...))
	f.Add([]byte(strings.Repeat(subjectPrefix, 20)))
	f.Fuzz(func(t *testing.T, content []byte) {
		b, err := newBlock("KV_things", "1", content)
		if err != nil {
			t.Fatal(err)
		}
		whole, lost := b.survey()
		size := 0
		for _, part := range whole {
			size += len(part)
		}
		if size+lost != len(content) {
			t.Fatalf("%d bytes are kept and %d lost of %d", size, lost, len(content))
		}
		if len(whole) == 0 {
			return
		}
		again, _ := newBlock("KV_things", "1", bytes.Join(whole, nil))
		if _, lost := again.survey(); lost != 0 {
			t.Fatalf("%d bytes are lost again", lost)
		}
	})
}
