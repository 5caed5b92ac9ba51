package insight

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/rest"
)

// overloadedHub has kept as many whole timelines in this moment as it keeps while it is overloaded.
func overloadedHub(t *testing.T) *Hub {
	h := newHub(t, Config{})
	h.Overloaded(func() bool { return true })
	for range int(wholeRate.Burst) {
		h.wholes.Allow(time.Now())
	}
	return h
}

// delivered is an attempt to deliver the IncomingCall of the call.
func delivered(h *Hub, number, status int, result history.Result) {
	h.Delivery(&delivery.Message{Group: "SUB", Lane: "SUB/" + aServerCall, Event: delivery.Event{Subscription: "SUB"}, Body: []byte(`[{}]`)},
		history.Attempt{Time: time.Now(), Note: "Microsoft.Communication.IncomingCall", Group: "SUB", URL: "https://app.example/events", Number: number, Status: status, Result: result})
}

// usualCall is a call that an application answers, with an attempt that is not taken where refused is set.
func usualCall(h *Hub, refused bool) {
	h.SIP(time.Now(), false, "UDP", here, phone, invite(aCallID))
	h.Incoming(call.IncomingCall{Invitation: call.Invitation{From: caller, To: callee}, CorrelationID: aCall, ServerCallID: aServerCall, At: time.Now()}, 1)
	leg := &wireLeg{id: aCallID, sound: call.Sound{Codec: "PCMU", MOS: 4.2}}
	legCame(h, leg)
	if refused {
		delivered(h, 1, 500, history.Retried)
	}
	delivered(h, 2, 200, history.Delivered)
	h.Request(rest.Served{At: time.Now(), Chain: aCall, Method: "POST", Pattern: "/calling/callConnections:answer", Status: 200})
	h.SIP(time.Now(), true, "UDP", here, phone, reply(aCallID, "200 OK"))
	h.Publish(call.CallConnected{Head: head()})
	h.Leg(call.LegNews{CorrelationID: aCall, ServerCallID: aServerCall, What: call.LegGone, Who: caller, Leg: leg})
	h.CallOver(call.Detail{CorrelationID: aCall, From: caller, To: callee, Began: time.Now(), Ended: time.Now(), Why: call.Reason{Kind: call.EndedByApplication, Text: "the application hung up"}})
}

func TestTimelinesAreBriefWhileCallsAreRefused(t *testing.T) {
	for _, test := range []struct {
		name    string
		hub     func(*testing.T) *Hub
		refused bool
		want    string
		leftOut int
	}{
		{"whole where no call is refused", func(t *testing.T) *Hub { return newHub(t, Config{}) }, false, "[call sip leg delivery request sip event leg call]", 0},
		{"brief where calls are", overloadedHub, false, "[call leg leg call]", 5},
		{"from a failure on it has everything", overloadedHub, true, "[call leg delivery delivery request sip event leg call]", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := test.hub(t)
				defer h.Close()
				usualCall(h, test.refused)
				sum, items, known := h.Timeline(aCall)
				if got := fmt.Sprint(kindsOf(items)); !known || got != test.want || sum.Omitted != test.leftOut {
					t.Errorf("%s are kept and %d left out, want %s and %d", got, sum.Omitted, test.want, test.leftOut)
				}
				if sum.From != caller.Raw() || sum.To != callee.Raw() || sum.Failed || !strings.Contains(sum.Reason, "the application hung up") || len(sum.CallIDs) != 1 {
					t.Errorf("the summary is %+v", sum)
				}
			})
		})
	}
}

func TestSomeTimelinesAreWholeWhileCallsAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{})
		defer h.Close()
		h.Overloaded(func() bool { return true })
		const calls = 100
		for n := range calls {
			h.SIP(time.Now(), false, "UDP", here, phone, invite(fmt.Sprint("call-", n)))
		}
		whole := 0
		for n := range calls {
			whole += h.dialogs[fmt.Sprint("call-", n)].pending.count
		}
		if whole != int(wholeRate.Burst) {
			t.Errorf("%d of %d calls at once have their messages, want %v", whole, calls, wholeRate.Burst)
		}
	})
}

// TestCallsOfPhonesCountOnce: the INVITE is heard of first, then the call.
func TestCallsOfPhonesCountOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{})
		defer h.Close()
		h.Overloaded(func() bool { return true })
		whole := 0
		for n := range 100 {
			dialog, id := fmt.Sprint("dialog-", n), fmt.Sprint("call-", n)
			h.SIP(time.Now(), false, "UDP", here, phone, invite(dialog))
			h.Leg(call.LegNews{CorrelationID: id, What: call.LegCame, Who: caller, Leg: &wireLeg{id: dialog}, Inbound: true})
			h.Publish(call.CallConnected{Head: call.Head{CorrelationID: id, At: time.Now()}})
			if sum, items, _ := h.Timeline(id); len(items) == 3 && sum.Omitted == 0 {
				whole++
			}
		}
		if whole != int(wholeRate.Burst) {
			t.Errorf("%d calls at once have whole timelines, want %v", whole, wholeRate.Burst)
		}
	})
}

func TestLegOfACallOfOursIsAsBriefAsTheCall(t *testing.T) {
	h := overloadedHub(t)
	defer h.Close()
	h.Publish(call.ConnectionOpened{Head: head()})
	legCame(h, &wireLeg{id: aCallID}) // before its INVITE is sent
	h.SIP(time.Now(), true, "UDP", here, phone, invite(aCallID))
	if items := ofKinds(timelineOf(t, h, aCall), KindSIP, KindEvent); len(items) != 0 {
		t.Errorf("got %+v", items)
	}
}

func TestRefusedInviteHasItsRecordWhileCallsAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := overloadedHub(t)
		defer h.Close()
		h.SIP(time.Now(), false, "UDP", here, phone, invite(aCallID))
		h.SIP(time.Now(), true, "UDP", here, phone, []byte("SIP/2.0 404 Not Found\r\nFrom: \"X\" <sip:+15551230001@192.0.2.7>;tag=1\r\nTo: <sip:+15550100001@127.0.0.1>;tag=2\r\nCall-ID: "+aCallID+"\r\nCSeq: 1 INVITE\r\n\r\n"))
		time.Sleep(refuseTime + 2*time.Second)
		page := h.Search(t.Context(), Query{About: "15551230001", Limit: 10})
		if len(page.Calls) != 1 || page.Calls[0].To != "+15550100001" || !strings.Contains(page.Calls[0].Reason, "refused with 404") || page.Calls[0].Omitted != 1 {
			t.Fatalf("got %+v", page.Calls)
		}
	})
}
