package eventgrid

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"unicode/utf8"
)

// outcome is what an endpoint made of a handshake.
type outcome uint8

const (
	refused   outcome = iota // it failed: the subscription fails
	consented                // it echoed the code, or allowed the origin
	deferred                 // it neither consented nor refused: it may open the URL later
)

// verdict is an outcome, and the reason that the subscription's owner is told
// unless it consented.
type verdict struct {
	outcome   outcome
	reason    string
	perMinute int // requests that consent grants; 0: any number
}

// judge weighs an answer. Only 200 consents (202 does not), with the code in
// validationResponse; 200 without any leaves the validation URL as a way.
func judge(a answer, code string) verdict {
	if a.status != http.StatusOK {
		return verdict{outcome: refused, reason: fmt.Sprintf("%s answered %s; expected 200 with %s", a.endpoint, a.describe(), echo(code))}
	}
	var reply struct {
		Code *string `json:"validationResponse"` // in any case: many write ValidationResponse
	}
	if err := json.Unmarshal(asJSON(a.body), &reply); err != nil || reply.Code == nil {
		return verdict{outcome: deferred, reason: fmt.Sprintf("%s answered %s, which does not echo the code; expected %s. "+
			"The subscription becomes active if the event's data.validationUrl is opened within %s", a.endpoint, a.describe(), echo(code), consentTime)}
	}
	if *reply.Code != code {
		return verdict{outcome: refused, reason: fmt.Sprintf("%s echoed another code: it answered %s; expected %s", a.endpoint, a.describe(), echo(code))}
	}
	return verdict{outcome: consented}
}

// asJSON is what webhooks write where JSON is expected, as JSON. Some frameworks begin with a
// byte order mark. A dictionary that Python has printed has single quotes: Microsoft's Python
// samples answer the handshake with str(data). The code is a GUID, so nothing else is quoted.
func asJSON(body []byte) []byte {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if bytes.ContainsRune(body, '"') {
		return body
	}
	return bytes.ReplaceAll(body, []byte("'"), []byte(`"`))
}

// describe says what came back, such as `404 Not Found with the body "…"`.
func (a answer) describe() string {
	text := fmt.Sprintf("%d %s", a.status, http.StatusText(a.status))
	if location := a.header.Get("Location"); location != "" {
		text += fmt.Sprintf(" to %s (redirects are not followed: subscribe the final address)", baseURL(location))
	}
	if len(bytes.TrimSpace(a.body)) == 0 {
		return text + " with an empty body"
	}
	return text + fmt.Sprintf(" with the body %q", clip(hide(string(a.body), a.secrets), 200))
}

// explain says why an endpoint could not be reached. It leaves out the
// request's URL, which may hold a secret.
func explain(err error) string {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var name *net.DNSError
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused: nothing listens there; start the application first (" + err.Error() + ")"
	case errors.As(err, &name) && name.IsNotFound:
		return "its host name does not exist (" + err.Error() + ")"
	case errors.As(err, &untrusted):
		return "its certificate is not trusted on this machine (" + err.Error() + "); SSL_CERT_FILE or SSL_CERT_DIR of the server names others to trust"
	case strings.HasSuffix(err.Error(), "EOF"):
		return "it closed the connection before its answer was complete"
	}
	return clip(err.Error(), maxProblem) // it may quote what the endpoint sent
}

// maxProblem bounds an error in the words of a problem, in bytes.
const maxProblem = 512

// clip shortens text to at most n bytes, at a character's end.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}
