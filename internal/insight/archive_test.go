package insight

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/s2"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/rest"
)

func overCall(h *Hub, id string) {
	leg := &wireLeg{id: "sip-" + id}
	h.Leg(call.LegNews{CorrelationID: id, ServerCallID: "s-" + id, From: caller, To: callee, What: call.LegCame, Who: caller, Leg: leg})
	h.SIP(time.Now(), false, "UDP", here, phone, invite("sip-"+id))
	h.Publish(call.ConnectionOpened{Head: call.Head{Connection: "c-" + id, CorrelationID: id, ServerCallID: "s-" + id, At: time.Now()}})
	h.CallOver(call.Detail{CorrelationID: id, ServerCallID: "s-" + id, From: caller, To: callee, Began: time.Now(), Ended: time.Now(), Why: call.Reason{Kind: call.EndedByPeer, Text: "the phone hung up"}})
}

func TestCallsThatAreOverSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	h := newHub(t, Config{Dir: dir})
	for n := range 5 {
		overCall(h, fmt.Sprint("call-", n))
	}
	before, items, _ := h.Timeline("call-3")
	h.Close()
	// A torn line, as a crash leaves it, and one of a newer version.
	index, err := os.OpenFile(filepath.Join(dir, "00000001.index"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(index, "%s\n%s", `{"version":99,"summary":{"id":"newer"}}`, `{"version":1,"offset":3,"summ`)
	index.Close()

	h = newHub(t, Config{Dir: dir})
	page := h.Search(t.Context(), Query{Limit: 10, Text: "phone hung up"})
	if len(page.Calls) != 5 || page.Calls[0].ID != "call-4" {
		t.Fatalf("found %d calls", len(page.Calls))
	}
	for _, id := range []string{"call-3", "s-call-3", "c-call-3", "sip-call-3"} {
		after, kept, known := h.Timeline(id)
		if !known || after.ID != before.ID || after.Reason != before.Reason || len(kept) != len(items) || kept[0].Text != items[0].Text {
			t.Errorf("%s: %+v with %d items, want %+v with %d", id, after, len(kept), before, len(items))
		}
	}
	overCall(h, "another") // into a pair of its own
	h.Close()
	h = newHub(t, Config{Dir: dir})
	defer h.Close()
	if _, kept, known := h.Timeline("another"); !known || len(kept) == 0 {
		t.Error("a call of the second process is lost")
	}
}

func TestDiskBudgetRemovesTheOldest(t *testing.T) {
	dir := t.TempDir()
	const disk = 64 << 10
	h := newHub(t, Config{Dir: dir, Disk: disk})
	for n := range 150 { // below goodRate's burst: all with their timeline
		overCall(h, fmt.Sprintf("call-%03d", n))
	}
	h.Close()
	var total int64
	files, _ := os.ReadDir(dir)
	for _, file := range files {
		if info, err := file.Info(); err == nil {
			total += info.Size()
		}
	}
	if total > disk*5/4 || total < disk/2 {
		t.Errorf("%d files have %d bytes, of %d", len(files), total, disk)
	}
	h = newHub(t, Config{Dir: dir, Disk: disk})
	defer h.Close()
	if page := h.Search(t.Context(), Query{Limit: 1000}); len(page.Calls) == 0 || page.Calls[0].ID != "call-149" {
		t.Errorf("%d calls are left", len(page.Calls))
	}
}

func TestTimelineThatLeftMemoryIsReadFromDisk(t *testing.T) {
	h := newHub(t, Config{Dir: t.TempDir()})
	defer h.Close()
	overCall(h, "first")
	h.settle(time.Now(), true)
	h.mu.Lock()
	h.dropTimeline(h.byID["first"])
	h.mu.Unlock()
	if sum, items, _ := h.Timeline("first"); len(items) == 0 || sum.Omitted != 0 {
		t.Errorf("%d items, %d omitted", len(items), sum.Omitted)
	}
	if page := h.Search(t.Context(), Query{Text: "INVITE sip:", Limit: 1}); len(page.Calls) != 1 {
		t.Error("its text is not found")
	}
}

func TestLoadArchivesSomeOfTheGoodCalls(t *testing.T) {
	dir := t.TempDir()
	h := newHub(t, Config{Dir: dir})
	for n := range goodRate.Burst + 100 {
		overCall(h, fmt.Sprint("call-", n))
	}
	h.JoinRefused("room", "99", caller.Raw(), "it is not the time of the room")
	h.Close()
	h = newHub(t, Config{Dir: dir})
	defer h.Close()
	if n := len(h.Search(t.Context(), Query{Limit: 1000}).Calls); n < goodRate.Burst || n > goodRate.Burst+50 {
		t.Errorf("%d calls are archived", n)
	}
	if n := len(h.Search(t.Context(), Query{Failed: true, Limit: 1000}).Calls); n != 1 {
		t.Errorf("%d with a problem are archived", n)
	}
}

// TestArchivesOfAllVersionsAreRead reads files as they are on disk today. They stay for
// ever: a number of a format, and what follows it, never changes.
func TestArchivesOfAllVersionsAreRead(t *testing.T) {
	for version, want := range map[int]struct {
		items  int
		reason string
	}{1: {4, "a participant hung up: the phone hung up"}, 2: {4 + len(everyDetail()), "the webhook https://app.example/callbacks did not take CallConnected: answered 503 (attempt 2, retried) at 08:00:00 UTC, after 2 attempts"}} {
		dir := t.TempDir()
		for _, name := range []string{"00000001.index", "00000001.calls"} {
			text, err := os.ReadFile(filepath.Join("testdata/archive", fmt.Sprint(version), name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		h := newHub(t, Config{Dir: dir, Keep: 100 * 365 * 24 * time.Hour})
		sum, items, known := h.Timeline("c-kept")
		if !known || sum.ID != "kept" || sum.Reason != want.reason || len(items) != want.items {
			t.Errorf("version %d: %t %+v with %d items", version, known, sum, len(items))
		}
		h.Close()
		if version == 1 {
			continue
		}
		for n, one := range everyDetail() { // they come first: their times are of 1970
			if got, want := items[n], (entry{int64(n), one.format, one.detail}).item(5+n); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("version %d: %+v was archived, which should be %+v", version, got, want)
			}
		}
	}
}

// TestArchiveHasNoSecrets, and shows what was shown before.
func TestArchiveHasNoSecrets(t *testing.T) {
	dir := t.TempDir()
	h := newHub(t, Config{Dir: dir})
	overCall(h, "call")
	add := func(f format, d detail) {
		h.mu.Lock()
		d.code(h.begin(f, time.Now()))
		h.add(h.byID["call"])
		h.mu.Unlock()
	}
	bodies := []string{`{"password":"SECRET"}`, `{"callbackUri":"https://a.example/?code=SECRET"}`, `[{"data":{"accessKey" :"SECRET"}}]`, `{"acce\u0073sKey":"SECRET"}`, `key=SECRET`, `"https://u:SECRET@a.example"`, `{"a":[1,2]}`}
	add(formatMessage, &sipMessage{text: []byte(secretMessage)})
	for _, body := range bodies {
		add(formatAttempt, &attempt{body: []byte(body)})
		add(formatRequest, &request{rest.Served{Body: []byte(body), Answer: []byte(body)}})
	}
	_, before, _ := h.Timeline("call")
	h.Close()
	file, err := os.ReadFile(filepath.Join(dir, "00000001.calls"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := s2.Decode(nil, file); err != nil || bytes.Contains(plain, []byte("SECRET")) || !bytes.Contains(plain, []byte(`{"a":[1,2]}`)) {
		t.Errorf("%v: the archive has %q", err, plain)
	}
	h = newHub(t, Config{Dir: dir})
	defer h.Close()
	if _, after, _ := h.Timeline("call"); !reflect.DeepEqual(after, before) {
		t.Errorf("%+v is shown, and before it was %+v", after, before)
	}
}

// TestHalfAPairStopsNoArchive: a crash has come between the two files of a pair. Calls are
// archived as before, and what is left over counts and is removed in the end.
func TestHalfAPairStopsNoArchive(t *testing.T) {
	dir := t.TempDir()
	half := filepath.Join(dir, "00000001.calls")
	if err := os.WriteFile(half, []byte("[]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := newHub(t, Config{Dir: dir})
	overCall(h, "call")
	h.Close()
	h = newHub(t, Config{Dir: dir})
	if _, kept, known := h.Timeline("call"); !known || len(kept) == 0 {
		t.Error("a call is lost beside half a pair")
	}
	h.Close()
	a, err := openArchive(Config{Dir: dir, Keep: time.Hour, Disk: 1 << 20, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	a.prune(time.Now().Add(2 * time.Hour))
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("half a pair is still there: %v", err)
	}
}

// TestDamagedArchiveIsTold: lines that cannot be read are counted in the log, and a place
// that is none is an error.
func TestDamagedArchiveIsTold(t *testing.T) {
	dir := t.TempDir()
	h := newHub(t, Config{Dir: dir})
	overCall(h, "call")
	h.Close()
	index, err := os.ReadFile(filepath.Join(dir, "00000001.index"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "00000001.index"), append([]byte("{damage\n\x00\n"), index...), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	a, err := openArchive(Config{Dir: dir, Keep: time.Hour, Disk: 1 << 20, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	list := a.load(10)
	if len(list) != 1 || !strings.Contains(log.String(), "lines=2") {
		t.Fatalf("%d calls, and the log says %s", len(list), &log)
	}
	place := *list[0].kept
	if items, err := a.read(place); err != nil || len(items) == 0 {
		t.Errorf("%d items, %v", len(items), err)
	}
	for _, bad := range []archivePlace{{place.number, place.offset, 1 << 62, place.version}, {place.number, -1, place.length, place.version}, {place.number, 1 << 62, 5, place.version}, {place.number, 0, -1, place.version}} {
		if items, err := a.read(bad); err == nil {
			t.Errorf("%+v has %d items", bad, len(items))
		}
	}
}

// TestNoFileOutlivesItsFirstCallForLong: where few calls come, a file is not full for months.
// Another one is begun, so that each can be removed when the calls in it are too old.
func TestNoFileOutlivesItsFirstCallForLong(t *testing.T) {
	for _, test := range []struct {
		name  string
		pause time.Duration
		pairs int
	}{
		{"an hour later", time.Hour, 1},
		{"a day later", 24 * time.Hour, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				a, err := openArchive(Config{Dir: dir, Keep: 7 * 24 * time.Hour, Disk: 256 << 20, Log: slog.New(slog.DiscardHandler)})
				if err != nil {
					t.Fatal(err)
				}
				defer a.close()
				for range 2 {
					if _, err := a.put(Summary{ID: "call"}, []byte("piece")); err != nil {
						t.Fatal(err)
					}
					time.Sleep(test.pause)
				}
				if numbers, err := a.numbers(); err != nil || len(numbers) != test.pairs {
					t.Errorf("the calls are in the pairs %v, want %d, %v", numbers, test.pairs, err)
				}
			})
		})
	}
}

// TestOldFileIsRemovedWhileNoCallComes: the file that was written to last is not kept for its
// successor.
func TestOldFileIsRemovedWhileNoCallComes(t *testing.T) {
	a, err := openArchive(Config{Dir: t.TempDir(), Keep: time.Hour, Disk: 1 << 20, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	if _, err := a.put(Summary{ID: "call"}, []byte("piece")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		after time.Duration
		pairs int
	}{{30 * time.Minute, 1}, {2 * time.Hour, 0}} {
		a.prune(time.Now().Add(test.after))
		if numbers, err := a.numbers(); err != nil || len(numbers) != test.pairs {
			t.Errorf("%v later the pairs %v are there, want %d, %v", test.after, numbers, test.pairs, err)
		}
	}
}

// TestFullDiskLeavesNoEmptyFiles: each call that cannot be written begins another pair; those
// in which nothing is are removed, so that a disk that is full for hours has no more files after.
func TestFullDiskLeavesNoEmptyFiles(t *testing.T) {
	for name, broken := range map[string]func(a *archive) *os.File{
		"timelines": func(a *archive) *os.File { return a.calls },
		"index":     func(a *archive) *os.File { return a.index },
	} {
		t.Run(name, func(t *testing.T) {
			a, err := openArchive(Config{Dir: t.TempDir(), Keep: time.Hour, Disk: 1 << 20, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			defer a.close()
			if _, err := a.put(Summary{ID: "before"}, []byte("piece")); err != nil {
				t.Fatal(err)
			}
			for range 5 {
				if err := a.open(); err != nil {
					t.Fatal(err)
				}
				broken(a).Close() // so that the write fails, as on a full disk
				if _, err := a.put(Summary{ID: "call"}, []byte("piece")); err == nil {
					t.Fatal("a call was written to a file that is closed")
				}
			}
			if numbers, err := a.numbers(); err != nil || len(numbers) != 1 {
				t.Errorf("the pairs %v are left, %v", numbers, err)
			}
			if place, err := a.put(Summary{ID: "after"}, []byte("piece")); err != nil || place.number == 1 || place.offset != 0 {
				t.Errorf("afterwards a call is at %+v, %v", place, err)
			}
		})
	}
}

// TestDoubtKeepsTimelines: a clock that is set forward, also before a start, makes none old.
func TestDoubtKeepsTimelines(t *testing.T) {
	dir := t.TempDir()
	h := newHub(t, Config{Dir: dir})
	overCall(h, "call")
	h.Close()
	ahead := time.Duration(0)
	doubts := clockjump.New(func() time.Time { return time.Now().Add(ahead) }, slog.New(slog.DiscardHandler))
	ahead = time.Hour
	for _, test := range []struct {
		doubts *clockjump.Watch
		kept   int
	}{{doubts, 1}, {nil, 0}} {
		a, err := openArchive(Config{Dir: dir, Keep: time.Nanosecond, Disk: 1 << 20, Doubts: test.doubts, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if list := a.load(10); len(list) != test.kept {
			t.Errorf("%d calls are loaded, not %d", len(list), test.kept)
		}
		a.prune(time.Now())
		if numbers, err := a.numbers(); err != nil || len(numbers) != test.kept {
			t.Errorf("%d pairs are there, not %d, %v", len(numbers), test.kept, err)
		}
	}
}
