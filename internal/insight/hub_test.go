package insight

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

const (
	aCall       = "5a3b0f4e-0d3f-4c51-9f39-6a4a0d9b8c11"
	aServerCall = "aHR0cHM6Ly9zd2l0Y2hob29rLmludGVybmFsLw=="
	aConnection = "11112222-0d3f-4c51-9f39-6a4a0d9b8c11"
	aCallID     = "a84b4c76e66710@phone.example"
)

var (
	caller = parsed("4:+15551230001")
	callee = parsed("4:+15550100001")
	phone  = netip.MustParseAddrPort("192.0.2.7:5060")
	here   = netip.MustParseAddrPort("127.0.0.1:5060")
)

func parsed(raw string) identifier.ID {
	id, err := identifier.Parse(raw)
	if err != nil {
		panic(err)
	}
	return id
}

func newHub(t *testing.T, cfg Config) *Hub {
	t.Helper()
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func head() call.Head {
	return call.Head{Connection: aConnection, ServerCallID: aServerCall, CorrelationID: aCall, At: time.Now()}
}

func invite(callID string) []byte {
	return fmt.Appendf(nil, "INVITE sip:+15550100001@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7\r\nFrom: \"X\" <sip:+15551230001@192.0.2.7>;tag=1\r\nTo: <sip:+15550100001@127.0.0.1>\r\nCall-ID: %s\r\nCSeq: 1 INVITE\r\n\r\n", callID)
}

func reply(callID, status string) []byte {
	return fmt.Appendf(nil, "SIP/2.0 %s\r\nCall-ID: %s\r\nCSeq: 1 INVITE\r\n\r\n", status, callID)
}

// wireLeg is a leg of SIP, as far as the hub looks at it.
type wireLeg struct {
	call.Leg
	id    string
	sound call.Sound
}

func (l *wireLeg) DialogID() string  { return l.id }
func (l *wireLeg) Sound() call.Sound { return l.sound }

func legCame(h *Hub, leg call.Leg) {
	h.Leg(call.LegNews{CorrelationID: aCall, ServerCallID: aServerCall, From: caller, To: callee, What: call.LegCame, Who: caller, Inbound: true, Leg: leg})
}

func kindsOf(items []Item) (kinds []Kind) {
	for _, i := range items {
		kinds = append(kinds, i.Kind)
	}
	return kinds
}

func TestTimelineHasWhatHappenedInItsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{})
		defer h.Close()
		log := slog.New(Handler(slog.NewTextHandler(io.Discard, nil), func() *Hub { return h }))
		next := func() { time.Sleep(10 * time.Millisecond) }
		h.SIP(time.Now(), false, "UDP", here, phone, invite(aCallID)) // before anybody knows of the call
		next()
		leg := &wireLeg{id: aCallID, sound: call.Sound{Codec: "PCMU", MOS: 4.2}}
		legCame(h, leg)
		next()
		h.Incoming(call.IncomingCall{Invitation: call.Invitation{From: caller, To: callee}, CorrelationID: aCall, ServerCallID: aServerCall, At: time.Now()}, 1)
		next()
		h.Delivery(&delivery.Message{Group: "SUB", Lane: "SUB/" + aServerCall, Event: delivery.Event{Subscription: "SUB"}, Body: []byte(`[{}]`)}, history.Attempt{Time: time.Now(), Note: "Microsoft.Communication.IncomingCall", Group: "SUB", URL: "https://app.example/events", Number: 1, Status: 200, Result: history.Delivered})
		next()
		h.Publish(call.ConnectionOpened{Head: head()})
		next()
		h.Request(rest.Served{At: time.Now(), Chain: aCall, Method: "POST", Pattern: "/calling/callConnections:answer", Status: 200})
		next()
		log.With("call", aCall).Info("leg answered")
		time.Sleep(measureInterval)
		got := fmt.Sprint(kindsOf(timelineOf(t, h, aCallID)))
		if want := "[sip leg call delivery event request log measure]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		for _, id := range []string{aCall, aServerCall, aConnection, aCallID} {
			if call, _, known := h.Timeline(id); !known || call.ID != aCall || call.MOS != 4.2 {
				t.Errorf("by %s: %+v", id, call)
			}
		}
	})
}

func timelineOf(t *testing.T, h *Hub, id string) []Item {
	t.Helper()
	_, items, known := h.Timeline(id)
	if !known {
		t.Fatalf("nothing is known of %s", id)
	}
	return items
}

func TestRefusedInviteIsARecordOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{})
		defer h.Close()
		h.SIP(time.Now(), false, "UDP", here, phone, invite(aCallID))
		h.SIP(time.Now(), true, "UDP", here, phone, reply(aCallID, "404 Not Found"))
		h.SIP(time.Now(), false, "UDP", here, phone, []byte("OPTIONS sip:x SIP/2.0\r\nCall-ID: other\r\n\r\n"))
		time.Sleep(refuseTime + 2*time.Second)
		page := h.Search(t.Context(), Query{About: "15551230001", Limit: 10})
		if len(page.Calls) != 1 || page.Calls[0].Subject != SubjectInvite || !page.Calls[0].Failed || page.Calls[0].To != "+15550100001" {
			t.Fatalf("got %+v", page.Calls)
		}
		if why := page.Calls[0].Reason; !strings.Contains(why, "refused with 404") || !strings.Contains(why, "Not Found") {
			t.Errorf("reason %q", why)
		}
	})
}

func TestLegThatTriesAnotherTrunkKeepsItsMessages(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	h.SIP(time.Now(), true, "UDP", here, phone, invite("first"))
	h.SIPCallID("first", "second")
	legCame(h, &wireLeg{id: "second"})
	h.SIP(time.Now(), true, "UDP", here, phone, invite("second"))
	if items := ofKinds(timelineOf(t, h, aCall), KindSIP); len(items) != 2 {
		t.Errorf("got %d messages, want those of both trunks", len(items))
	}
}

func TestBudgetBoundsMemory(t *testing.T) {
	h := newHub(t, Config{Memory: 1 << 17})
	defer h.Close()
	for n := range 200 {
		id := fmt.Sprint("call-", n)
		for range 50 {
			h.Publish(call.PlayCompleted{Head: call.Head{CorrelationID: id, ServerCallID: id, At: time.Now()}})
		}
		if n%2 == 0 {
			h.CallOver(call.Detail{CorrelationID: id, ServerCallID: id, From: caller, To: callee, Ended: time.Now()})
		}
	}
	h.mu.Lock()
	taken, lost := h.taken, h.lost
	h.mu.Unlock()
	if taken > 1<<17 || taken < 1<<16 || lost == 0 {
		t.Errorf("%d bytes are taken of %d, %d items were not kept", taken, 1<<17, lost)
	}
	if call, _, known := h.Timeline("call-0"); !known || call.Omitted == 0 {
		t.Errorf("the oldest call: %+v", call)
	}
}

func TestMeasuresAreFewerWhereMemoryIsShort(t *testing.T) {
	count := func(memory int64) int {
		h := newHub(t, Config{Memory: memory})
		defer h.Close()
		legCame(h, &wireLeg{id: aCallID, sound: call.Sound{Codec: "PCMU"}})
		h.Delivery(&delivery.Message{Group: aServerCall, Body: make([]byte, maxBody)}, history.Attempt{Number: 1})
		for range 2 * seldom {
			h.measure(time.Now())
		}
		return len(ofKinds(timelineOf(t, h, aCall), KindMeasure))
	}
	if many, few := count(1<<20), count(maxBody+12<<10); many != 2*seldom || few != 2 {
		t.Errorf("%d measures, and %d where memory is short", many, few)
	}
}

func TestOneCallIsBounded(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	for range 2 * maxEntries {
		h.Publish(call.PlayCompleted{Head: head()})
	}
	if call, items, _ := h.Timeline(aCall); len(items) > maxEntries || call.Omitted < maxEntries {
		t.Errorf("%d items, %d omitted", len(items), call.Omitted)
	}
}

func TestOldestCallsAreForgotten(t *testing.T) {
	h := newHub(t, Config{Calls: 10})
	for n := range 100 {
		id := fmt.Sprint("call-", n)
		h.CallOver(call.Detail{CorrelationID: id, ServerCallID: "s" + id, From: caller, To: callee, Ended: time.Now()})
	}
	if page := h.Search(t.Context(), Query{Limit: 100}); len(page.Calls) != 10 || page.Calls[0].ID != "call-99" {
		t.Errorf("%d calls are known", len(page.Calls))
	}
	h.Close() // which has them settled
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.byID) != 10 || len(h.byName) != 10 {
		t.Errorf("%d ids, %d names are kept", len(h.byID), len(h.byName))
	}
}

func TestSlowFollowerLosesUpdatesAndHearsHowMany(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	f, err := h.Follow()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const sent = followerRoom + 100
	for range sent {
		h.Publish(call.PlayCompleted{Head: head()})
	}
	for range followerRoom {
		if u, err := f.Next(t.Context()); err != nil || u.Missed != 0 || u.Item == nil {
			t.Fatalf("%+v, %v", u, err)
		}
	}
	h.Publish(call.PlayCompleted{Head: head()})
	if u, _ := f.Next(t.Context()); u.Missed != 100 || u.Call.ID != aCall {
		t.Errorf("missed %d of %s, want 100", u.Missed, u.Call.ID)
	}
}

// TestPagesAreToldOfTheCallThatTheyShow: of other calls they hear only what lists show.
func TestPagesAreToldOfTheCallThatTheyShow(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	watched := ""
	f, err := h.FollowOne(func() string { return watched })
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	told := func() (items, lists int) {
		for len(f.news) > 0 {
			u, err := f.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if u.Item != nil {
				items++
			} else {
				lists++
			}
		}
		return items, lists
	}
	legCame(h, &wireLeg{id: aCallID})
	if items, lists := told(); items != 0 || lists != 1 {
		t.Errorf("of a call that is not shown: %d items, %d changes of the list", items, lists)
	}
	watched = aCall
	h.SIP(time.Now(), true, "UDP", here, phone, reply(aCallID, "200 OK"))
	if items, lists := told(); items != 1 || lists != 0 {
		t.Errorf("of the call that is shown: %d items, %d changes of the list", items, lists)
	}
}

func TestFollowersAreBounded(t *testing.T) {
	h := newHub(t, Config{})
	for range maxFollowers {
		if _, err := h.Follow(); err != nil {
			t.Fatal(err)
		}
	}
	f, err := h.Follow()
	if err == nil {
		f.Close()
		t.Error("one more may follow")
	}
	h.Close() // ends them
}

func TestWaitSeesWhatHappensAndWhatHasHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{})
		defer h.Close()
		begun := time.Now()
		go func() {
			time.Sleep(3 * time.Second)
			h.Incoming(call.IncomingCall{Invitation: call.Invitation{From: caller, To: callee}, CorrelationID: aCall, At: time.Now()}, 1)
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		condition := Condition{Name: "IncomingCall", To: "+15550100001", Since: begun}
		met, err := h.Wait(ctx, condition)
		if err != nil || !met.Met || time.Since(begun) != 3*time.Second {
			t.Fatalf("%+v, %v after %s", met, err, time.Since(begun))
		}
		if met, _ := h.Wait(ctx, condition); !met.Met || met.Call.ID != aCall { // at once: it has happened
			t.Errorf("later: %+v", met)
		}
		condition.To = "+15550109999"
		if met, _ := h.Wait(ctx, condition); met.Met || time.Since(begun) < 5*time.Second {
			t.Errorf("for another number: %+v after %s", met, time.Since(begun))
		}
	})
}

// hostile are texts that break who shows them without care.
var hostile = []string{"<script>alert(1)</script>", "\x1b[2J\x07", "\u202egnp.exe", "\xff\xfe", strings.Repeat("A", 1<<16), "a\r\nInjected: yes", `"}],"x":`, "%00%0a"}

func TestHostileTextsAreTamed(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	log := slog.New(Handler(slog.NewTextHandler(io.Discard, nil), func() *Hub { return h }))
	legCame(h, &wireLeg{id: aCallID})
	for _, text := range hostile {
		why := call.Reason{Kind: call.Failed, Text: text, SIP: call.Status{Code: 500, Phrase: text}}
		h.SIP(time.Now(), false, "UDP", here, phone, []byte("INVITE "+text+"\r\nCall-ID: "+aCallID+"\r\nFrom: "+text+"\r\n\r\n"+text))
		h.Publish(call.CreateCallFailed{Head: head(), Reason: why})
		h.Publish(call.PlayFailed{Head: head(), Cause: fmt.Errorf("%s", text)})
		h.Request(rest.Served{At: time.Now(), Chain: aCall, Method: "POST", Pattern: "/calling/callConnections/{callConnectionId}:play", Path: text, Status: 400, Sender: text, Body: []byte(text), Answer: []byte(text)})
		h.Delivery(&delivery.Message{Group: aConnection, Body: []byte(text)}, history.Attempt{Time: time.Now(), Note: text, URL: text, Number: 1, Answer: text, Error: text, Reason: text, Result: history.Failed})
		log.Info(text, "call", aCall, "name", text)
	}
	h.CallOver(call.Detail{CorrelationID: aCall, ServerCallID: aServerCall, Ended: time.Now(), Why: call.Reason{Text: hostile[1]}, Legs: []call.LegDetail{{Who: caller, Why: call.Reason{Kind: call.Failed, Text: hostile[2]}, Wire: call.Wire{Trunk: "t", Device: hostile[0]}}}})
	sum, items, _ := h.Timeline(aCall)
	lines := []string{sum.Reason}
	for _, p := range sum.Problems {
		lines = append(lines, p.Text)
	}
	for _, i := range items {
		lines = append(lines, i.Text)
	}
	for _, line := range lines {
		if strings.ContainsAny(line, "\r\n\x1b\x07\u202e") || len(line) > 4*maxLine || !json.Valid([]byte(fmt.Sprintf("%q", line))) && strings.Contains(line, "\xff") {
			t.Errorf("a line is %.200q", line)
		}
	}
	for _, i := range items {
		if len(i.Detail) > 8*maxBody {
			t.Errorf("a detail of %s has %d bytes", i.Kind, len(i.Detail))
		}
	}
}

// TestTimelineKeepsNoLeg: what is kept of a call that is over is counted; its leg, with
// its buffers of sound, is not, and must be free.
func TestTimelineKeepsNoLeg(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	leg := &wireLeg{id: aCallID}
	gone := weak.Make(leg)
	legCame(h, leg)
	h.Leg(call.LegNews{CorrelationID: aCall, ServerCallID: aServerCall, What: call.LegAnswered, Who: caller, Leg: leg})
	h.Leg(call.LegNews{CorrelationID: aCall, ServerCallID: aServerCall, What: call.LegGone, Who: caller, Leg: leg, Wire: call.Wire{Trunk: "main"}})
	h.CallOver(call.Detail{CorrelationID: aCall, ServerCallID: aServerCall, From: caller, To: callee, Began: time.Now(), Ended: time.Now()})
	leg = nil
	runtime.GC()
	if gone.Value() != nil {
		t.Error("the leg is kept")
	}
	if _, items, known := h.Timeline(aCall); !known || len(items) != 4 {
		t.Errorf("%d items", len(items))
	}
}
