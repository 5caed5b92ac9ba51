package journal

import (
	"bytes"
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

// written is a journal of some small files, and the pages that it keeps.
func written(t *testing.T, random *rand.Rand) (dir string, kept map[uint64]string) {
	t.Helper()
	dir, kept = t.TempDir(), map[uint64]string{}
	s, _ := openDisk(t, dir)
	for i := range uint64(150) {
		page := string(appendLine(pageOf(i+1), line{kind: KindMessage, seq: 1000 + i, posted: time.UnixMilli(1), content: bytes.Repeat([]byte("x"), random.IntN(200)), format: FormatFields}))
		kept[mustAppend(t, s, i+1, page)] = page
		if numbers := slices.Sorted(maps.Keys(kept)); random.IntN(3) == 0 {
			number := numbers[random.IntN(len(numbers))]
			delete(kept, number)
			s.Done(number)
		}
		if random.IntN(8) == 0 {
			mustSync(t, s)
		}
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return dir, kept
}

// TestRepairCostsWhatIsDamaged: a server does not start with damage in the middle of its journal; after
// the repair it does, with all else.
func TestRepairCostsWhatIsDamaged(t *testing.T) {
	refused := 0
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 7))
		dir, kept := written(t, random)
		names, contents := files(t, dir)
		which := random.IntN(len(names))
		content, at := contents[which], random.IntN(len(contents[which]))
		size := min(1+random.IntN(600), len(content)-at)
		if seed%2 == 0 {
			clear(content[at : at+size])
		} else {
			content[at] ^= 0x40
		}
		if err := os.WriteFile(names[which], content, 0o600); err != nil {
			t.Fatal(err)
		}
		found, err := Examine(dir)
		if err != nil {
			t.Fatal(err)
		}
		_, _, starts := tryDisk(t, copyDir(t, dir))
		if (starts != nil) != (len(found.Damage) > 0) {
			t.Fatalf("seed %d: the start says %v, and the examination %v", seed, starts, found.Damage)
		}
		if starts == nil {
			continue
		}
		refused++
		if !strings.Contains(starts.Error(), "switchhook journal") || !strings.Contains(found.Damage[0].String(), filepath.Base(names[which])) {
			t.Errorf("seed %d: the start says %v, and the examination %v", seed, starts, found.Damage)
		}
		aside := filepath.Join(t.TempDir(), "aside")
		if again, err := Repair(dir, aside); err != nil || again.Pages != found.Pages {
			t.Fatalf("seed %d: %+v, %v", seed, again, err)
		}
		s, left := openDisk(t, dir)
		lost := 0
		for number, page := range kept {
			if left[number] != page {
				lost++
			}
		}
		// A page has 70 bytes at least, and the damage can touch one more at its beginning.
		if most := 1 + size/70 + 1; lost > most || found.Lost < lost {
			t.Errorf("seed %d: of %d pages %d are lost, by %d bytes; the examination knows of %d", seed, len(kept), lost, size, found.Lost)
		}
		if number := mustAppend(t, s, 1000, string(pageOf(5000))); left[number] != "" {
			t.Errorf("seed %d: page %d is there twice", seed, number)
		}
		if asides, were := files(t, aside); len(asides) != len(names) || !bytes.Equal(were[which], content) {
			t.Errorf("seed %d: the files as they were are not kept", seed)
		}
	}
	if refused < 10 {
		t.Errorf("only %d of 30 were damaged", refused)
	}
}

// TestMissingFileIsLeftOut, and what is whole is left as it is.
func TestMissingFileIsLeftOut(t *testing.T) {
	dir, kept := written(t, rand.New(rand.NewPCG(1, 1)))
	names, _ := files(t, dir)
	aside := filepath.Join(t.TempDir(), "aside")
	if found, err := Repair(dir, aside); err != nil || found.Damage != nil || found.Pages != len(kept) || found.Events != len(kept) || found.Promises != len(kept) {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := os.Stat(aside); !os.IsNotExist(err) {
		t.Error("something was put aside of what is whole")
	}
	if err := os.Remove(names[1]); err != nil {
		t.Fatal(err)
	}
	found, err := Repair(dir, aside)
	if err != nil || found.Lost == 0 || fmt.Sprint(found.Damage) != fmt.Sprintf("[%s is missing]", names[1]) {
		t.Errorf("%+v, %v", found, err)
	}
	if _, left := openDisk(t, dir); len(left) != found.Pages {
		t.Errorf("%d pages, not %d", len(left), found.Pages)
	}
}

// TestPageThatIsNoneIsLeftOut: its frame is intact, and what is in it is not.
func TestPageThatIsNoneIsLeftOut(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	for id, page := range [][]byte{pageOf(1), {pageVersion, 0xff}, pageOf(2)} {
		mustAppend(t, s, uint64(id)+1, string(page))
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	found, err := Repair(dir, filepath.Join(t.TempDir(), "aside"))
	if err != nil || found.Pages != 2 || found.Lost != 1 || len(found.Damage) != 1 {
		t.Errorf("%+v, %v", found, err)
	}
	if _, left := openDisk(t, dir); len(left) != 2 {
		t.Errorf("%d pages are left", len(left))
	}
}

// TestInterruptedRepairIsRepeated: a crash leaves new files beside the damaged ones, and some of those moved.
func TestInterruptedRepairIsRepeated(t *testing.T) {
	dir, _ := written(t, rand.New(rand.NewPCG(2, 2)))
	names, contents := files(t, dir)
	contents[0][len(contents[0])/2] ^= 1
	if err := os.WriteFile(names[0], contents[0], 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := Examine(dir)
	if err != nil || len(want.Damage) == 0 {
		t.Fatal(want, err)
	}
	moved := 0
	for moved < len(names) {
		crashed := copyDir(t, dir)
		if _, err := Repair(crashed, filepath.Join(t.TempDir(), "aside")); err != nil {
			t.Fatal(err)
		}
		for _, name := range names[moved:] { // what the crash did not let it move
			content, err := os.ReadFile(name)
			if err == nil {
				err = os.WriteFile(filepath.Join(crashed, filepath.Base(name)), content, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		again, err := Repair(crashed, filepath.Join(t.TempDir(), "aside"))
		if err != nil || again.Pages != want.Pages {
			t.Errorf("%d files moved: %+v, want %+v, %v", moved, again, want, err)
		}
		if _, left := openDisk(t, crashed); len(left) != want.Pages {
			t.Errorf("%d files moved: %d pages", moved, len(left))
		}
		moved++
	}
}
