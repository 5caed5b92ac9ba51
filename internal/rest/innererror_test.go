package rest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/fault"
)

// TestInnerErrorIsToldInside asks for the shape of SIP routing's refusals.
func TestInnerErrorIsToldInside(t *testing.T) {
	f := newFixture(t)
	f.Handle("PATCH", "/sip", func(http.ResponseWriter, *http.Request) error {
		return Unprocessable(Inner("EmptyPatch", "Patch with no data provided.", fault.Invalid("Not valid.").WithCode("UnprocessableConfiguration")))
	})
	w := f.send(t, "PATCH", "/sip?api-version=2023-03-01", "{}")
	const want = `{"error":{"code":"UnprocessableConfiguration","message":"Not valid.","innererror":{"code":"EmptyPatch","message":"Patch with no data provided."}}}`
	if w.Code != 422 || w.Body.String() != want || w.Header().Get("X-Ms-Error-Code") != "UnprocessableConfiguration" {
		t.Errorf("got %d %s %v", w.Code, w.Body, w.Header())
	}
}

// TestMessagesAreSentences, but for what the real service says letter for letter.
func TestMessagesAreSentences(t *testing.T) {
	f := newFixture(t)
	for path, failure := range map[string]error{
		"/ours":     fault.Invalid("the body is not UTF-8"),
		"/service":  Literal(fault.Invalid("Can only accept one phoneNumber")),
		"/field":    Field("scopes", fault.Invalid("scopes must be an array, not string")),
		"/sentence": Detail("BadArgument", Field("ValidUntil", fault.Invalid("it is over"))),
	} {
		f.Handle("GET", path, func(http.ResponseWriter, *http.Request) error { return failure })
	}
	for path, want := range map[string]string{
		"/ours":     `{"error":{"code":"ValidationError","message":"The body is not UTF-8."}}`,
		"/service":  `{"error":{"code":"ValidationError","message":"Can only accept one phoneNumber"}}`,
		"/field":    `{"error":{"code":"ValidationError","message":"scopes must be an array, not string.","target":"scopes"}}`,
		"/sentence": `{"error":{"code":"ValidationError","message":"It is over.","target":"ValidUntil","details":[{"code":"BadArgument","message":"It is over.","target":"ValidUntil"}]}}`,
	} {
		if w := f.send(t, "GET", path+"?api-version=2023-03-01", ""); w.Body.String() != want {
			t.Errorf("%s: %s", path, w.Body)
		}
	}
}

// TestErrorsOfCallsNameThePath where they are about no member of the request, as recorded since
// July 2025; one that is too long is not repeated.
func TestErrorsOfCallsNameThePath(t *testing.T) {
	f := newFixture(t)
	f.Handle("GET", "/calling/recordings/{id}", func(http.ResponseWriter, *http.Request) error { return fault.NotFound("Recording not found.") })
	f.Handle("POST", "/calling/recordings/{id}", func(http.ResponseWriter, *http.Request) error {
		return Field("state", fault.Invalid("state is required."))
	})
	f.Handle("GET", "/rooms/{id}", func(http.ResponseWriter, *http.Request) error { return fault.NotFound("Room not found.") })
	long := "/calling/recordings/" + strings.Repeat("r", maxTarget)
	for _, row := range []struct{ method, path, want string }{
		{"GET", "/calling/recordings/r1", `{"error":{"code":"8522","message":"Recording not found.","target":"/calling/recordings/r1"}}`},
		{"POST", "/calling/recordings/r1", `{"error":{"code":"8523","message":"state is required.","target":"state"}}`},
		{"GET", long, `{"error":{"code":"8522","message":"Recording not found."}}`},
		{"GET", "/rooms/1", `{"error":{"code":"NotFound","message":"Room not found."}}`},
	} {
		if w := f.send(t, row.method, row.path+"?api-version=2026-03-12", ""); w.Body.String() != row.want {
			t.Errorf("%s %.40s: %s", row.method, row.path, w.Body)
		}
	}
}
