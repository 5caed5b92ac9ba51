package eventgrid

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/delivery"
)

// Event Grid, "Webhook event delivery": an endpoint has 30 s to answer; a
// timeout is tried again after 5 s. How often is not documented.
const (
	handshakeTimeout  = 30 * time.Second
	handshakePause    = 5 * time.Second
	handshakeAttempts = 3
	maxAnswer         = 64 << 10 // bytes read of an endpoint's answer
)

// errNoToken marks a handshake that was not begun for want of its token.
var errNoToken = errors.New("the endpoint was not asked")

// handshake asks webhooks whether they want the events of a topic.
type handshake struct {
	client *http.Client
	tokens Tokens // nil: there are none
	topic  string
	now    func() time.Time
}

// newHandshake makes a client of its own over a transport: redirects are not
// followed, since it is the configured address that must consent.
func newHandshake(transport http.RoundTripper, tokens Tokens, topic string, now func() time.Time) handshake {
	return handshake{
		client: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		tokens: tokens,
		topic:  topic,
		now:    now,
	}
}

// invitation is what an endpoint is asked with.
type invitation struct {
	label    string // of the subscription
	endpoint string
	schema   string            // of the events to come; it decides how is asked
	code     string            // to be echoed
	url      string            // to be opened instead
	header   map[string]string // the owner's own
	secrets  []string          // not to be repeated to anybody
	bearer   delivery.Bearer   // the token that it is asked with; zero: none
}

// proposal is how a schema asks for consent.
type proposal struct {
	id      string // of the event, "" where none is sent
	method  string
	header  map[string]string
	body    []byte
	judge   func(answer) verdict
	what    string // is sent, in a sentence
	expects string // what the answer must have
}

// ask sends the proposal of the subscription's schema and judges the answer. It
// returns early when ctx ends; its verdict then means nothing.
func (h handshake) ask(ctx context.Context, in invitation) verdict {
	propose := h.eventProposal
	if in.schema == schemaCloudEvents {
		propose = h.cloudProposal
	}
	p, err := propose(in)
	if err != nil {
		return verdict{outcome: refused, reason: err.Error()}
	}
	for attempt := 1; attempt <= handshakeAttempts; attempt++ {
		if attempt > 1 && !backoff.Wait(ctx, handshakePause) {
			break
		}
		answer, err := h.send(ctx, in, p, attempt)
		if err == nil {
			return p.judge(answer)
		}
		if errors.Is(err, errNoToken) {
			return verdict{outcome: refused, reason: err.Error()}
		}
		if !isTimeout(err) {
			return verdict{outcome: refused, reason: fmt.Sprintf("%s could not be reached: %s", baseURL(in.endpoint), explain(err))}
		}
	}
	return verdict{outcome: refused, reason: fmt.Sprintf("%s did not answer %s within %s, in %d attempts; it must answer %s",
		baseURL(in.endpoint), p.what, handshakeTimeout, handshakeAttempts, p.expects)}
}

// answer is what came back from an endpoint.
type answer struct {
	endpoint string // without its query
	status   int
	header   http.Header
	body     []byte
	secrets  []string // not to be repeated
}

func (h handshake) send(ctx context.Context, in invitation, p proposal, attempt int) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, p.method, in.endpoint, bytes.NewReader(p.body))
	if err != nil {
		return answer{}, err
	}
	for _, header := range []map[string]string{in.header, p.header} {
		for name, value := range header {
			req.Header.Set(name, value)
		}
	}
	if p.id != "" {
		tell(req.Header, p.id, attempt)
	}
	token, err := authorize(req.Context(), req.Header, h.tokens, in.bearer)
	if err != nil {
		return answer{}, fmt.Errorf("%w: %w", errNoToken, err)
	}
	if token != "" {
		in.secrets = append(slices.Clone(in.secrets), token)
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, fmt.Errorf("read its answer: %w", err)
	}
	return answer{endpoint: baseURL(in.endpoint), status: resp.StatusCode, header: resp.Header, body: got, secrets: in.secrets}, nil
}

// isTimeout reports whether an attempt failed by taking too long.
func isTimeout(err error) bool {
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout()
}

// echo writes the answer that is expected of a validation event.
func echo(code string) string {
	text, _ := json.Marshal(map[string]string{"validationResponse": code})
	return string(text)
}
