package e2e

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/insight"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

const callingVersion = "?api-version=2024-04-15"

// calls answers a search of what is kept of calls.
func (p *product) calls(query url.Values) []insight.Summary {
	p.t.Helper()
	var page struct{ Value []insight.Summary }
	if status := p.signed("GET", insight.Path+"/calls?"+query.Encode(), nil, nil, &page); status != http.StatusOK {
		p.t.Fatalf("the calls answer %d", status)
	}
	return page.Value
}

// explains waits until a call that failed is explained with these words.
func (p *product) explains(name, about string, words ...string) {
	p.t.Helper()
	var seen []string
	has := func() bool {
		seen = nil
		for _, call := range p.calls(url.Values{"about": {about}, "failed": {"true"}}) {
			all := call.Reason
			for _, problem := range call.Problems {
				all += "\n" + problem.Text
			}
			seen = append(seen, all)
			missing := false
			for _, word := range words {
				missing = missing || !strings.Contains(all, word)
			}
			if !missing {
				return true
			}
		}
		return false
	}
	deadline := time.Now().Add(20 * time.Second)
	for !has() {
		if time.Now().After(deadline) {
			p.t.Errorf("%s: no failed call about %s says %q; there are %q", name, about, words, seen)
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// creates asks for a call to a number.
func (p *product) creates(to, callback string) (status int) {
	p.t.Helper()
	return p.signed("POST", "/calling/callConnections"+callingVersion, nil, values{
		"targets":              []values{{"kind": "phoneNumber", "phoneNumber": values{"value": to}}},
		"sourceCallerIdNumber": values{"value": ourNumber}, "callbackUri": callback,
	}, nil)
}

// TestFailuresAreExplained prepares failures, and asks the API for the cause of each.
func TestFailuresAreExplained(t *testing.T) {
	t.Parallel()
	const secondNumber, echoNumber, premium = "+15550100002", "+15550100098", "+979123456"
	far, port := newFarPhone(t)
	p := start(t, setup{trunk: port, config: `
call: {ring-timeout: 1s}
echo-numbers: ["` + echoNumber + `"]
recording: {min-free-mib: 1048576}
guards: [{name: premium, prefix: "+979", deny: true}]
routes: [{name: america, pattern: '^\+1', trunks: [phones]}]
`})
	// An application that consents, and fails with every event; and one that does not consent.
	failing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Aeg-Event-Type") != "SubscriptionValidation" {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, code, _ := strings.Cut(string(body), `"validationCode":"`)
		code, _, _ = strings.Cut(code, `"`)
		io.WriteString(w, `{"validationResponse":"`+code+`"}`)
	}))
	defer failing.Close()
	deaf := httptest.NewServer(http.NotFoundHandler())
	defer deaf.Close()
	p.subscribe("failing", failing.URL, "--subject-ends-with", ourNumber)
	p.run("subscribe", "deaf", "--endpoint", deaf.URL, "--included-event-types", "Microsoft.Communication.IncomingCall") // it fails, as it must
	callbacks := newWebhook(t)
	callback := "http://" + callbacks.address + "/callback?secret=4711"

	// The carrier is busy, knows no codec of ours; there is no route; a guard forbids.
	for status, number := range map[int]string{503: "+15550199503", 488: "+15550199488"} {
		far.Guarding(func(m *siptest.Message) (int, []siptest.Field) { return status, nil })
		if got := p.creates(number, callback); got != http.StatusCreated {
			t.Fatalf("a call answers %d", got)
		}
		p.explains("busy trunk, wrong codec", number, map[int]string{503: "trunk phones answered 503", 488: "no codec or media in common"}[status])
	}
	far.Guarding(nil)
	p.creates("+4930123456", callback)
	p.explains("no route", "+4930123456", "no route takes +4930123456")
	if status := p.creates(premium, callback); status != http.StatusForbidden {
		t.Errorf("the guard answers %d", status)
	}
	p.explains("guard", premium, "refused with 403", "premium")

	// Nobody hears of a call: the webhook fails, or has refused the handshake.
	phone := newPhone(p)
	call := dial(t, phone)
	must(t, call.WaitFinal(within(t, 10*time.Second)))
	p.explains("webhook 500", ourNumber, "did not take IncomingCall: answered 500", "no application answered")
	if _, err := phone.Call(secondNumber); err != nil {
		t.Fatal(err)
	}
	p.explains("handshake refused", secondNumber, "no application received the call", "deaf", "handshake", "404")

	// Sound goes both ways, for the metrics, and then one way.
	talk, err := phone.Call(echoNumber)
	must(t, err)
	must(t, talk.WaitAnswered(within(t, 5*time.Second)))
	untilHeard(t, "the phone hears its echo", func() { talk.Tone(promptPitch, 1000) }, func() bool { return talk.HeardFor(promptPitch) > 0.3 })
	must(t, talk.Hangup(within(t, 5*time.Second)))
	mute, err := phone.Call(echoNumber)
	must(t, err)
	must(t, mute.WaitAnswered(within(t, 5*time.Second)))
	mute.Mute()
	time.Sleep(1500 * time.Millisecond) // for enough packets to tell
	must(t, mute.Hangup(within(t, 5*time.Second)))
	p.explains("one-way sound", echoNumber, "one way only")

	// The disk of the recordings is full.
	p.recordsNothing(far, callback)

	// The room is not open.
	p.joinsClosedRoom()

	p.checkDashboards()
}

// recordsNothing starts a recording on a disk that is full.
func (p *product) recordsNothing(far *siptest.Phone, callback string) {
	const number = "+15550199010"
	p.creates(number, callback)
	call, err := far.Next(within(p.t, 10*time.Second))
	must(p.t, err)
	must(p.t, call.Answer())
	var connected []insight.Summary
	eventually(p.t, 10*time.Second, "the call is connected", func() bool {
		connected = p.calls(url.Values{"about": {number}, "state": {"connected"}})
		return len(connected) == 1 && len(connected[0].Connections) == 1
	})
	p.signed("POST", "/calling/recordings"+callingVersion, nil, values{"callLocator": values{"kind": "serverCallLocator", "serverCallId": connected[0].ServerCall}}, nil)
	p.explains("recording disk full", number, "min-free-mib")
	eventually(p.t, 10*time.Second, "the timeline has everything", func() bool { return p.missingKind(connected[0].Connections[0]) == "" })
	must(p.t, call.Hangup(within(p.t, 5*time.Second)))
}

// missingKind is a kind of item that the timeline of a call lacks; "" is none. Secrets
// must not be in it.
func (p *product) missingKind(id string) string {
	var shown struct{ Items []insight.Item }
	p.signed("GET", insight.Path+"/calls/"+id, nil, nil, &shown)
	kinds := map[insight.Kind]int{}
	for _, item := range shown.Items {
		kinds[item.Kind]++
		if strings.Contains(item.Text+string(item.Detail), "4711") {
			p.t.Errorf("a secret is shown: %s %s", item.Text, item.Detail)
		}
	}
	for _, kind := range []insight.Kind{insight.KindRequest, insight.KindEvent, insight.KindDelivery, insight.KindSIP, insight.KindLeg, insight.KindLog} {
		if kinds[kind] == 0 {
			return string(kind)
		}
	}
	return ""
}

// joinsClosedRoom has a user join a room before its time.
func (p *product) joinsClosedRoom() {
	var made struct {
		Identity    struct{ ID string }
		AccessToken struct{ Token string }
	}
	p.signed("POST", "/identities?api-version=2023-10-01", nil, values{"createTokenWithScopes": []string{"voip"}}, &made)
	var room struct{ ID string }
	p.signed("POST", "/rooms?api-version=2025-03-13", nil, values{
		"validFrom": time.Now().Add(time.Hour), "validUntil": time.Now().Add(2 * time.Hour),
		"participants": values{made.Identity.ID: values{"role": "Attendee"}},
	}, &room)
	page, err := webrtctest.Dial(within(p.t, webrtctest.Patience), "ws://"+p.addresses.HTTP+"/client", protocol.Hello{Token: made.AccessToken.Token, DisplayName: "<b>x", UserAgent: "e2e"})
	must(p.t, err)
	p.t.Cleanup(page.Cut)
	page.Join(within(p.t, webrtctest.Patience), protocol.CallJoin{Room: room.ID}) // refused
	p.explains("closed room", room.ID, "not let into room", "not the time of the room")
}

// TestTestsWaitForCalls: a test asks for an IncomingCall and gets it as it happens; the
// commands show the call, and another process of the server still knows it.
func TestTestsWaitForCalls(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	phone := newPhone(p)
	waited := make(chan insight.Waited, 1)
	begun := time.Now().UTC().Format(time.RFC3339)
	go func() {
		var met insight.Waited
		p.signed("GET", insight.Path+"/wait?event=IncomingCall&timeout=15s&since="+begun+"&to="+url.QueryEscape(ourNumber), nil, nil, &met)
		waited <- met
	}()
	call := dial(t, phone)
	met := <-waited
	if !met.Met || met.Call == nil || met.Call.To != "4:"+ourNumber {
		t.Fatalf("waiting ends with %+v", met)
	}
	must(t, call.WaitFinal(within(t, 5*time.Second)))
	shown := p.mustRun("calls", "show", met.Call.ID, "--bodies")
	for _, part := range []string{"no application received the call", "INVITE sip:" + ourNumber, "480 Temporarily Unavailable"} {
		if !strings.Contains(shown, part) {
			t.Errorf("calls show lacks %q:\n%s", part, shown)
		}
	}
	p.stop()
	again := start(t, setup{data: p.data, https: hostOf(p.addresses.HTTPS)})
	if kept := again.mustRun("calls", "show", met.Call.ID); !strings.Contains(kept, "no application received the call") {
		t.Errorf("after a restart:\n%s", kept)
	}
}

// hostOf is the host of an address, with any port.
func hostOf(address string) string {
	host, _, _ := net.SplitHostPort(address)
	return net.JoinHostPort(host, "0")
}
