package rest

import (
	"net/http"
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
