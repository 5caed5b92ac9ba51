package rest

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/auth/authtest"
)

// timed is a ResponseWriter with a limit on the time of its answer.
type timed struct {
	*httptest.ResponseRecorder
	until time.Time
}

// SetWriteDeadline is what http.ResponseController asks for.
func (w *timed) SetWriteDeadline(t time.Time) error { w.until = t; return nil }

// TestAnswersOfTheKnownTakeTheirTime: the limit that the server sets holds for those who
// have shown no credentials.
func TestAnswersOfTheKnownTakeTheirTime(t *testing.T) {
	f := newFixture(t)
	f.Handle(http.MethodGet, "/own", func(http.ResponseWriter, *http.Request) error { return nil }, NoVersion())
	f.Handle(http.MethodGet, "/open", func(http.ResponseWriter, *http.Request) error { return nil }, NoVersion(), NoAuth())
	for _, test := range []struct {
		path   string
		signed bool
		lifted bool
	}{{"/own", true, true}, {"/own", false, false}, {"/open", true, false}} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost:8443"+test.path, nil)
		if test.signed {
			if err := authtest.Sign(r, nil, f.key.Base64(), f.now); err != nil {
				t.Fatal(err)
			}
		}
		w := &timed{httptest.NewRecorder(), time.Now().Add(time.Minute)}
		if f.ServeHTTP(w, r); w.until.IsZero() != test.lifted {
			t.Errorf("%s, signed %v: status %d, the limit is %v", test.path, test.signed, w.Code, w.until)
		}
	}
}
