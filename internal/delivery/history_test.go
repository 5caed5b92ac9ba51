package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func everyAttempt(*Attempt) bool { return true }

func TestAttemptsSurviveARestartInGroups(t *testing.T) {
	archive := &memoryArchive{}
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		return reply{status: map[bool]int{true: 500, false: 200}[body == "7"], after: 12 * time.Millisecond}
	}}
	var before []Attempt
	runWith(t, Config{AttemptArchive: archive}, InMemory(), hooks, func(e *Engine, _ []Hold) {
		for i := range 600 {
			e.Post(incoming(fmt.Sprint(i)))
		}
		time.Sleep(5 * time.Second)
		if n := archive.len(); n < 3 || n > 5 {
			t.Errorf("600 attempts took %d writes", n)
		}
		e.Post(incoming("last")) // archived by Stop
		time.Sleep(20 * time.Millisecond)
		before = e.Attempts(Filter{}, 1000)
	})
	runWith(t, Config{AttemptArchive: archive}, InMemory(), &webhooks{}, func(e *Engine, _ []Hold) {
		after := e.Attempts(Filter{}, 1000)
		if len(before) != 601 || len(after) != 601 {
			t.Fatalf("%d attempts before the restart, %d after", len(before), len(after))
		}
		for i, a := range after {
			b := before[i]
			if !a.Time.Equal(b.Time) || !a.Next.Equal(b.Next) {
				t.Fatalf("the times of attempt %d are %v, %v; they were %v, %v", i, a.Time, a.Next, b.Time, b.Next)
			}
			a.Time, a.Next = b.Time, b.Next
			if a != b {
				t.Fatalf("attempt %d is\n%+v, it was\n%+v", i, a, b)
			}
		}
		failed := e.Attempts(Filter{Result: Retried}, 10)
		if len(failed) != 1 || failed[0].Status != 500 || failed[0].Latency != 12*time.Millisecond || !strings.HasPrefix(failed[0].Answer, "ok 7") || failed[0].Next.IsZero() {
			t.Errorf("the failed one is %+v", failed)
		}
	})
}

func TestAttemptsAreForgottenInTime(t *testing.T) {
	archive := &memoryArchive{}
	cfg := Config{AttemptArchive: archive, KeepAttempts: time.Hour}
	runWith(t, cfg, InMemory(), &webhooks{}, func(e *Engine, _ []Hold) {
		e.Post(incoming("a"))
		time.Sleep(59 * time.Minute)
		if got := e.Attempts(Filter{}, 10); len(got) != 1 {
			t.Errorf("%d attempts", len(got))
		}
		time.Sleep(2 * time.Minute)
		if got := e.Attempts(Filter{}, 10); len(got) != 0 {
			t.Errorf("%d attempts", len(got))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(2 * time.Hour) // each bubble's clock begins anew
		h := newHistory[Attempt]("attempts", archive, time.Hour, 10, quiet())
		if err := h.load(t.Context()); err != nil || len(h.ring) != 0 {
			t.Errorf("%d attempts are loaded, %v", len(h.ring), err)
		}
	})
}

func TestHistoryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		archive := &memoryArchive{broken: errors.New("no space left on device")}
		h := newHistory[Failure]("failures", archive, time.Hour, 1000, quiet())
		for i := range 3000 {
			h.add(Failure{Time: time.Now(), Message: fmt.Sprint(i)})
		}
		got := h.find(func(*Failure) bool { return true }, 10_000)
		if len(got) != 1000 || got[0].Message != "2999" || got[999].Message != "2000" {
			t.Errorf("%d failures", len(got))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		h.write(ctx) // returns, although nothing can be archived
		if first, due := h.due(); first != 2000+blockRecords || len(due) != blockRecords {
			t.Errorf("%d wait to be archived, from %d on", len(due), first)
		}
	})
}

// TestFloodIsArchivedNoFurtherThanRemembered: what memory has forgotten would
// be read by nobody.
func TestFloodIsArchivedNoFurtherThanRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		archive := &memoryArchive{}
		h := newHistory[Attempt]("attempts", archive, time.Hour, 300, quiet())
		for i := range 5000 {
			h.add(Attempt{Time: time.Now(), Number: i})
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		h.write(ctx)
		again := newHistory[Attempt]("attempts", archive, time.Hour, 300, quiet())
		if err := again.load(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := again.find(everyAttempt, 1000)
		if len(got) != 300 || got[0].Number != 4999 || got[299].Number != 4700 || archive.len() != 2 {
			t.Errorf("%d attempts in %d blocks", len(got), archive.len())
		}
	})
}

func TestDamagedArchiveIsPassedOver(t *testing.T) {
	good, err := json.Marshal(Failure{Time: time.Now(), Message: "good"})
	if err != nil {
		t.Fatal(err)
	}
	archive := &memoryArchive{blocks: [][]byte{[]byte("{oops"), good}}
	h := newHistory[Failure]("failures", archive, time.Hour, 10, quiet())
	h.add(Failure{Time: time.Now(), Message: "new"})
	if err := h.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := h.find(func(*Failure) bool { return true }, 10); len(got) != 2 || got[0].Message != "new" || got[1].Message != "good" {
		t.Errorf("got %+v", got)
	}
}

func TestArchiveTellsItsNewestBlocks(t *testing.T) {
	a := AttemptsOnBackbone(openBackbone(t, t.TempDir()), time.Hour, 100)
	for i := range 100 {
		if err := a.Append(t.Context(), fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := a.Read(t.Context(), 70, func(block []byte) error { got = append(got, string(block)); return nil })
	if err != nil || len(got) != 70 || got[0] != "30" || got[69] != "99" {
		t.Errorf("read %q, %v", got, err)
	}
}
