package journal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// tornDisk knows what of a store's files is on the disk.
type tornDisk struct {
	store  *DiskStore
	mu     sync.Mutex
	synced map[string]int64 // bytes of the files, by name
}

// onTornDisk has a store's syncs noted. What it has found at its start is synced.
func onTornDisk(s *DiskStore) *tornDisk {
	d := &tornDisk{store: s, synced: map[string]int64{}}
	for _, found := range s.segments {
		d.synced[filepath.Base(found.path(s.dir))] = found.size
	}
	s.syncData = func(file file) error {
		s.disk.Lock()
		end := s.end
		s.disk.Unlock()
		if err := s.files.syncData(file); err != nil {
			return err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.synced[filepath.Base(file.Name())] = end
		return nil
	}
	return d
}

// cut returns a directory as a power cut at this moment could leave it: of what was not
// synced, each block is there, or is not, or is something else.
func (d *tornDisk) cut(t testing.TB, random *rand.Rand) (dir string) {
	t.Helper()
	d.store.syncs.Lock()
	defer d.store.syncs.Unlock()
	d.store.disk.Lock()
	defer d.store.disk.Unlock()
	dir = copyDir(t, d.store.dir)
	names, contents := files(t, dir)
	for i, name := range names {
		content := contents[i]
		on := d.synced[filepath.Base(name)] // of a new one its name is there, and room
		const block = 128
		for at := on; at < int64(len(content)); at += block {
			lost := content[at:min(at+block, int64(len(content)))]
			switch random.IntN(4) {
			case 0:
				clear(lost)
			case 1:
				for j := range lost {
					lost[j] = byte(random.Uint32())
				}
			}
		}
		if random.IntN(4) == 0 {
			content = content[:on+random.Int64N(int64(len(content))-on+1)]
		}
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestPowerCutTakesOnlyTheEnd of what was written, and nothing that was synced: a page
// that is not there was not synced, nor is any page behind it.
func TestPowerCutTakesOnlyTheEnd(t *testing.T) {
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 2))
		s, _ := openDisk(t, t.TempDir())
		s.over = int64(seed%2) * 1024
		disk := onTornDisk(s)
		model := map[uint64]string{}   // appended, and not done
		forgotten := map[uint64]bool{} // done, and perhaps not on the disk
		synced := uint64(0)            // up to this page
		last := uint64(0)
		for step := range 600 {
			switch n := random.IntN(100); {
			case n < 50:
				text := strings.Repeat(fmt.Sprint(step, " "), 1+random.IntN(200))
				last = mustAppend(t, s, uint64(step)+1, text)
				model[last] = text
			case n < 90 && len(model) > 10 || len(model) > 40:
				numbers := slices.Sorted(maps.Keys(model))
				number := numbers[random.IntN(len(numbers))]
				delete(model, number)
				forgotten[number] = true
				s.Done(number)
			case n < 93:
				s.sweep()
			case n < 97:
				mustSync(t, s)
				synced = last
			default:
				dir := disk.cut(t, random)
				var kept map[uint64]string
				s, kept = openDisk(t, dir)
				s.over = int64(seed%2) * 1024
				disk = onTornDisk(s)
				newest := synced
				for number := range kept {
					newest = max(newest, number)
					if _, want := model[number]; !want && !forgotten[number] {
						t.Fatalf("seed %d, step %d: page %d came back", seed, step, number)
					}
				}
				for number, text := range model {
					if got, found := kept[number]; number <= newest && got != text || found && got != text {
						t.Fatalf("seed %d, step %d: page %d is %.20q; %d were synced, %d is there", seed, step, number, got, synced, newest)
					}
				}
				model, forgotten, last = kept, map[uint64]bool{}, newest
				synced = last // the start has synced what it found
			}
		}
	}
}

// TestAcceptedRecordsSurviveAPowerCut, in their order, with those before them.
func TestAcceptedRecordsSurviveAPowerCut(t *testing.T) {
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, 3))
		s, _ := openDisk(t, t.TempDir())
		s.over = int64(seed%2) * 1024
		disk := onTornDisk(s)
		j := New(s, Owner{Do: func(do func()) { do() }, At: func(time.Time, func()) {}, Accepted: func(*Record) {}}, quiet())
		life, end := context.WithCancel(t.Context())
		written := make(chan struct{})
		go func() { defer close(written); j.Write(life) }()
		for accepted, n := 0, 1; n <= 300; n++ {
			r := &Record{}
			r.NewMessage(note(n), time.Now(), nil)
			j.Put(EntryOf(r))
			if random.IntN(20) == 0 {
				if err := j.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				accepted = n
			}
			if random.IntN(10) > 0 {
				continue
			}
			again := OnDisk(disk.cut(t, random), nil, quiet())
			left := New(again, Owner{NewMessage: func() *Record { return &Record{Message: new(number)} }}, quiet())
			found, err := left.Recover(t.Context())
			if err = errors.Join(err, again.Close(t.Context())); err != nil {
				t.Fatal(err)
			}
			for i, r := range found.Messages {
				if got := *r.Message.(*number); int(got) != i+1 {
					t.Fatalf("seed %d: message %d is the %d. of %d", seed, got, i+1, len(found.Messages))
				}
			}
			if len(found.Messages) < accepted || len(found.Messages) > n {
				t.Fatalf("seed %d: %d of %d messages are left, %d were accepted", seed, len(found.Messages), n, accepted)
			}
		}
		j.Seal()
		<-written
		end()
	}
}
