package deadletter

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
)

const (
	gridEvent  = `[{"id":"1","topic":"/t","subject":"/caller/x","eventType":"Microsoft.Communication.IncomingCall","eventTime":"2026-01-02T03:04:05Z","data":{"to":{"rawId":"4:+1"}},"dataVersion":"1.0","metadataVersion":"1"}]`
	cloudEvent = `{"specversion":"1.0","type":"Microsoft.Communication.IncomingCall","source":"/t","id":"1","time":"2026-01-02T03:04:05Z","subject":"/caller/x","data":{"n":12345678901234567890}}`
)

var posted = time.Date(2026, 1, 2, 3, 4, 5, 600_000_000, time.UTC)

func givenUp(body string) delivery.Undelivered {
	return delivery.Undelivered{
		Message: delivery.Message{ID: "1", Group: "INCOMING", URL: "https://app.test/?code=s", Body: []byte(body),
			DeadLetter: FolderURL("letters"), Event: delivery.Event{Subscription: "INCOMING"}},
		Result: history.Expired, Reason: delivery.ReasonTime, Outcome: delivery.Outcome{Attempt: 3, Status: 404},
		Posted: posted, LastAttempt: posted.Add(time.Minute),
	}
}

func TestDeadLetterOfEachSchema(t *testing.T) {
	const members = `"TimeToLiveExceeded","deliveryAttempts":3,"lastDeliveryOutcome":"NotFound","lastHttpStatusCode":404,"publishTime":"2026-01-02T03:04:05.6000000Z","lastDeliveryAttemptTime":"2026-01-02T03:05:05.6000000Z"}]`
	for _, test := range []struct{ name, body, want string }{
		{"event grid", gridEvent, gridEvent[:len(gridEvent)-2] + `,"deadLetterReason":` + members},
		{"cloud event", cloudEvent, `[` + cloudEvent[:len(cloudEvent)-1] +
			`,"deadletterreason":"TimeToLiveExceeded","deliveryattempts":3,"lastdeliveryoutcome":"NotFound","lasthttpstatuscode":404,"publishtime":"2026-01-02T03:04:05.6000000Z","lastdeliveryattempttime":"2026-01-02T03:05:05.6000000Z"}]`},
		{"no members", `[{}]`, `[{"deadLetterReason":` + members},
		{"no JSON", `oops`, `["oops"]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := New(Config{}).Undelivered(givenUp(test.body))
			if len(got) != 1 || string(got[0].Body) != test.want {
				t.Fatalf("got  %s\nwant %s", got[0].Body, test.want)
			}
			m := got[0]
			if m.Delay != 5*time.Minute || m.Policy != PolicyName || m.Group != "deadletter/INCOMING" || m.DeadLetterReason != delivery.ReasonTime || m.URL != "folder:///letters" {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestEventWithoutAPlaceIsNoDeadLetter(t *testing.T) {
	u := givenUp(gridEvent)
	u.Message.DeadLetter = ""
	if got := New(Config{}).Undelivered(u); got != nil {
		t.Errorf("got %+v", got)
	}
}

func TestFinalAnswerIsNamedByTheReason(t *testing.T) {
	for status, want := range map[int]string{
		400: "UndeliverableDueToHttpBadRequest", 401: "UndeliverableDueToHttpUnauthorized", 403: "UndeliverableDueToHttpForbidden",
		413: "UndeliverableDueToHttpRequestEntityTooLarge", 0: delivery.ReasonAttempts, // refused by our own configuration
	} {
		u := givenUp(gridEvent)
		u.Result, u.Reason, u.Outcome.Status = history.Failed, "not to be retried", status
		if got := reasonOf(u); got != want {
			t.Errorf("after %d: got %q, want %q", status, got, want)
		}
	}
}

func TestDeadLetterWithoutAnAnswerHasNoStatus(t *testing.T) {
	u := givenUp(gridEvent)
	u.Outcome = delivery.Outcome{Attempt: 3, Err: delivery.ErrNotAnswered}
	if got := string(letter(u, "x")); strings.Contains(got, "StatusCode") || !strings.Contains(got, `"lastDeliveryOutcome":"TimedOut"`) {
		t.Errorf("got %s", got)
	}
}

func TestEventIsAsItWasBeforeItsDeath(t *testing.T) {
	for _, body := range []string{gridEvent[1 : len(gridEvent)-1], cloudEvent} {
		var letters []json.RawMessage
		if err := json.Unmarshal(letter(givenUp(body), "x"), &letters); err != nil {
			t.Fatal(err)
		}
		again, err := withoutAdded(letters[0])
		if err != nil {
			t.Fatal(err)
		}
		var got, want map[string]json.RawMessage
		if json.Unmarshal(again, &got) != nil || json.Unmarshal([]byte(body), &want) != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got  %s\nwant %s", again, body)
		}
	}
}

func TestPathIsEventGrids(t *testing.T) {
	at := time.Date(2019, 8, 8, 5, 59, 0, 0, time.UTC)
	got := nameOf("Incoming-Calls", at.In(time.FixedZone("", 3600)), []byte("[]"))
	if want := "INCOMING-CALLS/2019/8/8/5/"; got[:len(want)] != want || len(got) != len(want)+36+len(".json") {
		t.Errorf("got %s", got)
	}
	if again := nameOf("Incoming-Calls", at, []byte("[]")); again != got {
		t.Errorf("the same content goes to %s and %s", got, again)
	}
	if other := nameOf("Incoming-Calls", at, []byte("[1]")); other == got {
		t.Error("different contents share a path")
	}
	if got := prefixOf("../x/y"); got != "--X-Y/" {
		t.Errorf("got %q", got)
	}
}

func FuzzLetter(f *testing.F) {
	for _, body := range []string{gridEvent, cloudEvent, `[]`, `[{},{}]`, `null`, `{"a":"}"}`, ` { } `, `[1]`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if got := letter(givenUp(string(body)), "why"); !json.Valid(got) {
			t.Errorf("%q became %q", body, got)
		}
	})
}
