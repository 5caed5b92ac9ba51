package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/switchhook/switchhook/internal/config"
)

// answers plays the states of a subscription, one a request, the last for ever.
func answers(states ...string) (http.HandlerFunc, *atomic.Int32) {
	var asked atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		state := states[min(int(asked.Add(1))-1, len(states)-1)]
		problem := ""
		if state == "Failed" || state == "AwaitingManualAction" {
			problem = `,"provisioningError":{"code":"x","message":"it answered 500"}`
		}
		fmt.Fprintf(w, `{"name":"incoming","properties":{"provisioningState":%q%s,"destination":{"properties":{"endpointBaseUrl":"http://127.0.0.1:3000/events"}}}}`, state, problem)
	}, &asked
}

func TestSubscribeSendsWhatAzSends(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"endpoint alone", nil,
			`{"properties":{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://127.0.0.1:3000/events"}},"filter":{}}}`},
		{"types and subjects", []string{
			"--included-event-types", "Microsoft.Communication.IncomingCall,Microsoft.Communication.CallStarted", "--included-event-types", "Microsoft.Communication.CallEnded",
			"--subject-begins-with", "/caller/", "--subject-ends-with", "+15550100001"},
			`{"properties":{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://127.0.0.1:3000/events"}},
			"filter":{"includedEventTypes":["Microsoft.Communication.IncomingCall","Microsoft.Communication.CallStarted","Microsoft.Communication.CallEnded"],
			"subjectBeginsWith":"/caller/","subjectEndsWith":"+15550100001"}}}`},
		{"case and arrays", []string{"--subject-case-sensitive", "--enable-advanced-filtering-on-arrays", "True"},
			`{"properties":{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://127.0.0.1:3000/events"}},
			"filter":{"isSubjectCaseSensitive":true,"enableAdvancedFilteringOnArrays":true}}}`},
		{"case that does not count", []string{"--subject-case-sensitive=false"},
			`{"properties":{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://127.0.0.1:3000/events"}},"filter":{}}}`},
		{"delivery", []string{
			"--event-delivery-schema", "cloudeventschemav1_0", "--max-delivery-attempts", "2", "--event-ttl", "1",
			"--max-events-per-batch", "10", "--preferred-batch-size-in-kilobytes", "128",
			"--deadletter-endpoint", "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/dead",
			"--delivery-attribute-mapping", "X-Secret", "static", "hush", "true", "--delivery-attribute-mapping", "X-Call", "dynamic", "data.serverCallId"},
			`{"properties":{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://127.0.0.1:3000/events","maxEventsPerBatch":10,"preferredBatchSizeInKilobytes":128,
			"deliveryAttributeMappings":[{"name":"X-Secret","type":"Static","properties":{"value":"hush","isSecret":true}},{"name":"X-Call","type":"Dynamic","properties":{"sourceField":"data.serverCallId"}}]}},
			"filter":{},"retryPolicy":{"maxDeliveryAttempts":2,"eventTimeToLiveInMinutes":1},"eventDeliverySchema":"CloudEventSchemaV1_0",
			"deadLetterDestination":{"endpointType":"StorageBlob","properties":{"resourceId":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a","blobContainerName":"dead"}}}}`},
		{"advanced filters", []string{
			"--advanced-filter", "data.n", "NumberGreaterThan", "-5", "--advanced-filter", "data.to.PhoneNumber.Value", "stringin", "+1555", "+1556",
			"--advanced-filter", "data.x", "IsNotNull", "--advanced-filter", "data.r", "NumberInRange", "1,10", "20,30", "--advanced-filter", "data.b", "BoolEquals", "True"},
			`{"properties":{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://127.0.0.1:3000/events"}},"filter":{"advancedFilters":[
			{"operatorType":"NumberGreaterThan","key":"data.n","value":-5},{"operatorType":"StringIn","key":"data.to.PhoneNumber.Value","values":["+1555","+1556"]},
			{"operatorType":"IsNotNull","key":"data.x"},{"operatorType":"NumberInRange","key":"data.r","values":[[1,10],[20,30]]},{"operatorType":"BoolEquals","key":"data.b","value":true}]}}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got, path, kind string
			connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
				got, path, kind = bodyOf(r), r.Method+" "+r.URL.RequestURI(), r.Header.Get("Content-Type")
				io.WriteString(w, `{"name":"incoming","properties":{"provisioningState":"Succeeded"}}`)
			})
			args := append([]string{"subscribe", "incoming", "--connection-string", connection, "--endpoint", "http://127.0.0.1:3000/events"}, test.args...)
			if end := command(t, dir, "", args...); end.code != 0 {
				t.Fatalf("%+v", end)
			}
			if path != "PUT "+subscriptionsPath+"/incoming?api-version="+eventGridVersion || kind != "application/json" {
				t.Errorf("%s of %s", path, kind)
			}
			if !sameJSON(t, got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatalf("%v: %s", err, a)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return reflect.DeepEqual(x, y)
}

func TestSubscribeTakesEventTypesBeforeTheName(t *testing.T) {
	handler, _ := answers("Succeeded")
	connection, dir := fake(t, handler)
	got := command(t, dir, "", "subscribe", "--connection-string", connection, "--endpoint", "http://x",
		"--included-event-types", "Microsoft.Communication.IncomingCall", "Microsoft.Communication.CallEnded", "incoming")
	if got.code != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestSubscribeWaitsForTheHandshake(t *testing.T) {
	handler, asked := answers("Creating", "Creating", "Succeeded")
	connection, dir := fake(t, handler)
	got := command(t, dir, "", "subscribe", "incoming", "--connection-string", connection, "--endpoint", "http://127.0.0.1:3000/events")
	if got.code != 0 || asked.Load() != 3 || !strings.Contains(got.out, "http://127.0.0.1:3000/events") {
		t.Errorf("asked %d times: %+v", asked.Load(), got)
	}
}

func TestSubscribeTellsWhyTheHandshakeFailed(t *testing.T) {
	handler, _ := answers("Creating", "Failed")
	connection, dir := fake(t, handler)
	got := command(t, dir, "", "subscribe", "incoming", "--connection-string", connection, "--endpoint", "http://x")
	if got.code != 1 || !strings.Contains(got.err, "it answered 500") {
		t.Errorf("got %+v", got)
	}
}

func TestSubscribeExplainsTheManualAction(t *testing.T) {
	handler, _ := answers("Creating", "AwaitingManualAction", "AwaitingManualAction", "Succeeded")
	connection, dir := fake(t, handler)
	got := command(t, dir, "", "subscribe", "incoming", "--connection-string", connection, "--endpoint", "http://x")
	if got.code != 0 || strings.Count(got.err, "validationUrl") != 1 || !strings.Contains(got.err, "it answered 500") {
		t.Errorf("got %+v", got)
	}
}

func TestInterruptedSubscribeSaysThatTheHandshakeGoesOn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "PUT" {
			io.WriteString(w, `{"name":"incoming","properties":{"provisioningState":"Creating"}}`)
			return
		}
		cancel()
		<-r.Context().Done()
	})
	got := commandIn(ctx, dir, "", "subscribe", "incoming", "--connection-string", connection, "--endpoint", "http://x")
	if got.code != 1 || !strings.Contains(got.err, "the server continues the handshake") {
		t.Errorf("got %+v", got)
	}
}

func TestSubscribeRefusesWhatCannotBe(t *testing.T) {
	for _, args := range [][]string{
		{"--advanced-filter", "data.x"},
		{"--advanced-filter", "data.x", "StringLike", "a"},
		{"--advanced-filter", "data.x", "NumberIn", "a"},
		{"--advanced-filter", "data.x", "NumberLessThan", "1", "2"},
		{"--advanced-filter", "data.x", "IsNotNull", "a"},
		{"--advanced-filter", "data.x", "NumberInRange", "1"},
		{"--advanced-filter", "data.x", "BoolEquals", "maybe"},
		{"--delivery-attribute-mapping", "X", "static"},
		{"--delivery-attribute-mapping", "X", "sometimes", "y"},
		{"--event-delivery-schema", "xml"},
		{"--deadletter-endpoint", "my-container"},
		{"--max-delivery-attempts", "few"},
	} {
		got := command(t, t.TempDir(), "", append([]string{"subscribe", "incoming", "--endpoint", "http://x"}, args...)...)
		if got.code != 2 || !strings.Contains(got.err, args[0]) {
			t.Errorf("%q: %+v", args, got)
		}
	}
}

func TestServersRefusalIsPrinted(t *testing.T) {
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"error":{"code":"InvalidRequest","message":"no such event type"}}`)
	})
	got := command(t, dir, "", "subscribe", "incoming", "--connection-string", connection, "--endpoint", "http://x")
	if got.code != 1 || !strings.Contains(got.err, "no such event type (400 InvalidRequest)") {
		t.Errorf("got %+v", got)
	}
}

func TestSubscriptionsAreListedOverPages(t *testing.T) {
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("token") == "" {
			fmt.Fprintf(w, `{"value":[{"name":"one","properties":{"provisioningState":"Succeeded","filter":{"includedEventTypes":["A","B"]}}}],"nextLink":"https://elsewhere.example%s?api-version=1&token=2"}`, r.URL.Path)
			return
		}
		io.WriteString(w, `{"value":[{"name":"two","properties":{"provisioningState":"Failed"}}]}`)
	})
	got := command(t, dir, "", "subscriptions", "list", "--connection-string", connection)
	for _, want := range []string{"one", "Succeeded", "A, B", "two", "Failed", "all"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is not in %+v", want, got)
		}
	}
}

func TestSubscriptionIsShownAndDeleted(t *testing.T) {
	var did []string
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		did = append(did, r.Method)
		io.WriteString(w, `{"name":"incoming"}`)
	})
	if got := command(t, dir, "", "subscriptions", "show", "incoming", "--connection-string", connection); got.code != 0 || !sameJSON(t, got.out, `{"name":"incoming"}`) {
		t.Errorf("got %+v", got)
	}
	if got := command(t, dir, "", "subscriptions", "delete", "incoming", "--connection-string", connection); got.code != 0 || !reflect.DeepEqual(did, []string{"GET", "GET", "DELETE"}) {
		t.Errorf("did %q: %+v", did, got)
	}
}

func TestWithoutAServerTheCommandsSaySo(t *testing.T) {
	for _, args := range [][]string{{"subscriptions", "list"}, {"subscribe", "incoming", "--endpoint", "http://x"}} {
		if got := command(t, t.TempDir(), "", args...); got.code != 1 || !strings.Contains(got.err, "switchhook serve") {
			t.Errorf("%q: %+v", args, got)
		}
	}
}

func TestUntrustedServerIsExplained(t *testing.T) {
	connection, _ := fake(t, func(http.ResponseWriter, *http.Request) {})
	got := command(t, t.TempDir(), "", "subscriptions", "list", "--connection-string", connection)
	if got.code != 1 || !strings.Contains(got.err, "--data") {
		t.Errorf("got %+v", got)
	}
}

func TestOwnCertificateIsExpectedUnderItsPublicName(t *testing.T) {
	cfg := config.Config{PublicHosts: []string{"calls.example.com"}}
	if got := ownName(cfg); got != "" {
		t.Errorf("with the private CA: %q", got)
	}
	cfg.Certificate = config.CertificateFiles{Cert: "a", Key: "b"}
	if got := ownName(cfg); got != "calls.example.com" {
		t.Errorf("with own files: %q", got)
	}
}

const someQueue = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/queueServices/default/queues/calls"

func TestSubscribeTakesEveryTypeOfEndpoint(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--endpoint-type", "storagequeue", "--endpoint", someQueue, "--storage-queue-msg-ttl", "-1", "--expiration-date", "2027-01-31", "--labels", "a,b"},
			`{"properties":{"destination":{"endpointType":"StorageQueue","properties":{"resourceId":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a",
			"queueName":"calls","queueMessageTimeToLiveInSeconds":-1}},"filter":{},"expirationTimeUtc":"2027-01-31T00:00:00Z","labels":["a","b"]}}`},
		{[]string{"--endpoint-type", "STORAGEQUEUE", "--endpoint", strings.Replace(someQueue, "queueServices", "queueservices", 1), "--qttl", "60"},
			`{"properties":{"destination":{"endpointType":"StorageQueue","properties":{"resourceId":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a",
			"queueName":"calls","queueMessageTimeToLiveInSeconds":60}},"filter":{}}}`},
		{[]string{"--endpoint-type", "natssubject", "--endpoint", "acs.calls"},
			`{"properties":{"destination":{"endpointType":"NatsSubject","properties":{"subject":"acs.calls"}},"filter":{}}}`},
		{[]string{"--endpoint-type", "file", "--endpoint", "calls.jsonl"},
			`{"properties":{"destination":{"endpointType":"File","properties":{"fileName":"calls.jsonl"}},"filter":{}}}`},
		{[]string{"--endpoint-type", "tail", "--deadletter-endpoint", "s3://dead"},
			`{"properties":{"destination":{"endpointType":"Tail","properties":{}},"filter":{},"deadLetterDestination":{"endpointType":"S3","properties":{"bucketName":"dead"}}}}`},
		{[]string{"--endpoint-type", "eventhub", "--endpoint", "x"}, // the server says what to use instead
			`{"properties":{"destination":{"endpointType":"eventhub","properties":{}},"filter":{}}}`},
	} {
		var got string
		connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
			got = bodyOf(r)
			io.WriteString(w, `{"name":"incoming","properties":{"provisioningState":"Succeeded","destination":{"endpointType":"NatsSubject","properties":{"subject":"acs.calls"}}}}`)
		})
		end := command(t, dir, "", append([]string{"subscribe", "incoming", "--connection-string", connection}, test.args...)...)
		if end.code != 0 || !strings.Contains(end.out, "events go to subject acs.calls") {
			t.Fatalf("%q: %+v", test.args, end)
		}
		if !sameJSON(t, got, test.want) {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestEndpointsThatCannotBe(t *testing.T) {
	for _, args := range [][]string{
		{},
		{"--endpoint-type", "storagequeue"},
		{"--endpoint", "calls", "--endpoint-type", "storagequeue"},
		{"--endpoint", "https://a.queue.core.windows.net/calls", "--endpoint-type", "storagequeue"},
		{"--endpoint", "x", "--endpoint-type", "tail"},
		{"--expiration-date", "tomorrow", "--endpoint", "http://x"},
	} {
		got := command(t, t.TempDir(), "", append([]string{"subscribe", "incoming"}, args...)...)
		wrong := "--endpoint"
		if len(args) > 0 && args[0] == "--expiration-date" {
			wrong = args[0]
		}
		if got.code != 2 || !strings.Contains(got.err, wrong+" ") {
			t.Errorf("%q: %+v", args, got)
		}
	}
}

func TestUpdateChangesTheDestination(t *testing.T) {
	const queue = `{"endpointType":"StorageQueue","properties":{"resourceId":"/storageAccounts/a","queueName":"calls","queueMessageTimeToLiveInSeconds":60}}`
	const webhook = `{"endpointType":"WebHook","properties":{"endpointBaseUrl":"http://x","maxEventsPerBatch":1,"preferredBatchSizeInKilobytes":64}}`
	for _, test := range []struct {
		now  string
		args []string
		want string
	}{
		{queue, []string{"--qttl", "5"},
			`{"destination":{"endpointType":"StorageQueue","properties":{"resourceId":"/storageAccounts/a","queueName":"calls","queueMessageTimeToLiveInSeconds":5}}}`},
		{queue, []string{"--endpoint", "/storageAccounts/b/queueServices/default/queues/other"},
			`{"destination":{"endpointType":"StorageQueue","properties":{"resourceId":"/storageAccounts/b","queueName":"other","queueMessageTimeToLiveInSeconds":60}}}`},
		{queue, []string{"--endpoint-type", "webhook", "--endpoint", "http://y"},
			`{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://y"}}}`},
		{webhook, []string{"--endpoint-type", "storagequeue", "--endpoint", "/storageAccounts/b/queueServices/default/queues/other"},
			`{"destination":{"endpointType":"StorageQueue","properties":{"resourceId":"/storageAccounts/b","queueName":"other"}}}`},
		{webhook, []string{"--max-events-per-batch", "5"},
			`{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://x?code=hush","maxEventsPerBatch":5,"preferredBatchSizeInKilobytes":64}}}`},
		{strings.Replace(webhook, `"maxEvents`, `"azureActiveDirectoryTenantId":"t","azureActiveDirectoryApplicationIdOrUri":"app","maxEvents`, 1), []string{"--endpoint", "http://y"},
			`{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"http://y","azureActiveDirectoryTenantId":"t","azureActiveDirectoryApplicationIdOrUri":"app","maxEventsPerBatch":1,"preferredBatchSizeInKilobytes":64}}}`},
		{webhook, []string{"--labels", "a"}, `{"labels":["a"]}`},
	} {
		var patch string
		connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/getFullUrl"):
				io.WriteString(w, `{"endpointUrl":"http://x?code=hush"}`)
			case strings.HasSuffix(r.URL.Path, "/getDeliveryAttributes"):
				io.WriteString(w, `{"value":[]}`)
			default:
				if r.Method == "PATCH" {
					patch = bodyOf(r)
				}
				io.WriteString(w, `{"name":"incoming","properties":{"provisioningState":"Succeeded","destination":`+test.now+`}}`)
			}
		})
		end := command(t, dir, "", append([]string{"subscriptions", "update", "incoming", "--connection-string", connection}, test.args...)...)
		if end.code != 0 {
			t.Fatalf("%q: %+v", test.args, end)
		}
		if !sameJSON(t, patch, test.want) {
			t.Errorf("%q\ngot  %s\nwant %s", test.args, patch, test.want)
		}
	}
}
