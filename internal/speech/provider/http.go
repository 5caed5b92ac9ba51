package provider

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/switchhook/switchhook/internal/speech"
)

// shownOfAnswer is how much of a provider's answer an error shows, in bytes.
const shownOfAnswer = 200

// service is a provider over HTTP.
type service struct {
	name   string // in the configuration
	client *http.Client
	*lastUse
}

// NewClient returns the client of all providers: a connection that is kept saves the
// next prompt its handshake.
func NewClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	transport.IdleConnTimeout = connectionKept
	transport.DialContext = (&net.Dialer{Timeout: connectWithin, KeepAlive: 30 * time.Second}).DialContext
	transport.TLSHandshakeTimeout = openWithin
	transport.ResponseHeaderTimeout = 30 * time.Second
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a key goes to the host that was configured
	}
}

// request is what is sent, so that it can be sent again.
type request struct {
	url    *url.URL
	header map[string]string
	body   string
}

// answer is the body of an answer with status 200.
type answer struct {
	io.ReadCloser
	contentType string
}

// lookedAt is how much of an answer shows whether it is text, in bytes. So much sound without
// a byte that is a control character in text is as good as impossible.
const lookedAt = 256

// isText reports whether it is something to read, and so no raw sound, in which it would be
// loud noise: an error in JSON, or the page of a proxy. Its name does not suffice: frameworks
// call whatever a program has not named a page.
func (a *answer) isText() bool {
	kind, _, err := mime.ParseMediaType(a.contentType)
	if err != nil || kind != "application/json" && !strings.HasPrefix(kind, "text/") {
		return false
	}
	in := bufio.NewReader(a.ReadCloser)
	a.ReadCloser = struct {
		io.Reader
		io.Closer
	}{in, a.ReadCloser}
	first, _ := in.Peek(lookedAt) // an error comes again
	return len(first) > 0 && !bytes.ContainsFunc(first, func(r rune) bool { return r < ' ' && !unicode.IsSpace(r) })
}

// send returns the answer. What fails before it, and may do better at once, is tried a
// second time.
func (s service) send(ctx context.Context, what request) (*answer, error) {
	for try := 0; ; try++ {
		body, again, err := s.sendOnce(ctx, what)
		if err == nil || try == 1 || again < 0 || ctx.Err() != nil {
			return body, err
		}
		select {
		case <-time.After(again):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// sendOnce sends once. Again says when to try once more; below zero: not at all.
func (s service) sendOnce(ctx context.Context, what request) (body *answer, again time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, what.url.String(), strings.NewReader(what.body))
	if err != nil {
		return nil, -1, s.failed(speech.Broken, 0, "the request cannot be made", err)
	}
	r.Header.Set("User-Agent", "switchhook")
	for name, value := range what.header {
		r.Header.Set(name, value)
	}
	s.lastUse.at.Store(time.Now().UnixNano())
	response, err := s.client.Do(r)
	if err != nil {
		var with *url.Error
		if errors.As(err, &with) {
			err = with.Err // without the address
		}
		return nil, 0, s.failed(speech.Unreachable, 0, "it cannot be reached", err)
	}
	if response.StatusCode == http.StatusOK {
		return &answer{response.Body, response.Header.Get("Content-Type")}, 0, nil
	}
	defer response.Body.Close()
	said := beginning(response.Body)
	kind, again := speech.Rejected, time.Duration(-1)
	switch {
	case response.StatusCode >= 500:
		kind, again = speech.Broken, 0
	case response.StatusCode == http.StatusTooManyRequests:
		if after, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && after <= 1 {
			again = time.Duration(after) * time.Second
		}
	}
	detail := fmt.Sprintf("it answered %d %s: %s", response.StatusCode, http.StatusText(response.StatusCode), said)
	return nil, again, s.failed(kind, response.StatusCode, detail, nil)
}

func (s service) failed(kind speech.ErrorKind, status int, detail string, cause error) *speech.Error {
	return &speech.Error{Kind: kind, Provider: s.name, Status: status, Detail: detail, Cause: cause}
}

// beginning is that of an answer, for an error.
func beginning(body io.Reader) string {
	said, _ := io.ReadAll(io.LimitReader(body, shownOfAnswer))
	return strings.ToValidUTF8(strings.TrimSpace(string(said)), "?")
}

// sound is what a service speaks: raw samples at a rate in Hz, or a WAV file (0).
func (s service) sound(body *answer, rate int) (*speech.Sound, error) {
	if rate != 0 && body.isText() {
		defer body.Close()
		return nil, s.failed(speech.Broken, 0, "it answered with no sound: "+beginning(body), nil)
	}
	if rate != 0 {
		return &speech.Sound{Rate: rate, ReadCloser: body}, nil
	}
	sound, err := speech.FromWAV(body)
	if err != nil {
		return nil, s.failed(speech.Broken, 0, err.Error(), nil)
	}
	return sound, nil
}

// maxAnswer bounds the answer of a recognition, in bytes.
const maxAnswer = 1 << 20

// text reads a whole answer.
func (s service) text(body io.ReadCloser) ([]byte, error) {
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, maxAnswer))
	if err != nil {
		return nil, s.failed(speech.Unreachable, 0, "its answer broke off", err)
	}
	return text, nil
}
