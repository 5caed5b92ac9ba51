package rest

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestOpenRoutesAnswerUnderOurNamesAlone: signed routes need no such check, since a
// page cannot sign.
func TestOpenRoutesAnswerUnderOurNamesAlone(t *testing.T) {
	router := New(Config{Auth: keyHolder("primary")})
	ok := func(http.ResponseWriter, *http.Request) error { return nil }
	router.Handle("GET", "/open", ok, NoAuth(), NoVersion())
	router.Handle("GET", "/signed", ok, NoVersion())
	for target, want := range map[string]int{
		"http://localhost/open": 200, "http://rebound.example/open": http.StatusMisdirectedRequest, "http://rebound.example/signed": 200,
	} {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		if w.Code != want {
			t.Errorf("%s answers %d %s", target, w.Code, w.Body)
		}
	}
}
