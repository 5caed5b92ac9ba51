package rest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/auth/authtest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

// TestAfterwardsTheClientHasItsAnswer: what comes afterwards waits here for a client that has
// read its answer to the end, so it never ends where it comes first.
func TestAfterwardsTheClientHasItsAnswer(t *testing.T) {
	answers, err := NewRepeatability(store.InMemory(), "answers")
	if err != nil {
		t.Fatal(err)
	}
	defer answers.Close()
	f := newFixture(t)
	read, done := make(chan struct{}), make(chan struct{}, 1)
	wait := func(r *http.Request) {
		Afterwards(r.Context(), func() { <-read; done <- struct{}{} })
	}
	f.Handle("POST", "/calling/short", func(w http.ResponseWriter, r *http.Request) error {
		wait(r)
		return WriteJSON(w, 200, "short")
	}, Repeatable(answers))
	f.Handle("POST", "/calling/long", func(w http.ResponseWriter, r *http.Request) error {
		wait(r)
		return WriteJSON(w, 200, strings.Repeat("long", 10_000))
	})
	f.Handle("POST", "/calling/refused", func(_ http.ResponseWriter, r *http.Request) error {
		wait(r)
		return fault.Invalid("refused")
	})
	f.Handle("POST", "/calling/fails", func(_ http.ResponseWriter, r *http.Request) error {
		wait(r)
		panic("it fails")
	})
	server := httptest.NewServer(f)
	defer server.Close()
	for path, status := range map[string]int{"short": 200, "long": 200, "refused": 400, "fails": 500} {
		for _, id := range []string{"", uuid.NewString()} {
			r, _ := http.NewRequest("POST", server.URL+"/calling/"+path+"?api-version=2026-03-12", strings.NewReader("{}"))
			if id != "" {
				r.Header.Set("Repeatability-Request-ID", id)
				r.Header.Set("Repeatability-First-Sent", f.now.Format(http.TimeFormat))
			}
			if err := authtest.Sign(r, []byte("{}"), f.key.Base64(), f.now); err != nil {
				t.Fatal(err)
			}
			answer, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != status {
				t.Fatalf("%s: %d, %v", path, answer.StatusCode, err)
			}
			answer.Body.Close()
			select {
			case <-done:
				t.Errorf("%s: it was done before the client had its answer", path)
			default:
			}
			read <- struct{}{}
			<-done
		}
	}
}

// unreading is a client that does not read: what is sent waits until it may no longer.
type unreading struct{ timed }

func (w *unreading) Flush() {
	if w.until.IsZero() {
		select {}
	}
	time.Sleep(time.Until(w.until))
}

func TestAfterwardsDoesNotWaitForAClientThatDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		done := false
		f.Handle("POST", "/calling/short", func(w http.ResponseWriter, r *http.Request) error {
			Afterwards(r.Context(), func() { done = true })
			return WriteJSON(w, 200, "short")
		})
		r := httptest.NewRequest("POST", "http://localhost:8443/calling/short?api-version=2026-03-12", strings.NewReader("{}"))
		if err := authtest.Sign(r, []byte("{}"), f.key.Base64(), f.now); err != nil {
			t.Fatal(err)
		}
		w := &unreading{timed{ResponseRecorder: httptest.NewRecorder()}}
		if f.ServeHTTP(w, r); w.Code != 200 || !done {
			t.Errorf("status %d, done %t", w.Code, done)
		}
	})
}
