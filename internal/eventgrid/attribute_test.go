package eventgrid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

// mappings writes properties with a webhook and delivery attributes.
func mappings(list string) string {
	return `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"https://app.example/events?code=hush-hush","deliveryAttributeMappings":[` + list + `]}}}`
}

func static(name, value string, secret bool) string {
	return fmt.Sprintf(`{"name":%q,"type":"Static","properties":{"value":%q,"isSecret":%t}}`, name, value, secret)
}

func dynamic(name, source string) string {
	return fmt.Sprintf(`{"name":%q,"type":"Dynamic","properties":{"sourceField":%q}}`, name, source)
}

func TestDeliveryAttributesThatAreRefused(t *testing.T) {
	var eleven []string
	for i := range 11 {
		eleven = append(eleven, static(fmt.Sprintf("h%d", i), "v", false))
	}
	for _, row := range []struct{ name, list, says string }{
		{"eleven", strings.Join(eleven, ","), "11 headers; at most 10"},
		{"no name", static("", "v", false), "name is missing"},
		{"no header's name", static("a b", "v", false), "not the name of a header"},
		{"a name with a line's end", static("a\nb", "v", false), "not the name of a header"},
		{"a reserved prefix", static("AEG-mine", "v", false), "begin with aeg-"},
		{"a header of the delivery", static("content-type", "v", false), "set by the delivery itself"},
		{"a header of HTTP", static("Transfer-Encoding", "v", false), "set by the delivery itself"},
		{"twice the same", static("x-a", "v", false) + "," + dynamic("X-A", "data.x"), `[1] ("X-A"): the header is there already`},
		{"no type", `{"name":"x-a","properties":{"value":"v"}}`, "Static or Dynamic"},
		{"no value", `{"name":"x-a","type":"Static","properties":{"isSecret":true}}`, "getDeliveryAttributes"},
		{"a long value", static("x-a", strings.Repeat("v", 4097), true), "4097 bytes; at most 4096"},
		{"a value with a line's end", static("x-a", "hush\r\nx-b: 1", false), "no header may have"},
		{"Authorization that is not secret", static("Authorization", "hush", false), "isSecret true"},
		{"Authorization out of the event", dynamic("authorization", "data.x"), "must be Static"},
		{"no source", `{"name":"x-a","type":"Dynamic","properties":{}}`, "sourceField is missing"},
		{"a source outside the event", dynamic("x-a", "to.rawId"), "sourceField: key must be data.…"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := ask(t, mappings(row.list)).settings(rules{now: testNow})
			if !fault.Is(err, fault.KindInvalid) || !strings.Contains(err.Error(), row.says) || strings.Contains(err.Error(), "hush") {
				t.Errorf("%v, want %q without the value", err, row.says)
			}
		})
	}
	if _, err := ask(t, mappings(strings.Join(eleven[:9], ",")+","+static("Authorization", strings.Repeat("v", 4096), true))).settings(rules{now: testNow}); err != nil {
		t.Errorf("ten with Authorization: %v", err)
	}
}

// TestDeliveryAttributesAreSent with the handshake, the static ones, and with
// every event.
func TestDeliveryAttributesAreSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, box := newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("Authorization") != "Bearer let-me-in" || r.Header.Get("X-To") != "" {
				t.Errorf("asked with %v", r.Header)
			}
			return willing(t)(r)
		}), store.InMemory())
		list := []string{
			static("Authorization", "Bearer let-me-in", true), static("x-plain", "blue", false),
			dynamic("x-to", "data.to.PhoneNumber.Value"), dynamic("x-type", "eventType"), dynamic("x-object", "data.to"), dynamic("x-absent", "data.absent"),
		}
		g.subscribe(t, "incoming", ask(t, mappings(strings.Join(list, ","))))
		synctest.Wait()
		for _, name := range []string{"pstn-to-number", "identity-to-identity"} {
			g.IncomingCall(incomingCalls(t)[name])
		}
		if names := box.posted[0].SecretHeaders; !slices.Equal(names, []string{"Authorization"}) {
			t.Errorf("%v are secret", names)
		}
		first, second := box.posted[0].Header, box.posted[1].Header
		for name, want := range map[string]string{"Authorization": "Bearer let-me-in", "x-plain": "blue", "x-to": "+15551230002", "x-type": typeIncomingCall, "aeg-event-type": "Notification"} {
			if first[name] != want {
				t.Errorf("%s: %q, want %q", name, first[name], want)
			}
		}
		for _, name := range []string{"x-object", "x-absent"} {
			if got, has := first[name]; has {
				t.Errorf("%s: %q", name, got)
			}
		}
		if got, has := second["x-to"]; has || second["x-plain"] != "blue" {
			t.Errorf("x-to %q of an event without a number", got)
		}
	})
}

func TestDynamicHeaderOfEveryType(t *testing.T) {
	p := newPublication(event{kind: typeCallEnded, data: json.RawMessage(`{"text":"a","number":49.5,"big":1234567890123,"yes":true,"none":null,"list":["a"],
		"broken":"a\r\nx-b: 1","long":"` + strings.Repeat("x", 4097) + `"}`)}, testTopic)
	for key, want := range map[string]string{"text": "a", "number": "49.5", "big": "1234567890123", "yes": "true", "none": "", "list": "", "broken": "", "long": ""} {
		taker := &subscriber{header: map[string]string{}, dynamic: []dynamicHeader{{"x-it", pathOf("data." + key)}}}
		if got := taker.headerFor(p)["x-it"]; got != want {
			t.Errorf("%s gives %q, want %q", key, got, want)
		}
	}
}

func TestSecretsAreShownOnDemandOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged bytes.Buffer
		g, err := New(testConfig(roundTrip(func(*http.Request) (*http.Response, error) {
			return reply(403, "you sent Bearer let-me-in and hush-hush"), nil
		})), store.InMemory(), &mailbox{}, slog.New(slog.NewJSONHandler(&logged, nil)))
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		h := serve(g)
		body := `{"properties":` + mappings(static("Authorization", "Bearer let-me-in", true)+","+static("x-plain", "blue", false)+","+dynamic("x-to", "data.to.rawId")) + `}`
		_, put, _ := call(t, h, "PUT", armBase+"/incoming", body)
		synctest.Wait()
		_, got, _ := call(t, h, "GET", armBase+"/incoming", "")
		_, list, _ := call(t, h, "GET", armBase, "")
		texts := []string{logged.String(), ask(t, mappings(static("x", "let-me-in", true))).settingsLog(t)}
		for _, answer := range []any{put, got, list} {
			text, _ := json.Marshal(answer)
			texts = append(texts, string(text))
		}
		for _, text := range texts {
			if strings.Contains(text, "let-me-in") || strings.Contains(text, "hush") {
				t.Errorf("a secret is told: %s", text)
			}
		}
		if problem, _ := at(got, "properties.provisioningError.message").(string); !strings.Contains(problem, "you sent *** and ***") {
			t.Errorf("the problem is %q", problem)
		}
		_, shown, _ := call(t, h, "POST", armBase+"/incoming/getDeliveryAttributes", "")
		text, _ := json.Marshal(shown)
		const want = `{"value":[{"name":"Authorization","properties":{"isSecret":true,"value":"Bearer let-me-in"},"type":"Static"},` +
			`{"name":"x-plain","properties":{"isSecret":false,"value":"blue"},"type":"Static"},{"name":"x-to","properties":{"sourceField":"data.to.rawId"},"type":"Dynamic"}]}`
		if string(text) != want {
			t.Errorf("getDeliveryAttributes answered %s", text)
		}
		masked, _ := json.Marshal(at(got, "properties.destination.properties.deliveryAttributeMappings"))
		if string(masked) != strings.Replace(want[9:len(want)-1], `"Bearer let-me-in"`, "null", 1) {
			t.Errorf("reading shows %s", masked)
		}
		if status, _, _ := call(t, h, "POST", armBase+"/nothing/getDeliveryAttributes", ""); status != 404 {
			t.Errorf("getDeliveryAttributes of nothing answered %d", status)
		}
	})
}

// settingsLog is what a log shows of the delivery attributes asked for.
func (r settingsRequest) settingsLog(t testing.TB) string {
	s, err := r.settings(rules{now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("attribute", "is", s.Attributes[0])
	return logged.String()
}
