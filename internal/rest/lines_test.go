package rest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestLinesOutliveTheirWriteDeadline: over HTTP/2 a deadline that passes between
// two lines would end the answer.
func TestLinesOutliveTheirWriteDeadline(t *testing.T) {
	const patience = 50 * time.Millisecond
	door := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lines, err := NewLines(w)
		if err != nil {
			t.Error(err)
			return
		}
		lines.patience = patience
		for _, text := range []string{"one", "two"} {
			if err := lines.Send([]byte(text)); err != nil {
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
