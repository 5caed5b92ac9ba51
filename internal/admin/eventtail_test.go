package admin

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/eventgrid/sender"
	"github.com/switchhook/switchhook/internal/rest"
)

func TestTailTellsWhatWasMissed(t *testing.T) {
	w := httptest.NewRecorder()
	lines, err := rest.NewLines(deadlines{w})
	if err != nil {
		t.Fatal(err)
	}
	err = showEvent(lines, sender.TailEvent{Type: "a", Missed: 3, Body: []byte(`[{"id":"1"}]`)}, nil, "")
	if err != nil || w.Body.String() != "{\"missed\":3}\n{\"id\":\"1\"}\n" {
		t.Errorf("%q %v", w.Body, err)
	}
}

// deadlines lets a recorder pass for a connection.
type deadlines struct{ *httptest.ResponseRecorder }

func (deadlines) SetWriteDeadline(time.Time) error { return nil }

func (deadlines) SetReadDeadline(time.Time) error { return nil }
