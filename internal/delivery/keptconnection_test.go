package delivery

import (
	"testing"

	"github.com/switchhook/switchhook/internal/outbound/outboundtest"
)

// TestWebhookThatResetsAKeptConnectionIsReachedByOneAttempt: the second message
// meets the connection of the first, and is posted again at once on a new one.
func TestWebhookThatResetsAKeptConnectionIsReachedByOneAttempt(t *testing.T) {
	for _, reset := range []bool{false, true} {
		hook := outboundtest.NewForgetful(t, false, reset, nil)
		e := serving(t, Config{})
		for _, body := range []string{`["first"]`, `["second"]`} {
			m := incoming(body)
			m.URL = hook.URL
			e.Post(m)
			if got := recordOf(t, e, m.ID); len(got) != 1 || got[0].Error != "" {
				t.Errorf("reset %t, %s: %+v", reset, body, got)
			}
		}
		if got := hook.Bodies(); len(got) != 2 {
			t.Errorf("reset %t: the webhook got %q", reset, got)
		}
	}
}
