package e2e

import (
	"strings"
	"testing"
)

// TestSubscribeHandshake: subscribing asks the webhook, and says why it failed.
func TestSubscribeHandshake(t *testing.T) {
	p := start(t, setup{})
	a := startAgent(p, application{})

	p.subscribe("incoming", a.url+"/events")
	asked := a.wait("a handshake", func(e event) bool { return e.Event == "handshake" })
	if kind := asked.kind(); kind != "SubscriptionValidationEvent" || asked.data().ValidationCode == "" {
		t.Errorf("the handshake is %s: %+v", kind, asked.Raw)
	}
	if asked.Headers["aeg-event-type"] != "SubscriptionValidation" || asked.Headers["aeg-subscription-name"] == "" {
		t.Errorf("the handshake's headers are %v", asked.Headers)
	}

	nobody := "http://127.0.0.1:1/events" // tcpmux, which no machine runs
	for _, test := range []struct{ name, endpoint, reason string }{
		{"another code echoed", a.url + "/bad-echo", "echoed another code"},
		{"no echo", a.url + "/silent", "does not echo the code"},
		{"accepted is not OK", a.url + "/wrong-status", "answered 202"},
		{"out of order", a.url + "/failing", "answered 500"},
		{"no such path", a.url + "/nowhere", "answered 404"},
		{"nobody listens", nobody, "connection refused"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, err := p.run("subscribe", "broken", "--endpoint", test.endpoint,
				"--included-event-types", "Microsoft.Communication.IncomingCall")
			if exitCode(err) == 0 {
				t.Errorf("subscribe succeeded: %s", out)
			}
			if !strings.Contains(out, test.reason) {
				t.Errorf("%q is not in: %s", test.reason, out)
			}
		})
	}
	if list := p.mustRun("subscriptions", "list"); !strings.Contains(list, "incoming") {
		t.Errorf("subscriptions does not list the one that succeeded: %s", list)
	}
}
