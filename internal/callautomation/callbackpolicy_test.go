package callautomation

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
)

func TestAnswersThatAreRetried(t *testing.T) {
	retry := CallbackPolicy(nil).Retry
	for _, test := range []struct {
		name  string
		o     delivery.Outcome
		again bool
		least time.Duration
		most  time.Duration
	}{
		{"no answer", delivery.Outcome{Attempt: 1}, true, 200 * time.Millisecond, 250 * time.Millisecond},
		{"timeout", delivery.Outcome{Attempt: 2, Status: http.StatusRequestTimeout}, true, 400 * time.Millisecond, 500 * time.Millisecond},
		{"throttled", delivery.Outcome{Attempt: 1, Status: http.StatusTooManyRequests, RetryAfter: 10 * time.Second}, true, 10 * time.Second, 10 * time.Second},
		{"asks for an hour", delivery.Outcome{Attempt: 1, Status: http.StatusServiceUnavailable, RetryAfter: time.Hour}, true, time.Minute, time.Minute},
		{"fails for long", delivery.Outcome{Attempt: 50, Status: http.StatusInternalServerError}, true, 15 * time.Second, 19 * time.Second},
		{"not found", delivery.Outcome{Attempt: 1, Status: http.StatusNotFound}, false, 0, 0},
		{"redirect", delivery.Outcome{Attempt: 1, Status: http.StatusFound}, false, 0, 0},
		{"refused address", delivery.Outcome{Attempt: 1, Err: fmt.Errorf("dial: %w", delivery.ErrAddressRefused)}, false, 0, 0},
		{"soon after the end of its call", delivery.Outcome{Attempt: 1, Status: 500, Ended: true, SinceEnd: 59 * time.Second}, true, 0, time.Second},
		{"a minute after the end of its call", delivery.Outcome{Attempt: 1, Status: 500, Ended: true, SinceEnd: time.Minute}, false, 0, 0},
	} {
		delay, again := retry(nil, test.o)
		if again != test.again || again && (delay < test.least || delay > test.most) {
			t.Errorf("%s: again %v after %v", test.name, again, delay)
		}
	}
}
