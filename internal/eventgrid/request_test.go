package eventgrid

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

var testNow = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// ask decodes properties as they come over the wire.
func ask(t testing.TB, properties string) settingsRequest {
	t.Helper()
	var r settingsRequest
	if err := json.Unmarshal([]byte(properties), &r); err != nil {
		t.Fatalf("%s: %v", properties, err)
	}
	return r
}

// webhook writes properties with a webhook and more members.
func webhook(more string) string {
	return `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"https://app.example/events?code=hush"}}` + more + `}`
}

func TestSettingsOfACreate(t *testing.T) {
	defaults := Settings{Endpoint: "https://app.example/events?code=hush", Retry: Retry{30, 24 * time.Hour}}
	with := func(change func(*Settings)) Settings { s := defaults; change(&s); return s }
	for _, row := range []struct {
		name, properties string
		want             Settings
	}{
		{"only an endpoint", webhook(""), defaults},
		{"nulls are absent", webhook(`,"filter":null,"labels":null,"retryPolicy":null,"expirationTimeUtc":null,"eventDeliverySchema":null,"deadLetterDestination":null`), defaults},
		{"what the SDKs send by themselves", `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"https://app.example/events?code=hush",
			"maxEventsPerBatch":1,"preferredBatchSizeInKilobytes":64}},"filter":{"isSubjectCaseSensitive":false,"advancedFilters":[]},
			"eventDeliverySchema":"EventGridSchema","retryPolicy":{"maxDeliveryAttempts":30,"eventTimeToLiveInMinutes":1440}}`, with(func(s *Settings) { s.Schema = schemaEventGrid })},
		{"the policy recommended for incoming calls", webhook(`,"retryPolicy":{"maxDeliveryAttempts":2,"eventTimeToLiveInMinutes":1}`),
			with(func(s *Settings) { s.Retry = Retry{2, time.Minute} })},
		{"CloudEvents", webhook(`,"eventDeliverySchema":"CloudEventSchemaV1_0"`), with(func(s *Settings) { s.Schema = schemaCloudEvents })},
		{"half a policy", webhook(`,"retryPolicy":{"maxDeliveryAttempts":1}`), with(func(s *Settings) { s.Retry.MaxAttempts = 1 })},
		{"filter", webhook(`,"filter":{"includedEventTypes":["Microsoft.Communication.IncomingCall","Microsoft.Communication.IncomingCall"],"subjectBeginsWith":"/caller/","subjectEndsWith":"x","isSubjectCaseSensitive":true,"enableAdvancedFilteringOnArrays":true}`),
			with(func(s *Settings) {
				s.Filter, s.ArrayFilters = Filter{Types: []string{typeIncomingCall}, SubjectBegins: "/caller/", SubjectEnds: "x", CaseSensitive: true}, true
			})},
		{"CloudEvents in other case", webhook(`,"eventDeliverySchema":"cloudeventschemav1_0"`), with(func(s *Settings) { s.Schema = schemaCloudEvents })},
		{"all types by the old word", webhook(`,"filter":{"includedEventTypes":["All"]}`), defaults},
		{"no types are all types", webhook(`,"filter":{"includedEventTypes":[]}`), defaults},
		{"labels", webhook(`,"labels":["blue","green"]`), with(func(s *Settings) { s.Labels = []string{"blue", "green"} })},
		{"expiry", webhook(`,"expirationTimeUtc":"2026-11-21T12:00:00+02:00"`), with(func(s *Settings) { s.Expires = testNow.Add(time.Hour) })},
		{"http on loopback", `{"destination":{"endpointType":"webhook","properties":{"endpointUrl":"http://127.0.0.1:3000"}}}`,
			with(func(s *Settings) { s.Endpoint = "http://127.0.0.1:3000" })},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := ask(t, row.properties).settings(rules{now: testNow})
			if err != nil || !reflect.DeepEqual(got, row.want) {
				t.Errorf("%+v, %v\nwant %+v", got, err, row.want)
			}
		})
	}
	for _, name := range EventTypes {
		got, err := ask(t, webhook(`,"filter":{"includedEventTypes":["`+name+`"]}`)).settings(rules{now: testNow})
		if err != nil || len(got.Filter.Types) != 1 || got.Filter.Types[0] != name {
			t.Errorf("%s: %+v, %v", name, got.Filter, err)
		}
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	endpoint := func(url string) string {
		return `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"` + url + `"}}}`
	}
	property := func(more string) string {
		return `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"https://app.example/",` + more + `}}}`
	}
	for _, row := range []struct {
		name, properties string
		kind             fault.Kind
		says             string
	}{
		{"nothing", `{}`, fault.KindInvalid, "destination is missing"},
		{"no address", endpoint(""), fault.KindInvalid, "endpointUrl is missing"},
		{"no scheme", endpoint("app.example/events"), fault.KindInvalid, "must begin with https://"},
		{"another scheme", endpoint("ftp://app.example/?hush"), fault.KindInvalid, "must begin with https://"},
		{"no host", endpoint("https:///events"), fault.KindInvalid, "names no host"},
		{"not a URL", endpoint("https://app.example/%zz?hush"), fault.KindInvalid, "is not a URL"},
		{"a password", endpoint("https://me:hush@app.example/"), fault.KindInvalid, "user name or password"},
		{"a fragment", endpoint("https://app.example/#hush"), fault.KindInvalid, "fragment"},
		{"overlong", endpoint("https://app.example/" + strings.Repeat("x", 5000)), fault.KindInvalid, "longer than 4096"},
		{"unknown event type", webhook(`,"filter":{"includedEventTypes":["Microsoft.Communication.SMSReceived"]}`), fault.KindInvalid, "RecordingFileStatusUpdated"},
		{"event type in other case", webhook(`,"filter":{"includedEventTypes":["microsoft.communication.incomingcall"]}`), fault.KindInvalid, typeIncomingCall},
		{"overlong subject", webhook(`,"filter":{"subjectEndsWith":"` + strings.Repeat("x", 1025) + `"}`), fault.KindInvalid, "at most 1024"},
		{"no attempts", webhook(`,"retryPolicy":{"maxDeliveryAttempts":0}`), fault.KindInvalid, "1 to 30"},
		{"31 attempts", webhook(`,"retryPolicy":{"maxDeliveryAttempts":31}`), fault.KindInvalid, "1 to 30"},
		{"no time to live", webhook(`,"retryPolicy":{"eventTimeToLiveInMinutes":0}`), fault.KindInvalid, "1 to 1440"},
		{"more than a day", webhook(`,"retryPolicy":{"eventTimeToLiveInMinutes":1441}`), fault.KindInvalid, "1 to 1440"},
		{"too many labels", webhook(`,"labels":["` + strings.Repeat(`a","`, 64) + `a"]`), fault.KindInvalid, "at most 64"},
		{"expiry that has passed", webhook(`,"expirationTimeUtc":"2026-11-21T09:00:00Z"`), fault.KindInvalid, "has passed"},
		{"expiry that is no time", webhook(`,"expirationTimeUtc":"tomorrow"`), fault.KindInvalid, "not a time"},

		{"a queue", `{"destination":{"endpointType":"StorageQueue","properties":{}}}`, fault.KindUnsupported, "StorageQueue is not offered yet: use WebHook"},
		{"a schema of custom topics", webhook(`,"eventDeliverySchema":"CustomInputSchema"`), fault.KindInvalid, "must be EventGridSchema or CloudEventSchemaV1_0"},
		{"dead letter", webhook(`,"deadLetterDestination":{"endpointType":"StorageBlob"}`), fault.KindUnsupported, "deadLetterDestination is not offered yet"},
		{"dead letter with an identity", webhook(`,"deadLetterWithResourceIdentity":{"identity":{}}`), fault.KindUnsupported, "deadLetterWithResourceIdentity is not offered yet"},
		{"delivery with an identity", webhook(`,"deliveryWithResourceIdentity":{"identity":{}}`), fault.KindUnsupported, "deliveryWithResourceIdentity is not offered yet"},
		{"too large a batch", property(`"maxEventsPerBatch":5001`), fault.KindInvalid, "must be 1 to 5000"},
		{"an empty batch", property(`"maxEventsPerBatch":0`), fault.KindInvalid, "must be 1 to 5000"},
		{"too many kilobytes", property(`"preferredBatchSizeInKilobytes":1025`), fault.KindInvalid, "must be 1 to 1024"},
		{"TLS 1.3 only", property(`"minimumTlsVersionAllowed":"1.3"`), fault.KindUnsupported, "minimumTlsVersionAllowed 1.3 is not offered yet"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := ask(t, row.properties).settings(rules{now: testNow})
			if !fault.Is(err, row.kind) || !strings.Contains(fault.Of(err).Message, row.says) {
				t.Errorf("%v, want kind %d and %q", err, row.kind, row.says)
			}
			if err != nil && strings.Contains(fault.Of(err).Message, "hush") {
				t.Errorf("%q tells a secret", fault.Of(err).Message)
			}
		})
	}
}

func TestHTTPSCanBeRequired(t *testing.T) {
	r := ask(t, `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://127.0.0.1:3000"}}}`)
	if _, err := r.settings(rules{now: testNow, requireHTTPS: true}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("an http address: %v", err)
	}
}

func TestUpdateLeavesAbsentMembers(t *testing.T) {
	base, err := ask(t, webhook(`,"labels":["blue"],"filter":{"subjectBeginsWith":"/caller/"},"retryPolicy":{"maxDeliveryAttempts":2}`)).settings(rules{now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	got, err := ask(t, `{"retryPolicy":{"eventTimeToLiveInMinutes":1},"labels":[]}`).onto(base, rules{now: testNow})
	want := base
	want.Retry, want.Labels = Retry{2, time.Minute}, []string{}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v\nwant %+v", got, err, want)
	}
}

func TestSubscriptionNamesObeyAzuresRules(t *testing.T) {
	for name, valid := range map[string]bool{
		"abc": true, "Incoming-Calls-2": true, strings.Repeat("x", 64): true,
		"": false, "ab": false, strings.Repeat("x", 65): false, "in_coming": false, "in coming": false, "ïncoming": false, "a/b": false, "abc\n": false,
	} {
		if err := checkName(name); (err == nil) != valid {
			t.Errorf("%q: %v, want valid %v", name, err, valid)
		}
	}
}

// FuzzSettings asks that no request can make settings out of bounds.
func FuzzSettings(f *testing.F) {
	f.Add(webhook(`,"labels":["a"],"expirationTimeUtc":"2027-01-01T00:00:00Z"`))
	f.Add(`{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://[::1]:3000/%2e?x=%zz"}}}`)
	f.Add(`{"destination":{"endpointType":"storagequeue","properties":{` + queueProperties + `}}}`)
	f.Add(`{"destination":{"endpointType":"natssubject","properties":{"subject":"a.b"}}}`)
	f.Add(`{"destination":{"endpointType":"file","properties":{"fileName":"a.jsonl"}}}`)
	f.Fuzz(func(t *testing.T, properties string) {
		var r settingsRequest
		if json.Unmarshal([]byte(properties), &r) != nil {
			return
		}
		got, err := r.settings(rules{now: testNow, to: testDestinations()})
		if err != nil {
			return
		}
		if got.Retry.MaxAttempts < 1 || got.Retry.MaxAttempts > 30 || got.Retry.TimeToLive < time.Minute || got.Retry.TimeToLive > 24*time.Hour {
			t.Errorf("retry policy %+v", got.Retry)
		}
		if u, err := url.Parse(got.Endpoint); err != nil || !got.isWebhook() && (u.User != nil || strings.Contains(u.Path, "..") || u.Fragment != "") {
			t.Errorf("%+v is at %q, %v", got.Target, got.Endpoint, err)
		}
		if got.isWebhook() && (!strings.HasPrefix(baseURL(got.Endpoint), "http") || strings.ContainsAny(baseURL(got.Endpoint), "?#")) {
			t.Errorf("endpoint %q is shown as %q", got.Endpoint, baseURL(got.Endpoint))
		}
	})
}
