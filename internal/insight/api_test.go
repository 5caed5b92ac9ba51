package insight

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/rest"
)

// sender is whoever sends the requests of a test.
type sender auth.Principal

func (s sender) Authenticate(*http.Request, auth.Body, auth.Scope) (auth.Principal, error) {
	return auth.Principal(s), nil
}

// fakeWebhooks are deliveries on demand.
type fakeWebhooks struct{ sent []Sending }

func (*fakeWebhooks) Attempts(history.Filter, int) []history.Attempt {
	return []history.Attempt{{Time: time.Now(), Policy: "callback", Group: aConnection, Note: "PlayCompleted", URL: "https://app.example", Number: 1, Status: 500, Result: history.Retried, Next: time.Now().Add(time.Minute)}}
}
func (*fakeWebhooks) Resend(string, string) (int, error) { return 1, nil }
func (f *fakeWebhooks) Send(_ context.Context, s Sending) (Sent, error) {
	f.sent = append(f.sent, s)
	return Sent{Status: 200}, nil
}
func (*fakeWebhooks) Test(string, Sample) (any, error) { return map[string]bool{"matches": true}, nil }

func newAPI(t *testing.T, who auth.Principal) (*Hub, *fakeWebhooks, func(method, path, body string) *httptest.ResponseRecorder) {
	h := newHub(t, Config{})
	t.Cleanup(h.Close)
	hooks := &fakeWebhooks{}
	api := &API{Hub: h, Webhooks: hooks, Callbacks: "callback", Sinks: NewSinks(), Stopping: t.Context()}
	router := rest.New(rest.Config{Auth: sender(who), Log: slog.New(slog.DiscardHandler)})
	api.Register(router)
	return h, hooks, func(method, path, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		if strings.HasPrefix(path, SinkPath) {
			api.Sinks.ServeHTTP(w, httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body)))
			return w
		}
		router.ServeHTTP(w, httptest.NewRequest(method, "http://localhost"+Path+path, strings.NewReader(body)))
		return w
	}
}

var administrator = auth.Principal{Administrator: true, Reader: true}

func TestReadersLookAndDoNothingElse(t *testing.T) {
	for name, who := range map[string]auth.Principal{
		"administrator": administrator, "reader": {Reader: true, ReadOnly: true}, "application": {Key: "secondary"},
	} {
		_, _, ask := newAPI(t, who)
		look, change := ask("GET", "/calls", "").Code, ask("PUT", "/sinks/a", "{}").Code
		mayLook, mayChange := name != "application", name == "administrator"
		if (look == 200) != mayLook || (change == 200) != mayChange {
			t.Errorf("%s: looking answers %d, changing %d", name, look, change)
		}
	}
}

func TestCallsAreFoundByEachCondition(t *testing.T) {
	h, _, ask := newAPI(t, administrator)
	legCame(h, &wireLeg{id: aCallID})
	h.CallOver(call.Detail{CorrelationID: aCall, ServerCallID: aServerCall, From: caller, To: callee, Began: time.Now(), Ended: time.Now(), Legs: []call.LegDetail{
		{Who: callee, Why: call.Reason{Kind: call.Busy, SIP: call.Status{Code: 486, Phrase: "Busy Here"}}, Wire: call.Wire{Trunk: "provider", CallID: "z", Sound: call.Sound{MOS: 2}}},
	}, Why: call.Reason{Kind: call.Busy}})
	count := func(query string) int {
		var page struct{ Value []Summary }
		w := ask("GET", "/calls?"+query, "")
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %s", query, w.Code, w.Body)
		}
		return len(page.Value)
	}
	for _, query := range []string{"", "about=15551230001", "about=" + aCallID, "about=provider", "trunk=provider", "endCode=486", "mosBelow=3", "failed=true", "text=busy+here", "state=ended", "subject=call", "since=2020-01-01T00:00:00Z"} {
		if count(query) != 1 {
			t.Errorf("%s finds nothing", query)
		}
	}
	for _, query := range []string{"about=nobody", "trunk=prov", "endCode=200", "mosBelow=1.5", "text=nothing", "state=ringing", "subject=join", "until=2020-01-01T00:00:00Z"} {
		if count(query) != 0 {
			t.Errorf("%s finds a call", query)
		}
	}
	for _, query := range []string{"since=yesterday", "mosBelow=x", "failed=1", "about=" + strings.Repeat("x", 300)} {
		if w := ask("GET", "/calls?"+query, ""); w.Code != 400 {
			t.Errorf("%.40s answers %d", query, w.Code)
		}
	}
	if w := ask("GET", "/calls/unknown", ""); w.Code != 404 {
		t.Errorf("an unknown call answers %d", w.Code)
	}
}

func TestDownloadsOfACall(t *testing.T) {
	h, _, ask := newAPI(t, administrator)
	legCame(h, &wireLeg{id: aCallID})
	h.SIP(time.Now(), false, "UDP", here, phone, []byte(strings.Replace(secretMessage, "Call-ID: 1", "Call-ID: "+aCallID, 1)))
	capture := ask("GET", "/calls/"+aCall+"/pcap", "").Body.Bytes()
	if len(capture) < 24+16+28 || binary.LittleEndian.Uint32(capture) != pcapMagic || binary.LittleEndian.Uint32(capture[20:]) != linkTypeRaw {
		t.Fatalf("the capture begins % x", capture[:min(len(capture), 24)])
	}
	packet := capture[40:]
	if int(binary.LittleEndian.Uint32(capture[32:])) != len(packet) || fold(checksum(packet[:20], 0)) != 0xffff || binary.BigEndian.Uint16(packet[20:]) != 5060 {
		t.Errorf("the packet is % x", packet[:28])
	}
	bundle := ask("GET", "/calls/"+aCall+"/bundle", "").Body.Bytes()
	z, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range z.File {
		r, _ := file.Open()
		text, _ := io.ReadAll(r)
		if len(text) == 0 || bytes.Contains(text, []byte("SECRET")) {
			t.Errorf("%s: %.300s", file.Name, text)
		}
	}
	if len(z.File) != 5 {
		t.Errorf("the bundle has %d files", len(z.File))
	}
}

func TestDeliveriesAreListedAndSentAgain(t *testing.T) {
	h, hooks, ask := newAPI(t, administrator)
	h.Publish(call.ConnectionOpened{Head: head()})
	h.Delivery(&delivery.Message{Group: aConnection, Body: []byte(`[{"incomingCallContext":"secret"}]`)}, history.Attempt{Time: time.Now(), Group: aConnection, Number: 1, Result: history.Failed})
	if w := ask("GET", "/deliveries", ""); !strings.Contains(w.Body.String(), `"nextAttempt"`) || !strings.Contains(w.Body.String(), aCall) {
		t.Errorf("the list is %s", w.Body)
	}
	if w := ask("GET", "/calls/"+aCall+"/events", ""); strings.Contains(w.Body.String(), "secret\"") {
		t.Errorf("a secret is shown: %s", w.Body)
	}
	w := ask("POST", "/deliveries:send", fmt.Sprintf(`{"url":"https://other.example/","call":%q,"seq":2}`, aCall))
	if w.Code != 200 || len(hooks.sent) != 1 || hooks.sent[0].Body != `[{"incomingCallContext":"secret"}]` || hooks.sent[0].URL != "https://other.example/" {
		t.Errorf("%d %s: sent %+v", w.Code, w.Body, hooks.sent)
	}
	if w := ask("POST", "/deliveries:send", `{"body":"{}"}`); w.Code != 400 {
		t.Errorf("without a url: %d", w.Code)
	}
	if w := ask("POST", "/deliveries:resend", `{"id":"1"}`); w.Code != 200 {
		t.Errorf("resend: %d %s", w.Code, w.Body)
	}
	if w := ask("POST", "/subscriptions/incoming:test", `{"from":"4:+1","to":"4:+2"}`); w.Code != 200 || !strings.Contains(w.Body.String(), "matches") {
		t.Errorf("test: %d %s", w.Code, w.Body)
	}
}

// TestSecretOfASinkIsForAdministrators: who only looks at the console sends nothing there.
func TestSecretOfASinkIsForAdministrators(t *testing.T) {
	sinks := NewSinks()
	sinks.byName["mine"] = &sink{name: "mine", secret: "SECRET", status: 200}
	for name, test := range map[string]struct {
		who  auth.Principal
		want bool
	}{"an administrator": {administrator, true}, "somebody who looks": {auth.Principal{Reads: true, Reader: true}, false}} {
		router := rest.New(rest.Config{Auth: sender(test.who), Log: slog.New(slog.DiscardHandler)})
		(&API{Sinks: sinks}).sinkRoutes(router)
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost"+Path+"/sinks", nil))
		if w.Code != 200 || strings.Contains(w.Body.String(), "SECRET") != test.want {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestSinkConsentsAndShowsWhatCame(t *testing.T) {
	_, _, ask := newAPI(t, administrator)
	var made sinkView
	if err := json.Unmarshal(ask("PUT", "/sinks/mine", `{"status":503}`).Body.Bytes(), &made); err != nil {
		t.Fatal(err)
	}
	path := made.URL[strings.Index(made.URL, SinkPath):]
	if w := ask("POST", SinkPath+"mine?code=guessed", "{}"); w.Code != 404 {
		t.Errorf("another secret answers %d", w.Code)
	}
	for range maxReceived + 5 {
		if w := ask("POST", path, `[{"data":{"token":"secret"}}]`); w.Code != 503 {
			t.Fatalf("an event is answered with %d", w.Code)
		}
	}
	var list struct{ Value []sinkView }
	if err := json.Unmarshal(ask("GET", "/sinks", "").Body.Bytes(), &list); err != nil || len(list.Value) != 1 || len(list.Value[0].Received) != maxReceived || strings.Contains(list.Value[0].Received[0].Body, "secret") {
		t.Errorf("%v: %+v", err, list)
	}
	for n := range maxSinks - 1 {
		ask("PUT", fmt.Sprint("/sinks/s", n), "{}")
	}
	if w := ask("PUT", "/sinks/onemore", "{}"); w.Code != 409 {
		t.Errorf("one more sink answers %d", w.Code)
	}
	if w := ask("DELETE", "/sinks/mine", ""); w.Code != 204 || ask("POST", path, "{}").Code != 404 {
		t.Errorf("the deletion answers %d", w.Code)
	}
}

func TestSinkAnswersTheHandshake(t *testing.T) {
	s := NewSinks()
	s.byName["a"] = &sink{name: "a", secret: "b", status: 500}
	r := httptest.NewRequest("POST", "http://localhost/sink/a?code=b", strings.NewReader(`[{"data":{"validationCode":"42"}}]`))
	r.Header.Set("Aeg-Event-Type", "SubscriptionValidation")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"validationResponse":"42"}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestWaitingIsBounded(t *testing.T) {
	_, _, ask := newAPI(t, administrator)
	if w := ask("GET", "/wait?timeout=0s&event=IncomingCall", ""); w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"met":false}` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for _, query := range []string{"timeout=2m", "timeout=soon", "kind=nothing", "since=yesterday"} {
		if w := ask("GET", "/wait?"+query, ""); w.Code != 400 {
			t.Errorf("%s answers %d", query, w.Code)
		}
	}
}
