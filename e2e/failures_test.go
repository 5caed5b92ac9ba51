package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/insight"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// failure is a call that failed, and words of its explanation.
type failure struct {
	name, about string
	words       []string
}

// troubles is a server whose calls fail in every way that is known.
type troubles struct {
	*product
	far      *siptest.Phone
	callback string
	failures []failure
}

// fails waits until a failure is explained by the API, and remembers it.
func (s *troubles) fails(name, about string, words ...string) {
	s.t.Helper()
	s.explains(name, about, words...)
	s.failures = append(s.failures, failure{name, about, words})
}

const (
	secondNumber  = "+15550100002"
	mirrorNumber  = "+15550100098" // an echo answers
	premiumNumber = "+979123456"
	otherPremium  = "+979765432"
)

// TestFailuresAreExplained prepares failures, asks the API for the cause of each, and then
// a person in front of the console's list of calls.
func TestFailuresAreExplained(t *testing.T) {
	t.Parallel()
	far, port := newFarPhone(t)
	s := &troubles{far: far, product: start(t, setup{trunk: port, config: `
call: {ring-timeout: 1s}
echo-numbers: ["` + mirrorNumber + `"]
recording: {min-free-mib: 1048576}
guards: [{name: premium, prefix: "+979", deny: true}]
routes: [{name: america, pattern: '^\+1', trunks: [phones]}]
`})}
	s.callback = "http://" + newWebhook(t).address + "/callback?secret=" + callbackSecret
	lost := s.losesBrowser()
	s.carrierRefuses()
	s.rulesRefuse()
	s.nobodyIsTold()
	s.soundGoesOneWay()
	s.recordsNothing()
	s.joinsClosedRoom()
	s.fails("lost ICE", lost, "the connection to the browser", "(ICE)", "media did not come up")
	t.Run("each within the page", s.foundInThePage)
}

// carrierRefuses: it is busy, knows no codec of ours, or there is no route to it.
func (s *troubles) carrierRefuses() {
	for status, number := range map[int]string{503: "+15550199503", 488: "+15550199488"} {
		s.far.Guarding(func(m *siptest.Message) (int, []siptest.Field) { return status, nil })
		if got := s.creates(number, s.callback); got != http.StatusCreated {
			s.t.Fatalf("a call answers %d", got)
		}
		s.fails(map[int]string{503: "busy trunk", 488: "wrong codec"}[status], number, map[int]string{503: "trunk phones answered 503", 488: "no codec or media in common"}[status])
	}
	s.far.Guarding(nil)
	s.creates("+4930123456", s.callback)
	s.fails("no route", "+4930123456", "+4930123456 could not be called", "no route takes")
}

// rulesRefuse: a guard forbids a call of an application, and one of a browser.
func (s *troubles) rulesRefuse() {
	if status := s.creates(premiumNumber, s.callback); status != http.StatusForbidden {
		s.t.Errorf("the guard answers %d", status)
	}
	s.fails("guard", premiumNumber, "refused with 403", "premium")
	page, user := s.browser()
	answer, err := page.Do(within(s.t, webrtctest.Patience), &protocol.CallStart{Call: uuid.NewString(), To: []string{"4:" + otherPremium}, AlternateCallerID: ourNumber})
	must(s.t, err)
	if refused, is := answer.(*protocol.Refusal); !is || refused.Code != 403 {
		s.t.Errorf("the guard answers a browser with %+v", answer)
	}
	s.fails("guard, of a browser", user, "the call of", otherPremium, "premium")
}

// nobodyIsTold: the webhook fails, or has refused the handshake.
func (s *troubles) nobodyIsTold() {
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
	s.t.(*testing.T).Cleanup(failing.Close)
	deaf := httptest.NewServer(http.NotFoundHandler())
	s.t.(*testing.T).Cleanup(deaf.Close)
	s.subscribe("failing", failing.URL, "--subject-ends-with", ourNumber)
	s.run("subscribe", "deaf", "--endpoint", deaf.URL, "--included-event-types", "Microsoft.Communication.IncomingCall") // it fails, as it must
	phone := newPhone(s.product)
	call := dial(s.t, phone)
	must(s.t, call.WaitFinal(within(s.t, 10*time.Second)))
	s.fails("webhook 500", ourNumber, "did not take IncomingCall: answered 500", "no application answered")
	if _, err := phone.Call(secondNumber); err != nil {
		s.t.Fatal(err)
	}
	s.fails("handshake refused", secondNumber, "no application received the call", "deaf", "handshake", "404")
}

// soundGoesOneWay, after it has gone both ways for the metrics.
func (s *troubles) soundGoesOneWay() {
	phone := newPhone(s.product)
	talk, err := phone.Call(mirrorNumber)
	must(s.t, err)
	must(s.t, talk.WaitAnswered(within(s.t, 5*time.Second)))
	var live []insight.Summary
	eventually(s.t, 10*time.Second, "a connected call in the list", func() bool {
		live = s.calls(url.Values{"about": {mirrorNumber}, "state": {"connected"}})
		return len(live) == 1
	})
	if s.signed("POST", insight.Path+"/calls/"+live[0].ID+":capture", nil, values{"seconds": 10}, nil) != http.StatusOK {
		s.t.Fatalf("the sound is not captured of %+v", live)
	}
	untilHeard(s.t, "the phone hears its echo", func() { talk.Tone(promptPitch, 1000) }, func() bool { return talk.HeardFor(promptPitch) > 0.3 })
	must(s.t, talk.Hangup(within(s.t, 5*time.Second)))
	var shown struct{ Capture insight.Captured }
	if s.signed("GET", insight.Path+"/calls/"+live[0].ID, nil, nil, &shown); shown.Capture.Legs != 1 || shown.Capture.Bytes < 20*200 {
		s.t.Errorf("captured %+v", shown.Capture)
	}
	mute, err := phone.Call(mirrorNumber)
	must(s.t, err)
	mute.Mute() // before it could send a packet
	must(s.t, mute.WaitAnswered(within(s.t, 5*time.Second)))
	time.Sleep(3 * time.Second) // for enough packets to tell, of which a busy machine sends fewer
	must(s.t, mute.Hangup(within(s.t, 5*time.Second)))
	s.fails("one-way sound", mirrorNumber, "one way only")
}

// recordsNothing starts a recording on a disk that is full.
func (s *troubles) recordsNothing() {
	const number = "+15550199010"
	s.creates(number, s.callback)
	call, err := s.far.Next(within(s.t, 10*time.Second))
	must(s.t, err)
	must(s.t, call.Answer())
	var connected []insight.Summary
	eventually(s.t, 10*time.Second, "the call is connected", func() bool {
		connected = s.calls(url.Values{"about": {number}, "state": {"connected"}})
		return len(connected) == 1 && len(connected[0].Connections) == 1
	})
	s.signed("POST", "/calling/recordings"+callingVersion, nil, values{"callLocator": values{"kind": "serverCallLocator", "serverCallId": connected[0].ServerCall}}, nil)
	s.fails("recording disk full", number, "min-free-mib")
	eventually(s.t, 10*time.Second, "the timeline has everything", func() bool { return s.missingKind(connected[0].Connections[0]) == "" })
	must(s.t, call.Hangup(within(s.t, 5*time.Second)))
}

// browser is a page of a new user, as the library signs in.
func (s *troubles) browser() (page *webrtctest.Client, user string) {
	user, token := s.newToken()
	page, err := webrtctest.Dial(within(s.t, webrtctest.Patience), s.clients(), protocol.Hello{Token: token, DisplayName: "<b>x", UserAgent: "e2e"})
	must(s.t, err)
	s.t.Cleanup(page.Cut)
	return page, user
}

// joinsClosedRoom has a user join a room before its time.
func (s *troubles) joinsClosedRoom() {
	page, user := s.browser()
	var room struct{ ID string }
	s.signed("POST", "/rooms?api-version=2025-03-13", nil, values{
		"validFrom": time.Now().Add(time.Hour), "validUntil": time.Now().Add(2 * time.Hour),
		"participants": values{user: values{"role": "Attendee"}},
	}, &room)
	page.Join(within(s.t, webrtctest.Patience), protocol.CallJoin{Room: room.ID}) // refused
	s.fails("closed room", room.ID, "not let into room", "not the time of the room", "expired")
}

// losesBrowser has a page call, whose packets never come; that takes half a minute.
func (s *troubles) losesBrowser() (user string) {
	page, user := s.browser()
	answer, err := page.Do(within(s.t, webrtctest.Patience), &protocol.CallStart{Call: uuid.NewString(), To: []string{"8:echo123"}})
	must(s.t, err)
	if _, is := answer.(*protocol.OK); !is {
		s.t.Fatalf("the call is answered with %+v", answer)
	}
	return user
}

// foundInThePage has a person look for each failure in the list of calls, and read why.
func (s *troubles) foundInThePage(t *testing.T) {
	c := openConsole(s.product, startBrowsers(t)).with(t)
	for _, f := range s.failures {
		c.visit("calls", "Calls")
		c.fill(`input[type=search]`, f.about)
		c.until(`document.querySelector("main h1")?.textContent === "Calls"`)
		words, err := json.Marshal(f.words)
		must(t, err)
		row := `[...document.querySelectorAll(".longtable .row.failed")].find((row) => ` + string(words) + `.every((word) => row.innerText.includes(word)))`
		c.clicks(row)
		for _, word := range f.words {
			c.until(fmt.Sprintf(`document.querySelector(".card.why")?.innerText.includes(%q)`, word))
		}
		t.Logf("%s: %s", f.name, c.text(`return document.querySelector("#reason").innerText`))
	}
	c.visit("calls", "Calls")
	bundle, err := c.do(values{"do": "eval", "tab": c.name, "code": `
		const id = (await (await fetch("/console/api` + insight.Path + `/calls?about=` + url.QueryEscape(mirrorNumber) + `&failed=true")).json()).value[0].id;
		const zip = await (await fetch("/console/api` + insight.Path + `/calls/" + id + "/bundle")).blob();
		const files = new DataTransfer();
		files.items.add(new File([zip], "call.zip"));
		const input = document.querySelector("#openbundle");
		input.files = files.files;
		input.dispatchEvent(new Event("change", {bubbles: true}));`})
	if err != nil {
		t.Fatalf("%s, %v", bundle, err)
	}
	c.until(`location.pathname === "/console/calls/bundle"`)
	c.until(`document.querySelector("#reason")?.innerText.includes("one way only")`)
	c.noErrors()
}
