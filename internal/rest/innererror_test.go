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
