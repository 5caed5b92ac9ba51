package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestFailuresArePrintedAsLines(t *testing.T) {
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); r.URL.Path != "/admin/events/failures" || q.Get("where") != "incomingCall" || q.Get("limit") != "10" || q.Has("subscription") {
			t.Errorf("asked %s", r.URL)
		}
		io.WriteString(w, `{"value":[{"category":"DeliveryFailures","message":"outcome=Busy"},{"category":"DeliveryFailures"}]}`)
	})
	got := command(t, dir, "", "events", "failures", "--where", "incomingCall", "--limit", "10", "--connection-string", connection)
	if got.code != 0 || got.out != `{"category":"DeliveryFailures","message":"outcome=Busy"}`+"\n"+`{"category":"DeliveryFailures"}`+"\n" {
		t.Errorf("got %+v", got)
	}
}

func TestAttemptsAreListed(t *testing.T) {
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); r.URL.Path != "/admin/events/attempts" || q.Get("subscription") != "incoming" {
			t.Errorf("asked %s", r.URL)
		}
		io.WriteString(w, `{"value":[
			{"time":"2026-01-02T03:04:05Z","id":"one","eventSubscriptionName":"INCOMING","attempt":2,"result":"retried","status":500,"latencyInMs":1.25,"answer":"out of\norder","nextAttempt":"2026-01-02T03:05:05Z"},
			{"time":"2026-01-02T03:04:05Z","id":"two","eventSubscriptionName":"INCOMING","attempt":30,"result":"expired","error":"connection refused","reason":"MaxDeliveryAttemptsExceeded"}]}`)
	})
	got := command(t, dir, "", "events", "attempts", "--subscription", "incoming", "--connection-string", connection)
	for _, want := range []string{"retried", `500 in 1.2 ms "out of\norder", again at `, "connection refused (MaxDeliveryAttemptsExceeded)", "two"} {
		if got.code != 0 || !strings.Contains(got.out, want) {
			t.Errorf("%q is not in %+v", want, got)
		}
	}
	if lines := strings.Count(got.out, "\n"); lines != 3 {
		t.Errorf("%d lines: %s", lines, got.out)
	}
}

func TestRedeliveryIsAskedFor(t *testing.T) {
	for _, test := range []struct {
		args []string
		body string
	}{
		{[]string{"an-id"}, `{"id":"an-id"}`},
		{[]string{"--subscription", "incoming"}, `{"eventSubscriptionName":"incoming"}`},
		{[]string{"an-id", "--subscription", "incoming"}, `{"id":"an-id","eventSubscriptionName":"incoming"}`},
	} {
		connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method != "POST" || r.URL.Path != "/admin/events:redeliver" || bodyOf(r) != test.body {
				t.Errorf("asked %s %s %s", r.Method, r.URL, bodyOf(r))
			}
			io.WriteString(w, `{"redelivered":7}`)
		})
		args := append([]string{"events", "redeliver", "--connection-string", connection}, test.args...)
		if got := command(t, dir, "", args...); got.code != 0 || !strings.HasPrefix(got.out, "Deliveries started: 7. ") {
			t.Errorf("%q: %+v", test.args, got)
		}
	}
	if got := command(t, t.TempDir(), "", "events", "redeliver"); got.code != 2 || !strings.Contains(got.err, "--subscription") {
		t.Errorf("without either: %+v", got)
	}
}

func TestTailPrintsEventsUntilItIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); r.URL.Path != "/admin/events/tail" || q.Get("includedEventTypes") != "Microsoft.Communication.CallStarted,Microsoft.Communication.CallEnded" {
			t.Errorf("asked %s", r.URL)
		}
		io.WriteString(w, "\n{\"id\":\"1\"}\n\n{\"id\":\"2\"}\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	out := &watched{want: `{"id":"2"}`, seen: make(chan struct{})}
	ended := make(chan int, 1)
	go func() {
		ended <- run(&app{ctx: ctx, out: out, err: io.Discard}, []string{
			"--data", dir, "events", "tail", "--connection-string", connection,
			"--included-event-types", "Microsoft.Communication.CallStarted", "Microsoft.Communication.CallEnded",
		})
	}()
	<-out.seen
	interrupt()
	if code := <-ended; code != 0 || out.String() != "{\"id\":\"1\"}\n{\"id\":\"2\"}\n" {
		t.Errorf("code %d, printed %q", code, out)
	}
}

func TestTailSaysWhyItEnds(t *testing.T) {
	connection, dir := fake(t, func(http.ResponseWriter, *http.Request) {})
	if got := command(t, dir, "", "events", "tail", "--connection-string", connection); got.code != 1 || !strings.Contains(got.err, "the server closed the connection") {
		t.Errorf("got %+v", got)
	}
	connection, dir = fake(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, `{"error":{"code":"ServiceUnavailable","message":"32 clients follow"}}`)
	})
	if got := command(t, dir, "", "events", "tail", "--connection-string", connection); got.code != 1 || !strings.Contains(got.err, "32 clients follow") {
		t.Errorf("got %+v", got)
	}
}

// kept is a subscription as the server shows it: without its secrets.
const kept = `{"name":"incoming","properties":{"provisioningState":"Succeeded","destination":{"endpointType":"WebHook","properties":{
	"endpointBaseUrl":"http://a/events","maxEventsPerBatch":1,"preferredBatchSizeInKilobytes":64,
	"deliveryAttributeMappings":[{"name":"X","type":"Static","properties":{"value":null,"isSecret":true}}]}},
	"filter":{"includedEventTypes":["Microsoft.Communication.IncomingCall"],"subjectBeginsWith":"/caller/","subjectEndsWith":"","isSubjectCaseSensitive":true,"enableAdvancedFilteringOnArrays":true,
	"advancedFilters":[{"operatorType":"IsNotNull","key":"data.x"}]}}}`

func TestUpdateChangesOnlyWhatIsGiven(t *testing.T) {
	secret := `{"name":"X","type":"Static","properties":{"value":"hush","isSecret":true}}`
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--endpoint", "http://b/events"}, `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://b/events","maxEventsPerBatch":1,"preferredBatchSizeInKilobytes":64,"deliveryAttributeMappings":[` + secret + `]}}}`},
		{[]string{"--max-events-per-batch", "5"}, `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://a/events?code=hush","maxEventsPerBatch":5,"preferredBatchSizeInKilobytes":64,"deliveryAttributeMappings":[` + secret + `]}}}`},
		{[]string{"--delivery-attribute-mapping", "Y", "dynamic", "data.y"}, `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://a/events?code=hush","maxEventsPerBatch":1,"preferredBatchSizeInKilobytes":64,
			"deliveryAttributeMappings":[{"name":"Y","type":"Dynamic","properties":{"sourceField":"data.y"}}]}}}`},
		{[]string{"--subject-begins-with", ""}, `{"filter":{"includedEventTypes":["Microsoft.Communication.IncomingCall"],"isSubjectCaseSensitive":true,"enableAdvancedFilteringOnArrays":true,"advancedFilters":[{"operatorType":"IsNotNull","key":"data.x"}]}}`},
		{[]string{"--subject-case-sensitive", "false"}, `{"filter":{"includedEventTypes":["Microsoft.Communication.IncomingCall"],"subjectBeginsWith":"/caller/","enableAdvancedFilteringOnArrays":true,"advancedFilters":[{"operatorType":"IsNotNull","key":"data.x"}]}}`},
		{[]string{"--event-ttl", "1", "--event-delivery-schema", "cloudeventschemav1_0"}, `{"retryPolicy":{"eventTimeToLiveInMinutes":1},"eventDeliverySchema":"CloudEventSchemaV1_0"}`},
	} {
		var sent string
		connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
			switch path := strings.TrimPrefix(r.URL.Path, subscriptionsPath+"/incoming"); {
			case path == "/getFullUrl":
				io.WriteString(w, `{"endpointUrl":"http://a/events?code=hush"}`)
			case path == "/getDeliveryAttributes":
				fmt.Fprintf(w, `{"value":[%s]}`, secret)
			case r.Method == "PATCH":
				sent = bodyOf(r)
				fallthrough
			default:
				io.WriteString(w, kept)
			}
		})
		got := command(t, dir, "", append([]string{"subscriptions", "update", "incoming", "--connection-string", connection}, test.args...)...)
		if got.code != 0 || !sameJSON(t, sent, test.want) {
			t.Errorf("%q: %+v\ngot  %s\nwant %s", test.args, got, sent, test.want)
		}
	}
}

func TestUpdateWithoutAChangeIsRefused(t *testing.T) {
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "GET" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		io.WriteString(w, kept)
	})
	if got := command(t, dir, "", "subscriptions", "update", "incoming", "--connection-string", connection); got.code != 1 || !strings.Contains(got.err, "--endpoint") {
		t.Errorf("got %+v", got)
	}
}
