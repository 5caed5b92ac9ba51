package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
)

func TestNamesOfOutcomes(t *testing.T) {
	for want, outcomes := range map[string][]delivery.Outcome{
		NameNotFound:        {{Status: 404}},
		NameDisabled:        {{Status: 410}},
		NameFull:            {{Status: 507}},
		NameUnauthorized:    {{Status: 401}},
		NameForbidden:       {{Status: 403}},
		NameBadRequest:      {{Status: 400}},
		NameTimedOut:        {{Status: 408}, {Status: 504}, {Err: fmt.Errorf("%w within 30s", delivery.ErrNotAnswered)}, {Err: context.DeadlineExceeded}},
		NameBusy:            {{Status: 503}, {Status: 429}},
		NamePayloadTooLarge: {{Status: 413}},
		NameCanceled:        {{Err: delivery.ErrDeleted}},
		NameAborted:         {{Err: fmt.Errorf("%w by its policy", delivery.ErrNotSent)}, {Err: context.Canceled}},
		NameSocketError:     {{Err: &net.OpError{Op: "dial", Err: errors.New("refused")}}, {Err: io.ErrUnexpectedEOF}, {Err: delivery.ErrUnavailable}},
		NameResolutionError: {{Err: &net.OpError{Op: "dial", Err: &net.DNSError{Name: "nowhere.test", IsNotFound: true}}}, {Err: errors.Join(delivery.ErrUnavailable, &net.DNSError{})}},
		NameGenericError:    {{Status: 500}, {Status: 302}, {Status: 205}, {Err: errors.New("strange")}},
	} {
		for _, o := range outcomes {
			if got := Name(o); got != want {
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
		{"resolves to nothing", "http://nowhere..invalid/", NameResolutionError}, // which no name server is asked for
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, test.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			if o := delivery.Do(http.DefaultClient, req); Name(o) != test.want {
				t.Errorf("%v is %s", o.Err, Name(o))
			}
		})
	}
}
