package rest

import (
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
)

// TestErrorsRepeatLittleOfTheRequest: what is a megabyte long in a request is not told again,
// wherever an error has it.
func TestErrorsRepeatLittleOfTheRequest(t *testing.T) {
	long := strings.Repeat("語", 300_000)
	for name, err := range map[string]error{
		"a message":         fault.Invalid("kind: %q is not one of a and b.", long),
		"one made by hand":  &fault.Error{Kind: fault.KindInvalid, Message: long},
		"a field":           Field(long, fault.Invalid("it is wrong")),
		"an inner error":    Inner("Wrong", long, fault.Invalid("it is wrong")),
		"details":           Detail("Wrong", Field("x", fault.Invalid("%s", long))),
		"the service's own": Literal(fault.Invalid("%s", long)),
		"a denial":          &auth.Denial{Reason: long},
	} {
		w := httptest.NewRecorder()
		a := &answer{exchange: &exchange{}}
		writeFault(w, a, generalFaults.of(err), "an-id")
		if n := w.Body.Len(); n > 12<<10 || !utf8.Valid(w.Body.Bytes()) || a.status < 400 {
			t.Errorf("%s: %d bytes with status %d", name, n, a.status)
		}
	}
}
