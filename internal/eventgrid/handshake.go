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
	"time"

	"github.com/google/uuid"
)

// Event Grid, "Webhook event delivery": an endpoint has 30 s to answer; a
// timeout is tried again after 5 s. How often is not documented.
const (
	handshakeTimeout  = 30 * time.Second
	handshakePause    = 5 * time.Second
	handshakeAttempts = 3
	maxAnswer         = 64 << 10 // bytes read of an endpoint's answer

	validationDataVersion = "1" // other events have dataVersion
)

// handshake asks webhooks whether they want the events of a topic.
type handshake struct {
	client *http.Client
	topic  string
	now    func() time.Time
}

// newHandshake makes a client of its own over a transport: redirects are not
// followed, since it is the configured address that must consent.
func newHandshake(transport http.RoundTripper, topic string, now func() time.Time) handshake {
	return handshake{
		client: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		topic: topic,
		now:   now,
	}
}

// invitation is what an endpoint is asked with.
type invitation struct {
	label    string // of the subscription
	endpoint string
	code     string // to be echoed
	url      string // to be opened instead
}

// validationData is the data of a validation event.
type validationData struct {
	Code string `json:"validationCode"`
	URL  string `json:"validationUrl"`
}

// validationEvent differs from other events in the order of its last members
// and in its data version.
type validationEvent struct {
	ID              string         `json:"id"`
	Topic           string         `json:"topic"`
	Subject         string         `json:"subject"`
	Data            validationData `json:"data"`
	EventType       string         `json:"eventType"`
	EventTime       string         `json:"eventTime"`
	MetadataVersion string         `json:"metadataVersion"`
	DataVersion     string         `json:"dataVersion"`
}

// ask posts the validation event and judges the answer. It returns early when
// ctx ends; its verdict then means nothing.
func (h handshake) ask(ctx context.Context, in invitation) verdict {
	id := uuid.NewString()
	body, err := encode([]validationEvent{{
		ID:              id,
		Topic:           h.topic,
		Data:            validationData{Code: in.code, URL: in.url},
		EventType:       "Microsoft.EventGrid.SubscriptionValidationEvent",
		EventTime:       timestamp(h.now()),
		MetadataVersion: metadataVersion,
		DataVersion:     validationDataVersion,
	}})
	if err != nil {
		return verdict{refused, "the validation event could not be written: " + err.Error()}
	}
	for attempt := 1; attempt <= handshakeAttempts; attempt++ {
		if attempt > 1 && !pause(ctx, handshakePause) {
			break
		}
		answer, err := h.post(ctx, in, id, body, attempt)
		if err == nil {
			return judge(answer, in.code)
		}
		if !isTimeout(err) {
			return verdict{refused, fmt.Sprintf("%s could not be reached: %s", baseURL(in.endpoint), explain(err))}
		}
	}
	return verdict{refused, fmt.Sprintf("%s did not answer the validation event within %s, in %d attempts; it must answer 200 with %s",
		baseURL(in.endpoint), handshakeTimeout, handshakeAttempts, echo("the event's data.validationCode"))}
}

// answer is what came back from an endpoint.
type answer struct {
	endpoint string // without its query
	status   int
	location string
	body     []byte
}

func (h handshake) post(ctx context.Context, in invitation, id string, body []byte, attempt int) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, in.endpoint, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for name, value := range eventHeader(in.label, "SubscriptionValidation", validationDataVersion) {
		req.Header.Set(name, value)
	}
	tell(req.Header, id, attempt)
	resp, err := h.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{}, fmt.Errorf("read its answer: %w", err)
	}
	return answer{endpoint: baseURL(in.endpoint), status: resp.StatusCode, location: resp.Header.Get("Location"), body: got}, nil
}

// isTimeout reports whether an attempt failed by taking too long.
func isTimeout(err error) bool {
	var slow net.Error
	return errors.As(err, &slow) && slow.Timeout()
}

// pause waits, and reports false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// echo writes the answer that is expected.
func echo(code string) string {
	text, _ := json.Marshal(map[string]string{"validationResponse": code})
	return string(text)
}
