package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// openDisk opens a store whose files are small, and returns what it keeps.
func openDisk(t testing.TB, dir string) (*DiskStore, map[uint64]string) {
	t.Helper()
	s, kept, err := tryDisk(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, kept
}

func tryDisk(t testing.TB, dir string) (*DiskStore, map[uint64]string, error) {
	t.Helper()
	s := OnDisk(dir, nil, quiet())
	s.full, s.over = 4096, 0
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	kept := map[uint64]string{}
	err := s.Recover(t.Context(), func(number uint64, data []byte) error {
		kept[number] = string(data)
		return nil
	})
	return s, kept, err
}

func mustAppend(t testing.TB, s *DiskStore, id uint64, text string) uint64 {
	t.Helper()
	number, err := s.Append(t.Context(), id, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return number
}

func mustSync(t testing.TB, s *DiskStore) {
	t.Helper()
	if err := s.Sync(); err != nil {
		t.Fatal(err)
	}
}

// copyDir is what a process killed at this moment would leave behind.
func copyDir(t testing.TB, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// files are the segments of a directory with their contents, the oldest first.
func files(t testing.TB, dir string) (names []string, contents [][]byte) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		contents = append(contents, content)
	}
	return names, contents
}

// sizes are the bytes of a store's files and of its pages; it may sweep meanwhile.
func (s *DiskStore) sizes() (is struct{ files, live int64 }) {
	s.mu.Lock()
	defer s.mu.Unlock()
	is.files, is.live = s.bytes, s.live
	return is
}

// TestStoreOnDiskAgreesWithAModel: whatever was appended, and not forgotten, is there
// after any number of kills, and what was forgotten comes back only if the kill came
// before a sweep; the files have at most twice what was kept, and seven segments.
func TestStoreOnDiskAgreesWithAModel(t *testing.T) {
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 1))
		dir := t.TempDir()
		s, _ := openDisk(t, dir)
		model, forgotten := map[uint64]string{}, map[uint64]bool{}
		most := int64(0)
		for step := range 1000 {
			most = max(most, s.sizes().live)
			switch n := random.IntN(100); {
			case n < 50:
				text := strings.Repeat(fmt.Sprint(step, " "), 1+random.IntN(200))
				model[mustAppend(t, s, uint64(step)+1, text)] = text
			case n < 97 && len(model) > 20 || len(model) > 60:
				numbers := slices.Sorted(maps.Keys(model))
				number := numbers[random.IntN(len(numbers))]
				delete(model, number)
				forgotten[number] = true
				s.Done(number)
			case n < 99:
				s.sweep()
				clear(forgotten)
				if is := s.sizes(); is.files > 7*s.full+2*most {
					t.Fatalf("seed %d, step %d: the files have %d bytes, the kept pages had %d at most", seed, step, is.files, most)
				}
			default:
				dir = copyDir(t, dir)
				var kept map[uint64]string
				s, kept = openDisk(t, dir)
				for number := range kept {
					if _, want := model[number]; !want {
						if !forgotten[number] {
							t.Fatalf("seed %d, step %d: page %d came back", seed, step, number)
						}
						s.Done(number)
						delete(kept, number)
					}
				}
				if !maps.Equal(kept, model) {
					t.Fatalf("seed %d, step %d: %d pages are kept of %d", seed, step, len(kept), len(model))
				}
			}
		}
		for number, text := range model {
			if data, err := s.Read(t.Context(), number); err != nil || string(data) != text {
				t.Fatalf("page %d: %q, %v", number, data, err)
			}
		}
	}
}

// TestCutOffWriteIsForgotten, wherever it was cut, and what was on the disk before is
// there; afterwards the store goes on.
func TestCutOffWriteIsForgotten(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	mustAppend(t, s, 1, "one")
	mustSync(t, s)
	on := s.end
	s.Done(mustAppend(t, s, 2, "two"))
	mustAppend(t, s, 3, "three")
	names, contents := files(t, dir)
	whole := contents[0]
	for cut := on; cut < int64(len(whole)); cut += 3 {
		for _, rest := range [][]byte{nil, make([]byte, 100), bytes.Repeat([]byte{0xff}, 100)} {
			if err := os.WriteFile(names[0], append(slices.Clone(whole[:cut]), rest...), 0o600); err != nil {
				t.Fatal(err)
			}
			again, kept := openDisk(t, copyDir(t, dir))
			if kept[1] != "one" || len(kept) > 2 {
				t.Fatalf("cut at %d, %d bytes behind: %v", cut, len(rest), kept)
			}
			number := mustAppend(t, again, 1, "next")
			if _, kept := openDisk(t, copyDir(t, again.dir)); kept[number] != "next" || kept[1] != "one" {
				t.Fatalf("cut at %d, after the next page: %v", cut, kept)
			}
		}
	}
}

// TestDamageToWhatWasOnTheDiskIsReported, in the active file and in one before it.
func TestDamageToWhatWasOnTheDiskIsReported(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	for i := range uint64(12) {
		mustAppend(t, s, i+1, strings.Repeat("text ", 150))
		mustSync(t, s)
	}
	names, contents := files(t, dir)
	if len(names) < 2 {
		t.Fatal("there is one file only")
	}
	for i, content := range contents {
		for at := 0; at < len(content)-1600; at += 397 { // the last pages have nothing behind them
			damaged := slices.Clone(content)
			damaged[at] ^= 0x10
			if err := os.WriteFile(names[i], damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, err := tryDisk(t, copyDir(t, dir))
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), filepath.Base(names[i])) {
				t.Errorf("file %d, byte %d of %d: %v", i, at, len(content), err)
			}
		}
		if err := os.WriteFile(names[i], content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFileThatIsMissingIsDamage: the writer passes over its pages then, instead of trying for ever.
func TestFileThatIsMissingIsDamage(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	number := mustAppend(t, s, 1, "one")
	if err := os.Remove(s.segments[0].path(dir)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(t.Context(), number); !errors.Is(err, ErrDamaged) {
		t.Errorf("reading from a file that is missing: %v", err)
	}
}

// TestCrashWhileAFileIsMadeIsNoDamage: the new file may have no content, or none
// that is on the disk.
func TestCrashWhileAFileIsMadeIsNoDamage(t *testing.T) {
	for _, content := range [][]byte{nil, make([]byte, 4096), []byte("garbage")} {
		dir := t.TempDir()
		s, _ := openDisk(t, dir)
		mustAppend(t, s, 1, "one")
		if err := os.WriteFile((&segment{ordinal: 2}).path(dir), content, 0o600); err != nil {
			t.Fatal(err)
		}
		again, kept := openDisk(t, copyDir(t, dir))
		if kept[1] != "one" {
			t.Errorf("kept %v", kept)
		}
		if number := mustAppend(t, again, 1, "two"); number != 2 {
			t.Errorf("the next page is %d", number)
		}
		if _, kept := openDisk(t, copyDir(t, again.dir)); len(kept) != 2 {
			t.Errorf("kept %v", kept)
		}
	}
}

// TestFailedWriteKeepsNothingAndLosesNothing: the pages that were done meanwhile are
// forgotten with the write that succeeds.
func TestFailedWriteKeepsNothingAndLosesNothing(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	one := mustAppend(t, s, 1, "one")
	file := s.file
	readOnly, err := os.Open(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	s.Done(one)
	s.sweep() // written, and not synced
	mustAppend(t, s, 2, "two")
	s.Done(2)
	s.file = readOnly
	for range 3 {
		if _, err := s.Append(t.Context(), 3, []byte("three, which is longer when it fails")); err == nil {
			t.Fatal("it was appended to a file that cannot be written")
		}
	}
	s.file = file
	three := mustAppend(t, s, 3, "three")
	if again := mustAppend(t, s, 3, "three"); again != three {
		t.Errorf("repeated, page %d became %d", three, again)
	}
	if _, kept := openDisk(t, copyDir(t, dir)); len(kept) != 1 || kept[three] != "three" {
		t.Errorf("kept %v", kept)
	}
}

// TestDonePageIsForgottenWithoutAnotherWrite, soon after.
func TestDonePageIsForgottenWithoutAnotherWrite(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	s.Done(mustAppend(t, s, 1, "one"))
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(forgetAfter / 4) {
		if _, kept := openDisk(t, copyDir(t, dir)); len(kept) == 0 {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("kept %v", kept)
		}
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := s.Append(t.Context(), 2, nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a closed store appends: %v", err)
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add(appendFrame(nil, frame{kind: framePage, sequence: 7, page: 3, content: []byte("text")}), uint64(6))
	f.Add(make([]byte, 40), uint64(0))
	f.Fuzz(func(t *testing.T, b []byte, after uint64) {
		got, size, intact := readFrame(b, after)
		if intact && !bytes.Equal(appendFrame(nil, got), b[:size]) {
			t.Errorf("%+v is written otherwise", got)
		}
	})
}
