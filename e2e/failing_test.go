package e2e

import (
	"strings"
	"testing"
	"time"
)

// TestFailingWebhookIsFoundAndMended is the story of docs/events.md: the commands
// show why nothing happens, and deliver the event once more.
func TestFailingWebhookIsFoundAndMended(t *testing.T) {
	t.Parallel()
	a, phone := stage(t)
	p := a.product
	a.do("respond", values{"path": "/events", "status": 500}, nil)
	call := dial(t, phone)
	in := a.incomingCall(caller)
	var attempts string
	eventually(t, 10*time.Second, "the attempt is recorded", func() bool {
		attempts = p.mustRun("events", "attempts", "--subscription", "incoming")
		return strings.Contains(attempts, in.ID)
	})
	if !strings.Contains(attempts, "retried") || !strings.Contains(attempts, "500 in ") {
		t.Errorf("attempts:\n%s", attempts)
	}
	failures := p.mustRun("events", "failures", "--where", "incomingCall", "--limit", "10")
	if strings.Count(failures, "\n") != 1 || !strings.Contains(failures, "deliveryResponse=500") || !strings.Contains(failures, in.ID) {
		t.Errorf("failures:\n%s", failures)
	}

	a.do("respond", values{"path": "/events", "status": 200}, nil)
	p.mustRun("events", "redeliver", in.ID)
	a.wait("the event once more", func(e event) bool { return e.kind() == "IncomingCall" && e.Headers["aeg-delivery-count"] == "1" })
	c := a.answer(in)
	must(t, call.WaitAnswered(within(t, 5*time.Second)))
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}
