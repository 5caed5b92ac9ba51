package rest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

const repeatedID = "b749bc6d-ed09-4df2-8b7f-c5e60fee7aea"

// repeat is the pair of headers of a repeatable request.
func repeat(id string) []string {
	return []string{"Repeatability-Request-ID", id, "Repeatability-First-Sent", testTime.Format(http.TimeFormat)}
}

// counting is a repeatable route that tells how often it ran.
func counting(t *testing.T, f *fixture, p *Repeatability, answer func(n int32, w http.ResponseWriter) error) *atomic.Int32 {
	var runs atomic.Int32
	f.Handle("POST", "/calls", func(w http.ResponseWriter, _ *http.Request) error {
		return answer(runs.Add(1), w)
	}, Success(201), Repeatable(p), ReportsRepeatability())
	return &runs
}

func created(n int32, w http.ResponseWriter) error {
	w.Header().Set("Location", "/calls/"+strconv.Itoa(int(n)))
	return WriteJSON(w, 201, n)
}

func TestRepeatedRequestGetsTheFirstAnswer(t *testing.T) {
	f := newFixture(t)
	runs := counting(t, f, newRepeatability(t, store.InMemory()), created)
	first := f.send(t, "POST", "/calls?api-version=2026-03-12", `{"a":1}`, repeat(repeatedID)...)
	again := f.send(t, "POST", "/calls?api-version=2026-03-12", `{"a":1}`, repeat(strings.ToUpper(repeatedID))...)
	if runs.Load() != 1 || first.Code != 201 || again.Code != 201 || again.Body.String() != first.Body.String() {
		t.Fatalf("%d runs, %d %s, then %d %s", runs.Load(), first.Code, first.Body, again.Code, again.Body)
	}
	for _, name := range []string{"Location", "Content-Type", "X-Microsoft-Skype-Chain-ID"} {
		if first.Header().Get(name) == "" || first.Header().Get(name) != again.Header().Get(name) {
			t.Errorf("%s: %q, then %q", name, first.Header().Get(name), again.Header().Get(name))
		}
	}
	if first.Header().Get("Repeatability-Result") != "accepted" || again.Header().Get("Repeatability-Result") != "accepted" {
		t.Error("Repeatability-Result is missing")
	}
	f.send(t, "POST", "/calls?api-version=2026-03-12", `{"a":1}`)
	f.send(t, "POST", "/calls?api-version=2026-03-12", `{"a":1}`, repeat("b749bc6d-ed09-4df2-8b7f-c5e60fee7aeb")...)
	if runs.Load() != 3 {
		t.Fatalf("%d runs; requests without and with another id must run", runs.Load())
	}
}

func TestRepeatabilityHeadersAreChecked(t *testing.T) {
	date := testTime.Format(http.TimeFormat)
	tests := []struct {
		name    string
		headers []string
		status  int
	}{
		{"id alone", []string{"Repeatability-Request-ID", repeatedID}, 400},
		{"date alone", []string{"Repeatability-First-Sent", date}, 400},
		{"no UUID", []string{"Repeatability-Request-ID", "42", "Repeatability-First-Sent", date}, 400},
		{"UUID in braces", []string{"Repeatability-Request-ID", "{" + repeatedID + "}", "Repeatability-First-Sent", date}, 400},
		{"no date", []string{"Repeatability-Request-ID", repeatedID, "Repeatability-First-Sent", "today"}, 400},
		{"too old", []string{"Repeatability-Request-ID", repeatedID, "Repeatability-First-Sent", testTime.Add(-25 * time.Hour).Format(http.TimeFormat)}, 412},
		{"RFC 3339", []string{"Repeatability-Request-ID", repeatedID, "Repeatability-First-Sent", testTime.Format(time.RFC3339)}, 201},
	}
	f := newFixture(t)
	counting(t, f, newRepeatability(t, store.InMemory()), created)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f.want(t, f.send(t, "POST", "/calls?api-version=2026-03-12", "", test.headers...), test.status, "")
		})
	}
}

func TestSameIDWithAnotherRequestIsRefused(t *testing.T) {
	f := newFixture(t)
	runs := counting(t, f, newRepeatability(t, store.InMemory()), created)
	f.send(t, "POST", "/calls?api-version=2026-03-12", `{"a":1}`, repeat(repeatedID)...)
	for _, other := range [][2]string{{"/calls?api-version=2026-03-12", `{"a":2}`}, {"/calls?api-version=2026-03-12&x=1", `{"a":1}`}} {
		w := f.send(t, "POST", other[0], other[1], repeat(repeatedID)...)
		if got := f.want(t, w, 400, "ValidationError"); !strings.Contains(got.Error.Message, "used before") {
			t.Errorf("%v: %s", other, w.Body)
		}
	}
	if runs.Load() != 1 {
		t.Fatalf("%d runs", runs.Load())
	}
}

func TestFailuresAreNotRemembered(t *testing.T) {
	for status, err := range map[int]error{503: fault.Busy(time.Second, "x"), 429: fault.Throttled(time.Second, "x"), 500: http.ErrNotSupported} {
		f := newFixture(t)
		runs := counting(t, f, newRepeatability(t, store.InMemory()), func(n int32, w http.ResponseWriter) error {
			if n == 1 {
				return err
			}
			return created(n, w)
		})
		w := f.send(t, "POST", "/calls?api-version=2026-03-12", "", repeat(repeatedID)...)
		f.want(t, w, status, "")
		if w.Header().Get("Repeatability-Result") != "" {
			t.Errorf("%d carries Repeatability-Result", status)
		}
		f.want(t, f.send(t, "POST", "/calls?api-version=2026-03-12", "", repeat(repeatedID)...), 201, "")
		if runs.Load() != 2 {
			t.Errorf("%d: %d runs", status, runs.Load())
		}
	}
}

func TestRefusalsAreRemembered(t *testing.T) {
	f := newFixture(t)
	runs := counting(t, f, newRepeatability(t, store.InMemory()), func(int32, http.ResponseWriter) error { return fault.NotFound("Call not found.") })
	for range 2 {
		f.want(t, f.send(t, "POST", "/calls?api-version=2026-03-12", "", repeat(repeatedID)...), 404, "NotFound")
	}
	if runs.Load() != 1 {
		t.Fatalf("%d runs", runs.Load())
	}
}

func TestAnswersSurviveARestart(t *testing.T) {
	backend := store.InMemory()
	var bodies []string
	before := newFixture(t)
	for range 2 {
		f := newFixture(t, func(c *Config) { c.Auth = before.cfg.Auth })
		f.key = before.key // which outlives the process
		p, err := NewRepeatability(backend, "answers")
		if err != nil {
			t.Fatal(err)
		}
		runs := counting(t, f, p, func(_ int32, w http.ResponseWriter) error { return WriteJSON(w, 201, len(bodies)) })
		bodies = append(bodies, f.send(t, "POST", "/calls?api-version=2026-03-12", "", repeat(repeatedID)...).Body.String())
		if len(bodies) == 2 && runs.Load() != 0 {
			t.Fatal("it ran again after the restart")
		}
		p.Close()
	}
	if bodies[0] != bodies[1] {
		t.Fatalf("%s, then %s", bodies[0], bodies[1])
	}
}

// In these tests a handler works while others wait; synctest says when all do.

func TestConcurrentDuplicatesWaitForTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		p, release := newRepeatability(t, store.InMemory()), make(chan struct{})
		runs := counting(t, f, p, func(n int32, w http.ResponseWriter) error {
			<-release
			return created(n, w)
		})
		answers := make([]*httptest.ResponseRecorder, 5)
		var work sync.WaitGroup
		for i := range answers {
			work.Go(func() {
				answers[i] = f.send(t, "POST", "/calls?api-version=2026-03-12", "", repeat(repeatedID)...)
			})
		}
		synctest.Wait()
		if runs.Load() != 1 {
			t.Fatalf("%d run at once", runs.Load())
		}
		// Another request with the id need not wait to be refused.
		f.want(t, f.send(t, "POST", "/calls?api-version=2026-03-12", "other", repeat(repeatedID)...), 400, "ValidationError")
		close(release)
		work.Wait()
		for i, w := range answers {
			if w.Code != 201 || w.Body.String() != "1" {
				t.Errorf("request %d: %d %s", i, w.Code, w.Body)
			}
		}
		if runs.Load() != 1 || len(p.inProgress) != 0 {
			t.Fatalf("%d runs, %d flights left", runs.Load(), len(p.inProgress))
		}
	})
}

func TestWaiterRunsWhenTheFirstFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		p, release := newRepeatability(t, store.InMemory()), make(chan struct{})
		runs := counting(t, f, p, func(n int32, w http.ResponseWriter) error {
			if n == 1 {
				<-release
				panic("the first fails")
			}
			return created(n, w)
		})
		var codes [2]int
		var work sync.WaitGroup
		for i := range codes {
			work.Go(func() {
				codes[i] = f.send(t, "POST", "/calls?api-version=2026-03-12", "", repeat(repeatedID)...).Code
			})
			synctest.Wait()
		}
		close(release)
		work.Wait()
		if codes != [2]int{500, 201} || runs.Load() != 2 {
			t.Fatalf("got %v after %d runs", codes, runs.Load())
		}
	})
}

func TestWorkGoesOnWhenItsClientLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		p, release := newRepeatability(t, store.InMemory()), make(chan struct{})
		var runs atomic.Int32
		f.Handle("POST", "/calls", func(w http.ResponseWriter, r *http.Request) error {
			runs.Add(1)
			<-release
			if err := r.Context().Err(); err != nil {
				return err
			}
			return created(runs.Load(), w)
		}, Success(201), Repeatable(p), NoAuth())
		ctx, leave := context.WithCancel(t.Context())
		r := httptest.NewRequest("POST", "http://localhost/calls?api-version=2026-03-12", nil).WithContext(ctx)
		for i, header := range repeat(repeatedID) {
			if i%2 == 0 {
				r.Header.Set(header, repeat(repeatedID)[i+1])
			}
		}
		var work sync.WaitGroup
		work.Go(func() { f.ServeHTTP(httptest.NewRecorder(), r) })
		synctest.Wait()
		leave()
		close(release)
		work.Wait()
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r.WithContext(t.Context()))
		if w.Code != 201 || runs.Load() != 1 {
			t.Fatalf("asked again: %d %s after %d runs", w.Code, w.Body, runs.Load())
		}
	})
}

// TestAnswersAreForTheirSender: whoever knows the id of another's request gets no answer to it.
// Answers of earlier versions name no sender.
func TestAnswersAreForTheirSender(t *testing.T) {
	f, p := newFixture(t), newRepeatability(t, store.InMemory())
	runs := counting(t, f, p, created)
	send := func() *httptest.ResponseRecorder {
		return f.send(t, "POST", "/calls?api-version=2026-03-12", "{}", repeat(repeatedID)...)
	}
	f.want(t, send(), 201, "")
	f.key, f.other = f.other, f.key
	f.want(t, send(), 400, "ValidationError")
	f.key, f.other = f.other, f.key
	kept, err := p.answers.Get(t.Context(), repeatedID)
	if err != nil {
		t.Fatal(err)
	}
	kept.Request = fingerprint(httptest.NewRequest("POST", "/calls?api-version=2026-03-12", nil), []byte("{}"), auth.Principal{})
	if err := p.answers.Put(t.Context(), repeatedID, kept); err != nil {
		t.Fatal(err)
	}
	if f.want(t, send(), 201, ""); runs.Load() != 1 {
		t.Errorf("the handler ran %d times", runs.Load())
	}
}
