package e2e

import (
	"strings"
	"testing"
)

// TestSubscribingAsksTheWebhook: subscribing asks the webhook, and says why it failed.
func TestSubscribingAsksTheWebhook(t *testing.T) {
	t.Parallel()
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

// TestWebhookConsentsByOpeningTheValidationURL: who cannot echo the code opens
// the URL, and `subscribe` waits for that.
func TestWebhookConsentsByOpeningTheValidationURL(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := startAgent(p, application{})
	type outcome struct {
		text string
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		text, err := p.run("subscribe", "slow", "--endpoint", a.url+"/silent")
		done <- outcome{text, err}
	}()
	asked := a.wait("a handshake", func(e event) bool { return e.Event == "handshake" })
	response, err := p.client().Get(asked.data().ValidationURL)
	must(t, err)
	response.Body.Close()
	if response.StatusCode != 200 {
		t.Errorf("the validation URL answers %s", response.Status)
	}
	subscribed := <-done
	if subscribed.err != nil {
		t.Errorf("subscribe: %v\n%s", subscribed.err, subscribed.text)
	}
}
