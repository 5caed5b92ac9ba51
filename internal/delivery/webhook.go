package delivery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/httpclient"
)

// Bounds of what is read of an answer, in bytes: enough to use its connection
// again, and what is kept of it.
const (
	maxAnswer  = 64 << 10
	keptAnswer = 256
	// answerTimeout bounds the reading: the status has been given, and what
	// trickles in after it is not worth a place at the destination.
	answerTimeout = 2 * time.Second
)

var (
	// ErrNotSent marks an attempt that failed before anything was sent, which says
	// nothing of its destination.
	ErrNotSent = errors.New("not sent")
	// ErrNotReady is what a policy's hook Prepare wraps if the attempt fails that
	// once: the message is not ended, its policy decides on the next one.
	ErrNotReady = errors.New("not ready to be sent")
	// errPrepare marks a refusal by the policy's own hook, which ends a message.
	errPrepare = fmt.Errorf("%w by its policy", ErrNotSent)
)

// webhook is the Sender of http and https.
type webhook struct {
	client      *http.Client
	traceParent func(*Message, int) string // as in Config
}

// Send implements Sender.
func (w webhook) Send(ctx context.Context, p Parcel) Outcome {
	h := headers.Get().(*httpclient.Fields)
	defer headers.Put(h)
	h.Reset()
	if err := w.prepare(ctx, h, p); err != nil {
		return Outcome{Err: err}
	}
	m := p.First()
	o, err := w.post(ctx, h, p)
	if errors.Is(err, httpclient.ErrUnusual) {
		o, err = w.request(ctx, h, p)
	}
	if err != nil {
		return Outcome{Err: err}
	}
	if len(o.Answer) > 0 {
		o.Answer = maskSecrets(o.Answer, secretsOf(h, m))
	}
	return o
}

// headers are for attempts while they are made.
var headers = sync.Pool{New: func() any { return new(httpclient.Fields) }}

// prepare sets the header fields of an attempt.
func (w webhook) prepare(ctx context.Context, h *httpclient.Fields, p Parcel) error {
	m := p.First()
	h.Set("User-Agent", "Switchhook")
	for name, value := range m.Header {
		h.Set(name, value)
	}
	if w.traceParent != nil {
		if parent := w.traceParent(m, p.Attempt); parent != "" {
			h.Set("Traceparent", parent)
		}
	}
	return p.Prepare(ctx, h)
}

// post makes the usual request.
func (w webhook) post(ctx context.Context, h *httpclient.Fields, p Parcel) (Outcome, error) {
	transport, ours := w.client.Transport.(*httpclient.Transport)
	if !ours || p.target == nil || p.target.post == nil {
		return Outcome{}, httpclient.ErrUnusual
	}
	answer, err := transport.Post(ctx, p.target.post, h, p.Body(), keptAnswer)
	switch {
	case errors.Is(err, httpclient.ErrUnusual):
		return Outcome{}, err
	case err != nil:
		return Outcome{}, whyUnanswered(ctx, err)
	}
	return Outcome{Status: answer.Status, RetryAfter: retryAfter(answer.RetryAfter), Answer: answer.Body}, nil
}

// request makes any other.
func (w webhook) request(ctx context.Context, h *httpclient.Fields, p Parcel) (Outcome, error) {
	if life, ours := ctx.(*attemptLife); ours {
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { life.noteSent() }})
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.First().URL, bytes.NewReader(p.Body()))
	if err != nil {
		return Outcome{}, fmt.Errorf("%w: %w", ErrNotSent, WithoutURL(err))
	}
	for name, value := range h.All {
		req.Header.Set(name, value)
	}
	return Do(w.client, req), nil
}

// Do makes an HTTP request and tells how it ended. It reads no more of the
// answer than is kept, and what lets its connection be used again.
func Do(client *http.Client, req *http.Request) Outcome {
	answer, err := roundTrip(client, req)
	if err != nil {
		return Outcome{Err: whyUnanswered(req.Context(), err)}
	}
	o := Outcome{Status: answer.StatusCode, RetryAfter: retryAfter(answer.Header.Get("Retry-After"))}
	if answer.Body == http.NoBody {
		return o
	}
	defer answer.Body.Close()
	defer time.AfterFunc(answerTimeout, func() { answer.Body.Close() }).Stop() // which ends a Read
	body := make([]byte, keptAnswer)
	n, _ := io.ReadFull(answer.Body, body)
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer-int64(n))
	o.Answer = body[:n]
	return o
}

// whyUnanswered is the error of a request as records have it.
func whyUnanswered(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return shortened(WithoutURL(err))
}

// roundTrip spares the usual request what http.Client adds to its transport:
// redirects, cookies and credentials of the URL.
func roundTrip(client *http.Client, req *http.Request) (*http.Response, error) {
	if transport, ours := client.Transport.(*httpclient.Transport); ours && req.URL.User == nil {
		return transport.RoundTrip(req)
	}
	return client.Do(req)
}

// WithoutURL strips the address from an error of net/http, whose query may hold
// a secret.
func WithoutURL(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// retryAfter reads the header's seconds or date; RFC 9110 §10.2.3.
func retryAfter(text string) time.Duration {
	if text == "" {
		return 0
	}
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(seconds, 0), 86400)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}
