package insight

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/rest"
)

// TestEveryFailureHasItsReasonInWords goes through the ten failures that a call's page
// must explain, and some more.
func TestEveryFailureHasItsReasonInWords(t *testing.T) {
	at := time.Date(2026, 11, 20, 10, 42, 3, 0, time.UTC)
	over := func(h *Hub, why call.Reason, legs ...call.LegDetail) {
		h.CallOver(call.Detail{CorrelationID: aCall, ServerCallID: aServerCall, Began: at.Add(-30 * time.Second), Ended: at, From: caller, To: callee, Why: why, Legs: legs})
	}
	out := func(why call.Reason, wire call.Wire) call.LegDetail {
		return call.LegDetail{Who: callee, Began: at, Ended: at, Why: why, Wire: wire}
	}
	busy := call.Reason{Kind: call.Overloaded, SIP: call.Status{Code: 503, Phrase: "Service Unavailable"}, Q850: call.Cause{Value: 34, Text: "no circuit"}}
	attempts := func(h *Hub, status int) {
		for n := range 2 {
			h.Delivery(&delivery.Message{Group: "S", Lane: "S/" + aServerCall, Event: delivery.Event{Subscription: "S"}}, history.Attempt{
				Time: at, Policy: "eventgrid", Group: "S", Note: "Microsoft.Communication.IncomingCall", URL: "https://app.example/events", Number: n + 1, Status: status, Result: history.Retried,
			})
		}
	}
	tests := []struct {
		name, code string
		happens    func(h *Hub)
		want       []string
	}{
		{"busy trunk", "trunkRefused", func(h *Hub) {
			over(h, call.Reason{Kind: call.Overloaded}, out(busy, call.Wire{Trunk: "provider", CallID: "x"}))
		}, []string{"carrier of trunk provider answered 503 Service Unavailable (Q.850 cause 34 no circuit) at 10:42:03 UTC", "no other trunk took +15550100001"}},
		{"no route", "noRoute", func(h *Hub) {
			over(h, call.Reason{Kind: call.NotFound}, out(call.Reason{Kind: call.NotFound, Text: "no route takes +15550100001"}, call.Wire{}))
		}, []string{"+15550100001 could not be called at 10:42:03 UTC: no route takes +15550100001"}},
		{"no route, so no leg", "noRoute", func(h *Hub) {
			over(h, call.Reason{Kind: call.NotFound, Text: "no route takes +15550100001"})
		}, []string{"+15550100001 could not be called at 10:42:03 UTC: no route takes +15550100001"}},
		{"guard, at once", "neverACall", func(h *Hub) {
			h.Request(rest.Served{At: at, Method: "POST", Pattern: "/calling/callConnections", Status: 403, Body: []byte(`{"targets":[{"kind":"phoneNumber","phoneNumber":{"value":"+15550100001"}}]}`), Answer: []byte(`{"error":{"code":"Forbidden","message":"guard premium forbids calls to +1555"}}`)})
		}, []string{"refused with 403", "guard premium forbids calls to +1555"}},
		{"answer with a wrong key", "neverACall", func(h *Hub) {
			h.Request(rest.Served{At: at, Method: "POST", Pattern: "/calling/callConnections:answer", Status: 401, Answer: []byte(`{"error":{"code":"Denied","message":"the signature does not match"}}`)})
		}, []string{"the request POST /calling/callConnections:answer was refused with 401: Denied: the signature does not match"}},
		{"guard, later", "refusedByRule", func(h *Hub) {
			over(h, call.Reason{Kind: call.Forbidden}, out(call.Reason{Kind: call.Forbidden, Text: "guard premium forbids calls to +1555"}, call.Wire{}))
		}, []string{"a rule of this server refused", "guard premium"}},
		{"guard, to a browser", "neverACall", func(h *Hub) {
			h.StartRefused(caller.Raw(), "4:+19005550100", "guard premium forbids calls to +1900")
		}, []string{"the call of " + caller.Raw() + " to +19005550100 was refused at ", "guard premium"}},
		{"guard, to who invites", "refusedByRule", func(h *Hub) {
			h.Leg(call.LegNews{CorrelationID: aCall, ServerCallID: aServerCall, From: caller, To: callee, What: call.LegRefused, Who: caller, Reason: call.Reason{Kind: call.Forbidden, Text: "the call to 4:+19005550100: guard premium forbids it"}})
			over(h, call.Reason{Kind: call.EndedByPeer})
		}, []string{"was refused at ", "the call to 4:+19005550100: guard premium forbids it"}},
		{"webhook 500", "webhookFailed", func(h *Hub) {
			legCame(h, &wireLeg{id: aCallID})
			attempts(h, 500)
			over(h, call.Reason{Kind: call.NoAnswer, Text: "no application answered in time"})
		}, []string{"the webhook https://app.example/events did not take IncomingCall: answered 500", "after 2 attempts", "no application answered the call"}},
		{"handshake refused", "noSubscription", func(h *Hub) {
			h.Incoming(call.IncomingCall{Invitation: call.Invitation{From: caller, To: callee}, CorrelationID: aCall, ServerCallID: aServerCall, At: at}, 0)
			over(h, call.Reason{Kind: call.NoListener})
		}, []string{"no application received the call to +15550100001", "subscription incoming failed its handshake: the endpoint answered 403"}},
		{"one-way sound", "oneWaySound", func(h *Hub) {
			leg := out(call.Reason{Kind: call.EndedByPeer}, call.Wire{CallID: "x", Sound: call.Sound{Codec: "PCMU", Sent: 500}})
			leg.Answered = at
			over(h, call.Reason{Kind: call.EndedByPeer}, leg)
		}, []string{"sound went one way only: 500 packets went to +15550100001 and none came back", "NAT"}},
		{"wrong codec", "noCommonCodec", func(h *Hub) {
			legCame(h, &wireLeg{id: aCallID})
			h.SIP(at, true, "UDP", here, phone, append(invite(aCallID), "v=0\r\nm=audio 4000 RTP/AVP 0 8\r\n"...))
			h.SIP(at, false, "UDP", here, phone, reply(aCallID, "488 Not Acceptable Here"))
			over(h, call.Reason{Kind: call.Unsupported}, out(call.Reason{Kind: call.Unsupported, SIP: call.Status{Code: 488, Phrase: "Not Acceptable Here"}}, call.Wire{Trunk: "provider", CallID: aCallID}))
		}, []string{"no codec or media in common", "we name PCMU, PCMA"}},
		{"wrong codec of a caller", "neverACall", func(h *Hub) {
			h.SIP(at, false, "UDP", here, phone, append(invite(aCallID), "v=0\r\nm=audio 4000 RTP/AVP 18\r\n"...))
			h.SIP(at, true, "UDP", here, phone, reply(aCallID, "488 Not Acceptable Here"))
			h.sweepDialogs(at.Add(refuseTime))
		}, []string{"refused with 488"}},
		{"lost ICE", "browserLost", func(h *Hub) {
			leg := out(call.Reason{Kind: call.MediaLost, Text: "the client's connection was lost"}, call.Wire{Sound: call.Sound{Codec: "opus"}})
			leg.Answered = at
			over(h, call.Reason{Kind: call.MediaLost}, leg)
		}, []string{"the connection to the browser of 4:+15550100001 was lost", "ICE"}},
		{"expired room", "neverACall", func(h *Hub) {
			h.JoinRefused("room", "99123", caller.Raw(), "it is not the time of the room: it has expired, or has not begun (validFrom, validUntil)")
		}, []string{"was not let into room 99123", "expired"}},
		{"recording disk full", "recordingFailed", func(h *Hub) {
			head := head()
			head.At = at
			h.Publish(call.RecordingStateChanged{Head: head, Cause: fmt.Errorf("write the recording: %w", syscall.ENOSPC)})
			over(h, call.Reason{Kind: call.EndedByPeer})
		}, []string{"the recording failed at 10:42:03 UTC", "no space left on device", "disk of the recordings is full"}},
		{"nobody at the trunk, and at the callback", "trunkRefused", func(h *Hub) {
			h.Delivery(&delivery.Message{Lane: aConnection, Group: aConnection}, history.Attempt{Time: at, Group: aConnection, Note: "CreateCallFailed", URL: "https://app.example/callbacks", Number: 1, Result: history.Failed, Error: "connection refused"})
			over(h, call.Reason{Kind: call.Unreachable}, out(call.Reason{Kind: call.Unreachable, Text: "trunk provider cannot be reached: no program listens"}, call.Wire{Trunk: "provider", CallID: "x"}))
		}, []string{"the carrier of trunk provider cannot be reached: no program listens at 10:42:03 UTC"}},
		{"prompt that cannot be played", "operationFailed", func(h *Hub) {
			h.Publish(call.PlayFailed{Head: head(), Cause: errors.New("the file answered 404")})
			over(h, call.Reason{Kind: call.EndedByPeer})
		}, []string{"PlayFailed", "the file answered 404"}},
		{"poor sound", "poorSound", func(h *Hub) {
			leg := out(call.Reason{Kind: call.EndedByPeer}, call.Wire{CallID: "x", Sound: call.Sound{Codec: "PCMU", Sent: 500, Received: 400, Loss: 0.2, MOS: 2.1}})
			leg.Answered = at
			over(h, call.Reason{Kind: call.EndedByPeer}, leg)
		}, []string{"MOS 2.1", "20.0 %"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := newHub(t, Config{Unheard: func(_, _ string) []string {
				return []string{"subscription incoming failed its handshake: the endpoint answered 403"}
			}})
			defer h.Close()
			test.happens(h)
			page := h.Search(t.Context(), Query{Failed: true, Limit: 10})
			if len(page.Calls) != 1 || len(page.Calls[0].Problems) == 0 {
				t.Fatalf("found %+v", page.Calls)
			}
			got := page.Calls[0]
			if got.Problems[0].Code != test.code {
				t.Errorf("code %s, want %s: %q", got.Problems[0].Code, test.code, got.Reason)
			}
			for _, part := range test.want {
				if !strings.Contains(got.Reason, part) {
					t.Errorf("reason %q\nlacks %q", got.Reason, part)
				}
			}
		})
	}
}

func TestGoodCallHasNoProblem(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	legCame(h, &wireLeg{id: aCallID})
	h.Publish(call.CallConnected{Head: head()})
	h.CallOver(call.Detail{CorrelationID: aCall, From: caller, To: callee, Why: call.Reason{Kind: call.EndedByApplication, Text: "the application hung up"}, Legs: []call.LegDetail{
		{Who: caller, Inbound: true, Answered: time.Now(), Why: call.Reason{Kind: call.EndedByApplication}, Wire: call.Wire{CallID: aCallID, Sound: call.Sound{Codec: "PCMU", Sent: 100, Received: 100, MOS: 4.3}}},
	}})
	if sum, _, _ := h.Timeline(aCall); sum.Failed || len(sum.Problems) > 0 || sum.Reason != "an application ended the call: the application hung up" {
		t.Errorf("%+v", sum)
	}
}

func TestFewPacketsMakeNoPoorSound(t *testing.T) {
	for received, want := range map[uint64]bool{249: false, 250: true} {
		if got := poor(call.Sound{Received: received, Loss: 0.2, MOS: 2.1}); got != want {
			t.Errorf("%d packets: %t", received, got)
		}
	}
}

// TestRequestThatCameTooLateIsNoFailure: callers hang up while their application is about to do
// the next thing.
func TestRequestThatCameTooLateIsNoFailure(t *testing.T) {
	at := time.Date(2026, 11, 20, 10, 42, 3, 0, time.UTC)
	for _, test := range []struct {
		name    string
		request rest.Served
		failed  bool
	}{
		{"a play after the end", rest.Served{At: at.Add(time.Second), Pattern: "/calling/callConnections/{callConnectionId}:play", Status: 404}, false},
		{"a look after the end", rest.Served{At: at.Add(time.Second), Pattern: "/calling/callConnections/{callConnectionId}", Status: 404}, false},
		{"a play before the end", rest.Served{At: at.Add(-time.Second), Pattern: "/calling/callConnections/{callConnectionId}:play", Status: 404}, true},
		{"a wrong play", rest.Served{At: at.Add(time.Second), Pattern: "/calling/callConnections/{callConnectionId}:play", Status: 400}, true},
		{"an answer that came too late", rest.Served{At: at.Add(time.Second), Pattern: "/calling/callConnections:answer", Status: 404}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHub(t, Config{})
			defer h.Close()
			h.Publish(call.CallConnected{Head: head()})
			h.CallOver(call.Detail{CorrelationID: aCall, ServerCallID: aServerCall, Began: at.Add(-time.Minute), Ended: at, From: caller, To: callee, Why: call.Reason{Kind: call.EndedByPeer}})
			test.request.Method, test.request.Chain = "POST", aCall
			h.Request(test.request)
			if found := h.Search(t.Context(), Query{Failed: true, Limit: 10}).Calls; (len(found) == 1) != test.failed {
				t.Errorf("calls with a problem: %+v", found)
			}
		})
	}
}

// TestEndSaysNothingTwice: the text of a reason often has the words of its kind.
func TestEndSaysNothingTwice(t *testing.T) {
	for want, why := range map[string]call.Reason{
		"an application ended the call":            {Kind: call.EndedByApplication, Text: "an application ended the call"},
		"a participant hung up: the phone hung up": {Kind: call.EndedByPeer, Text: "the phone hung up"},
		"a participant hung up":                    {Kind: call.EndedByPeer},
		"the call ended (failed): no reply":        {Kind: call.Failed, Text: "no reply"},
	} {
		if got := endings(why); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
