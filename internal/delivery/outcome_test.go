package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

func TestNamesOfOutcomes(t *testing.T) {
	for want, outcomes := range map[string][]Outcome{
		NameNotFound:        {{Status: 404}},
		NameDisabled:        {{Status: 410}},
		NameFull:            {{Status: 507}},
		NameUnauthorized:    {{Status: 401}},
		NameForbidden:       {{Status: 403}},
		NameBadRequest:      {{Status: 400}},
		NameTimedOut:        {{Status: 408}, {Status: 504}, {Err: fmt.Errorf("%w within 30s", ErrNotAnswered)}, {Err: context.DeadlineExceeded}},
		NameBusy:            {{Status: 503}, {Status: 429}},
		NamePayloadTooLarge: {{Status: 413}},
		NameProbation:       {{Err: ErrProbation}},
		NameCanceled:        {{Err: errDeleted}},
		NameAborted:         {{Err: errPrepare}, {Err: context.Canceled}},
		NameSocketError:     {{Err: &net.OpError{Op: "dial", Err: errors.New("refused")}}, {Err: io.ErrUnexpectedEOF}, {Err: ErrUnavailable}},
		NameResolutionError: {{Err: &net.OpError{Op: "dial", Err: &net.DNSError{Name: "nowhere.test", IsNotFound: true}}}, {Err: errors.Join(ErrUnavailable, &net.DNSError{})}},
		NameGenericError:    {{Status: 500}, {Status: 302}, {Status: 205}, {Err: errors.New("strange")}},
	} {
		for _, o := range outcomes {
			if got := o.Name(); got != want {
				t.Errorf("status %d, %v is %s, not %s", o.Status, o.Err, got, want)
			}
		}
	}
}

func TestFaultyEndpointsAreNamed(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	hangup := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	}))
	defer hangup.Close()
	for _, test := range []struct{ name, url, want string }{
		{"refuses connections", closed.URL, NameSocketError},
		{"hangs up", hangup.URL, NameSocketError},
		{"resolves to nothing", "http://nowhere.invalid/", NameResolutionError},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			if o := (webhook{newClient(Config{})}).Send(ctx, parcel(test.url, "[]")); o.Name() != test.want {
				t.Errorf("%v is %s", o.Err, o.Name())
			}
		})
	}
}

func TestAnswerThatBreaksOffCounts(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "half")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	o := webhook{newClient(Config{})}.Send(t.Context(), parcel(server.URL, "[]"))
	if o.Status != 200 || string(o.Answer) != "half" {
		t.Errorf("outcome %+v", o)
	}
}

// trickle is an answer whose body never comes.
type trickle struct{ ctx context.Context }

func (b trickle) Read([]byte) (int, error) { <-b.ctx.Done(); return 0, b.ctx.Err() }
func (b trickle) Close() error             { return nil }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestAnswerThatTricklesKeepsNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 202, Header: http.Header{}, Body: trickle{req.Context()}, Request: req}, nil
		})}
		begun := time.Now()
		o := webhook{client}.Send(t.Context(), parcel("http://app.test/", "[]"))
		if took := time.Since(begun); o.Status != 202 || took != answerPatience {
			t.Errorf("outcome %+v after %v", o, took)
		}
	})
}

func TestRetriesByKindOfDestination(t *testing.T) {
	webhook, queue := &Message{URL: "https://app.test/"}, &Message{URL: "storagequeue://acme/q"}
	for _, test := range []struct {
		name  string
		m     *Message
		o     Outcome
		again bool
		least time.Duration
	}{
		{"webhook 401", webhook, Outcome{Attempt: 1, Status: 401}, false, 0},
		{"webhook 404", webhook, Outcome{Attempt: 1, Status: 404}, true, 10 * time.Second},
		{"webhook 408", webhook, Outcome{Attempt: 1, Status: 408}, true, 2 * time.Minute},
		{"webhook 503", webhook, Outcome{Attempt: 1, Status: 503}, true, 30 * time.Second},
		{"webhook 429 that asks for time", webhook, Outcome{Attempt: 1, Status: 429, RetryAfter: 90 * time.Second}, true, 90 * time.Second},
		{"webhook that asks for a day", webhook, Outcome{Attempt: 1, Status: 503, RetryAfter: 24 * time.Hour}, true, time.Hour},
		{"refused address", webhook, Outcome{Attempt: 1, Err: ErrAddressRefused}, false, 0},
		{"queue 400", queue, Outcome{Attempt: 1, Status: 400}, false, 0},
		{"queue 401", queue, Outcome{Attempt: 1, Status: 401}, true, 5 * time.Minute},
		{"queue 403", queue, Outcome{Attempt: 1, Status: 403}, false, 0},
		{"queue 404", queue, Outcome{Attempt: 1, Status: 404}, true, 5 * time.Minute},
		{"queue 413", queue, Outcome{Attempt: 1, Status: 413}, false, 0},
		{"queue 404, later", queue, Outcome{Attempt: 7, Status: 404}, true, time.Hour},
	} {
		delay, again := retryEventGrid(test.m, test.o)
		if again != test.again || again && (delay < test.least || delay > test.least+test.least/10) {
			t.Errorf("%s: again %v after %v", test.name, again, delay)
		}
	}
}
