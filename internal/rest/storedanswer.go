package rest

import (
	"bytes"
	"maps"
	"net/http"
	"strconv"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

// Answer is the stored response of a repeatable request. It may contain secrets:
// the response to the creation of a user contains a token.
type Answer struct {
	Request string      `json:"request"` // hash of sender, method, target and body
	Status  int         `json:"status"`
	Header  http.Header `json:"header"`
	Body    []byte      `json:"body"`
}

// storedAnswers is how answers are kept, in a collection for each API.
var storedAnswers = store.Define[Answer]("answers", store.Unchanged)

// repeatable reports whether a repetition gets the same response: after a failure of
// the server it is served again.
func (a *Answer) repeatable() bool {
	return a.Status < 500 && a.Status != http.StatusTooManyRequests && a.Status != 0
}

func (a *Answer) repeat(ans *answer, request string) error {
	if a.Request != request {
		return otherRequest()
	}
	maps.Copy(ans.Header(), a.Header)
	if len(a.Body) == 0 {
		ans.WriteHeader(a.Status)
		return nil
	}
	ans.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	ans.WriteHeader(a.Status)
	_, err := ans.Write(a.Body)
	return notGone(err)
}

func otherRequest() error {
	return Field("Repeatability-Request-ID", fault.Invalid("Repeatability-Request-ID was used before, for a request with another method, path or body, or by another sender; a new request needs a new id"))
}

// recorder is a ResponseWriter that records a response.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *recorder) Header() http.Header { return k.header }

func (k *recorder) Write(p []byte) (int, error) { return k.body.Write(p) }

func (k *recorder) WriteHeader(status int) { k.status = status }
