package admin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/eventgrid/sender"
)

func TestTailTellsWhatWasMissed(t *testing.T) {
	w := httptest.NewRecorder()
	line := lineWriter{w, http.NewResponseController(deadlines{w}), time.Second}
	err := line.show(sender.TailEvent{Type: "a", Missed: 3, Body: []byte(`[{"id":"1"}]`)}, nil, "")
	if err != nil || w.Body.String() != "{\"missed\":3}\n{\"id\":\"1\"}\n" {
		t.Errorf("%q %v", w.Body, err)
	}
}

// TestTailOutlivesItsWriteDeadline: over HTTP/2 a deadline that passes between
// two lines would end the answer.
func TestTailOutlivesItsWriteDeadline(t *testing.T) {
	const patience = 50 * time.Millisecond
	door := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := lineWriter{w, http.NewResponseController(w), patience}
		for _, text := range []string{"one", "two"} {
			if err := line.write([]byte(text)); err != nil {
				t.Error(err)
			}
			select {
			case <-time.After(3 * patience):
			case <-r.Context().Done():
			}
		}
	}))
	door.EnableHTTP2 = true
	door.StartTLS()
	defer door.Close()
	answer, err := door.Client().Get(door.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || string(text) != "one\ntwo\n" || answer.ProtoMajor != 2 {
		t.Errorf("%s %q %v", answer.Proto, text, err)
	}
}

// deadlines lets a recorder pass for a connection.
type deadlines struct{ *httptest.ResponseRecorder }

func (deadlines) SetWriteDeadline(time.Time) error { return nil }
