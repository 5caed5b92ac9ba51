package deadletter

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/storage"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// start runs an engine that gives what it cannot deliver to the box.
func start(t *testing.T, b *Box, journal journal.Store, client *http.Client) *delivery.Engine {
	t.Helper()
	e := delivery.New(delivery.Config{
		Policies: map[string]delivery.Policy{"eventgrid": gridPolicy(b), PolicyName: b.Policy()},
		Senders:  b.Senders(), Client: client,
	}, journal, quiet())
	if _, err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(e) })
	return e
}

// gridPolicy is like Event Grid's: some answers are final, the rest is retried.
func gridPolicy(b *Box) delivery.Policy {
	return delivery.Policy{
		Retry: func(_ *delivery.Message, o delivery.Outcome) (time.Duration, bool) {
			return time.Minute, o.Status != http.StatusBadRequest && o.Status != http.StatusForbidden
		},
		MaxAttempts: 30, TTL: 24 * time.Hour, Undelivered: b.Undelivered,
	}
}

func stop(e *delivery.Engine) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = e.Stop(ctx)
}

// event is one of a subscription whose dead letters go to address.
func event(id, url, address string) delivery.Message {
	return delivery.Message{
		ID: id, Policy: "eventgrid", Group: "INCOMING", URL: url, DeadLetter: address, MaxAttempts: 1,
		Body:  fmt.Appendf(nil, `[{"id":%q,"data":{}}]`, id),
		Event: delivery.Event{Subscription: "INCOMING", Schema: "EventGridSchema", Type: "Microsoft.Communication.IncomingCall"},
	}
}

// answering is a client whose endpoint has the given status.
func answering(status int) *http.Client {
	return &http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
	})}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// lettersIn returns the dead letters in a folder's container, and their files.
func lettersIn(t *testing.T, dir string) (letters []map[string]any, files []string) {
	t.Helper()
	files, _ = filepath.Glob(filepath.Join(dir, "*", "*", "*", "*", "*", "*", "*.json"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var some []map[string]any
		if err := json.Unmarshal(data, &some); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		letters = append(letters, some...)
	}
	return letters, files
}

// filesIn returns the names of the files in a container.
func filesIn(t *testing.T, c storage.Container, prefix string) (names []string) {
	t.Helper()
	for file, err := range storage.Walk(t.Context(), c, prefix) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, file.Name)
	}
	return names
}

func TestDeadLetterIsWrittenFiveMinutesAfterTheLastAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		b := New(Config{Folder: dir})
		e := start(t, b, journal.InMemory(), answering(400))
		defer stop(e)
		e.Post(event("1", "http://app.test/", FolderURL("letters")), event("2", "http://app.test/", FolderURL("letters")))
		time.Sleep(5*time.Minute - time.Second)
		if got, _ := lettersIn(t, dir); len(got) != 0 {
			t.Errorf("too early: %v", got)
		}
		time.Sleep(2 * time.Second)
		got, files := lettersIn(t, dir)
		if len(got) != 2 || len(files) != 1 { // due together, they share a file
			t.Fatalf("%d dead letters in %v", len(got), files)
		}
		if got[0]["deadLetterReason"] != "UndeliverableDueToHttpBadRequest" || got[0]["lastHttpStatusCode"] != 400.0 || got[0]["lastDeliveryOutcome"] != "BadRequest" || got[0]["deliveryAttempts"] != 1.0 {
			t.Errorf("got %v", got[0])
		}
		letters, more, err := b.List(t.Context(), FolderURL("letters"), "incoming", 1)
		if err != nil || !more || len(letters) != 1 || letters[0].ID == "" || letters[0].Attempts != 1 || letters[0].Reason != "UndeliverableDueToHttpBadRequest" || strings.Contains(string(letters[0].Event), "deadLetter") {
			t.Errorf("the list has %+v, more %t, %v", letters, more, err)
		}
		if letters, more, err = b.List(t.Context(), FolderURL("letters"), "incoming", 10); err != nil || more || len(letters) != 2 {
			t.Errorf("the list has %+v, more %t, %v", letters, more, err)
		}
		if !strings.HasPrefix(files[0], filepath.Join(dir, "letters", "INCOMING", "2000", "1", "1", "0")+string(filepath.Separator)) {
			t.Errorf("it is in %s", files[0])
		}
	})
}

// TestDeadLettersLeaveRoomOnTheDisk: calls need it more. They wait until there is some.
func TestDeadLettersLeaveRoomOnTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var free atomic.Uint64
		dir := t.TempDir()
		b := New(Config{Folder: dir, MinFree: 512 << 20, Free: func() (uint64, error) { return free.Load(), nil }})
		e := start(t, b, journal.InMemory(), answering(400))
		defer stop(e)
		free.Store(511 << 20)
		e.Post(event("1", "http://app.test/", FolderURL("letters")))
		time.Sleep(2 * time.Hour)
		if got, _ := lettersIn(t, dir); len(got) != 0 {
			t.Errorf("written though the disk is nearly full: %v", got)
		}
		if tries := e.Attempts(history.Filter{}, 1); len(tries) != 1 || tries[0].Status != http.StatusInsufficientStorage || !strings.Contains(tries[0].Answer, "511 MiB") {
			t.Errorf("the attempts say %+v", tries)
		}
		free.Store(512 << 20)
		time.Sleep(6 * time.Minute)
		if got, _ := lettersIn(t, dir); len(got) != 1 {
			t.Errorf("there is room, and %d are written", len(got))
		}
	})
}

// TestDeadLetterIsDroppedAfterFourHours has a store that is there again at the
// given time.
func TestDeadLetterIsDroppedAfterFourHours(t *testing.T) {
	for _, test := range []struct {
		name  string
		mends time.Duration
		kept  bool
	}{{"mended in time", 3*time.Hour + 50*time.Minute, true}, {"mended too late", 4*time.Hour + 30*time.Minute, false}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				blocked := filepath.Join(dir, "letters")
				if err := os.WriteFile(blocked, nil, 0o600); err != nil {
					t.Fatal(err)
				}
				e := start(t, New(Config{Folder: dir}), journal.InMemory(), answering(400))
				defer stop(e)
				e.Post(event("1", "http://app.test/", FolderURL("letters")))
				time.Sleep(test.mends)
				os.Remove(blocked)
				time.Sleep(24 * time.Hour)
				got, _ := lettersIn(t, dir)
				if (len(got) == 1) != test.kept {
					t.Errorf("dead letters: %v", got)
				}
				end := e.Attempts(history.Filter{Policy: PolicyName}, 1)[0]
				if !test.kept && (end.Result != history.Expired || end.Reason != delivery.ReasonTime) {
					t.Errorf("its end: %+v", end)
				}
			})
		})
	}
}

func TestResendDeliversDeadLettersOnceMore(t *testing.T) {
	var well atomic.Bool
	got := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !well.Load() {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		body, _ := io.ReadAll(r.Body)
		got <- string(body)
	}))
	defer server.Close()
	dir := t.TempDir()
	b := New(Config{Folder: dir, Delay: -1})
	e := start(t, b, journal.InMemory(), nil)
	const n = 5
	for i := range n {
		e.Post(event(fmt.Sprint(i), server.URL, FolderURL("letters")))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	if err := e.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if err := e.Await(ctx, "INCOMING"); err != nil {
		t.Fatal(err)
	}
	well.Store(true)
	address := func(body json.RawMessage) (delivery.Message, error) {
		var e struct{ ID string }
		err := json.Unmarshal(body, &e)
		m := event(e.ID, server.URL, FolderURL("letters"))
		m.Body = append(append([]byte("["), body...), ']')
		return m, err
	}
	sent := 0
	for sent < n { // those that were still on their way to the folder come in a later round
		some, err := b.Resend(ctx, e, FolderURL("letters"), "incoming", 100, address)
		if err != nil {
			t.Fatal(err)
		}
		sent += some
	}
	seen := map[string]bool{}
	for range n {
		select {
		case body := <-got:
			seen[body] = true
			if strings.Contains(body, "deadLetter") || strings.Contains(body, "Delivery") {
				t.Errorf("it came as %s", body)
			}
		case <-ctx.Done():
			t.Fatalf("only %d came", len(seen))
		}
	}
	if left, _ := lettersIn(t, dir); len(seen) != n || len(left) != 0 {
		t.Errorf("%d came, %d dead letters are left", len(seen), len(left))
	}
}

func TestResendPassesOverWhatIsNoDeadLetter(t *testing.T) {
	dir := t.TempDir()
	b := New(Config{Folder: dir})
	e := start(t, b, journal.InMemory(), answering(200))
	s, _ := b.open(FolderURL("letters"))
	for path, data := range map[string]string{"SUB/1.json": "oops", "SUB/2.json": `[{"id":"1"}]`} {
		if err := s.Put(t.Context(), path, strings.NewReader(data), storage.Properties{}); err != nil {
			t.Fatal(err)
		}
	}
	n, err := b.Resend(t.Context(), e, FolderURL("letters"), "sub", 10, func(json.RawMessage) (delivery.Message, error) {
		return event("1", "http://app.test/", ""), nil
	})
	if n != 1 || err == nil || !strings.Contains(err.Error(), "SUB/1.json") {
		t.Errorf("%d sent, %v", n, err)
	}
	if left := filesIn(t, s, "SUB/"); len(left) != 1 || left[0] != "SUB/1.json" {
		t.Errorf("left are %v", left)
	}
}

// TestResendDoesNotWaitForAStoreThatFails: what is written already goes out
// again; the rest is written when it can be.
func TestResendDoesNotWaitForAStoreThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		b := New(Config{Folder: dir})
		e := start(t, b, journal.InMemory(), answering(400))
		defer stop(e)
		e.Post(event("1", "http://app.test/", FolderURL("letters")))
		time.Sleep(6 * time.Minute)
		stuck := filepath.Join(dir, "elsewhere")
		if err := os.WriteFile(stuck, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		e.Post(event("2", "http://app.test/", FolderURL("elsewhere"))) // the place has been changed since
		time.Sleep(time.Second)
		begun := time.Now()
		sent, err := b.Resend(t.Context(), e, FolderURL("letters"), "incoming", 100, func(json.RawMessage) (delivery.Message, error) {
			return event("1", "http://app.test/", FolderURL("letters")), nil
		})
		if sent != 1 || err != nil || time.Since(begun) != writeTimeout {
			t.Errorf("%d sent after %v: %v", sent, time.Since(begun), err)
		}
		os.Remove(stuck)
		time.Sleep(time.Hour)
		if got, files := lettersIn(t, dir); len(got) != 2 {
			t.Errorf("dead letters in %v", files)
		}
	})
}
