package journal

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// onSimDisk opens a store on a disk of a test, and returns what it keeps.
func onSimDisk(t testing.TB, disk *simDisk) (*DiskStore, map[uint64]string) {
	t.Helper()
	s := OnDisk("journal", nil, quiet())
	s.files, s.syncData, s.full, s.over = disk, disk.syncData, 4096, 0
	sweepsOnlyHere(t, s)
	return s, recovered(t, s)
}

// TestStartWritesAgainWhatAFailedSyncHasLeft: the kernel has taken it for clean, and a sync of
// the next process would bring nothing of it to the disk.
func TestStartWritesAgainWhatAFailedSyncHasLeft(t *testing.T) {
	for seed := range uint64(20) {
		disk := newSimDisk(rand.New(rand.NewPCG(seed, 5)))
		s, _ := onSimDisk(t, disk)
		mustAppend(t, s, 1, "one")
		mustSync(t, s)
		mustAppend(t, s, 2, "two")
		for disk.failing = true; s.Sync() == nil; {
			mustAppend(t, s, s.next, "more")
		}
		disk.failing = false
		disk.restart(false)
		if disk.forgot {
			continue // it was not even seen
		}
		s, kept := onSimDisk(t, disk)
		if kept[2] != "two" {
			t.Fatalf("seed %d: after a kill: %v", seed, kept)
		}
		mustAppend(t, s, 9, "the next process relies on it")
		mustSync(t, s)
		disk.restart(true)
		if _, again := onSimDisk(t, disk); again[2] != "two" || len(again) != len(kept)+1 {
			t.Fatalf("seed %d: after a power cut: %v, before it %v", seed, again, kept)
		}
	}
}

// TestTimesOfAClockThatWasSetBack: an event that was tried while the clock was ahead is due
// as soon as it would have been.
func TestTimesOfAClockThatWasSetBack(t *testing.T) {
	now := time.Now()
	ago, soon := now.Add(-time.Minute), now.Add(10*time.Second)
	for _, ahead := range []time.Duration{0, 24 * time.Hour} {
		r := Record{Posted: ago, First: now.Add(ahead), Due: soon.Add(ahead)}
		r.notFromTheFuture(now)
		if !r.Posted.Equal(ago) || !r.First.Equal(now) || !r.Due.Equal(soon) {
			t.Errorf("a clock that was %v ahead: %v, %v, %v", ahead, r.Posted.Sub(now), r.First.Sub(now), r.Due.Sub(now))
		}
	}
	r := Record{Posted: now.Add(time.Hour), Due: now.Add(time.Hour + 5*time.Second)}
	if r.notFromTheFuture(now); !r.Posted.Equal(now) || !r.Due.Equal(now.Add(5*time.Second)) || !r.First.IsZero() {
		t.Errorf("posted %v, due %v", r.Posted.Sub(now), r.Due.Sub(now))
	}
}

// TestPowerCutWhereAFileIsFullBeforeItIsSynced: a start finds one file at most of which nothing is
// on the disk, as the next one is made only then.
func TestPowerCutWhereAFileIsFullBeforeItIsSynced(t *testing.T) {
	text := strings.Repeat("x", 5000) // fills a file
	for seed := range uint64(200) {
		disk := newSimDisk(rand.New(rand.NewPCG(seed, 6)))
		s, _ := onSimDisk(t, disk)
		mustAppend(t, s, 1, text)
		mustSync(t, s)
		mustAppend(t, s, 2, text) // begins the second file
		disk.crashIn = 1 + int(seed%10)
		_ = s.roll()
		disk.restart(true)
		if _, kept := onSimDisk(t, disk); kept[1] != text {
			t.Fatalf("seed %d: %d pages are kept", seed, len(kept))
		}
	}
}
