package eventgrid

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/eventgrid/sender"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

const testAccount = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acme"

// testDestinations know the account "acme" alone.
func testDestinations() Destinations {
	return Destinations{
		Queue: func(account, queue string, ttl time.Duration) (string, error) {
			if account != "acme" {
				return "", errors.New("storage account " + account + " is not configured")
			}
			return sender.QueueURL(account, queue, ttl), nil
		},
		Subject: sender.SubjectURL,
		File:    func(name string) (string, error) { return sender.FileURL(name), nil },
		Tail:    func() (string, error) { return sender.TailURL, nil },
	}
}

// openWithDestinations is newTestGrid whose destinations are offered, and no
// webhook is asked.
func openWithDestinations(t *testing.T, reach func(context.Context, string) error) (*Grid, *mailbox) {
	t.Helper()
	cfg := testConfig(roundTrip(func(*http.Request) (*http.Response, error) { return reply(500, "not a webhook"), nil }))
	cfg.Destinations, cfg.Reach = testDestinations(), reach
	box := &mailbox{}
	g, err := New(cfg, store.InMemory(), box, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g, box
}

func destination(kind, properties string) string {
	return `{"properties":{"destination":{"endpointType":"` + kind + `","properties":{` + properties + `}}}}`
}

const queueProperties = `"resourceId":"` + testAccount + `","queueName":"calls","queueMessageTimeToLiveInSeconds":60`

func TestDestinationsNeedNoHandshake(t *testing.T) {
	for _, test := range []struct{ kind, properties, url, shown string }{
		{"storageQueue", queueProperties, "storagequeue://acme/calls?ttl=60", `{"endpointType":"StorageQueue","properties":{` + queueProperties + `}}`},
		{"StorageQueue", `"resourceId":"` + testAccount + `","queueName":"calls","queueMessageTimeToLiveInSeconds":-1`, "storagequeue://acme/calls?ttl=-1",
			`{"endpointType":"StorageQueue","properties":{"resourceId":"` + testAccount + `","queueName":"calls","queueMessageTimeToLiveInSeconds":-1}}`},
		{"NatsSubject", `"subject":"acs.calls","deliveryAttributeMappings":[{"name":"X-Secret","type":"Static","properties":{"value":"hush","isSecret":true}}]`, "nats://acs.calls",
			`{"endpointType":"NatsSubject","properties":{"subject":"acs.calls","deliveryAttributeMappings":[{"name":"X-Secret","type":"Static","properties":{"isSecret":true,"value":null}}]}}`},
		{"File", `"fileName":"calls.jsonl"`, "file:///calls.jsonl", `{"endpointType":"File","properties":{"fileName":"calls.jsonl"}}`},
		{"Tail", ``, "tail:///", `{"endpointType":"Tail","properties":{}}`},
	} {
		t.Run(test.kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, box := openWithDestinations(t, nil)
				status, answer, _ := call(t, serve(g), "PUT", armBase+"/incoming", destination(test.kind, test.properties))
				if status != 201 || at(answer, "properties.provisioningState") != "Succeeded" {
					t.Fatalf("%d %v", status, answer)
				}
				var want map[string]any
				if err := json.Unmarshal([]byte(test.shown), &want); err != nil {
					t.Fatal(err)
				}
				if got := at(answer, "properties.destination"); !reflect.DeepEqual(got, any(want)) {
					t.Errorf("shown as %v", got)
				}
				if n := g.IncomingCall(incomingCalls(t)["pstn-to-number"]); n != 1 {
					t.Fatalf("%d took the event", n)
				}
				if got := box.urls(); len(got) != 1 || got[0] != test.url {
					t.Errorf("posted to %v", got)
				}
				if status, answer, _ := call(t, serve(g), "POST", armBase+"/incoming/getFullUrl", ""); status != 400 {
					t.Errorf("full URL of no webhook: %d %v", status, answer)
				}
			})
		})
	}
}

func TestDestinationsThatAreRefused(t *testing.T) {
	queue := func(resource, name, more string) string {
		return `"resourceId":"` + resource + `","queueName":"` + name + `"` + more
	}
	for _, test := range []struct {
		kind, properties string
		is               fault.Kind
		says             string
	}{
		{"StorageQueue", queue("acme", "calls", ""), fault.KindInvalid, "resourceId must be the id of a storage account"},
		{"StorageQueue", queue(strings.Replace(testAccount, "acme", "other", 1), "calls", ""), fault.KindInvalid, "other is not configured"},
		{"StorageQueue", queue(testAccount, "Calls", ""), fault.KindInvalid, "queueName"},
		{"StorageQueue", queue(testAccount, "ca", ""), fault.KindInvalid, "3 to 63"},
		{"StorageQueue", queue(testAccount, "a--b", ""), fault.KindInvalid, "single hyphens"},
		{"StorageQueue", queue(testAccount, "calls/messages", ""), fault.KindInvalid, "queueName"},
		{"StorageQueue", queue(testAccount, "calls", `,"queueMessageTimeToLiveInSeconds":0`), fault.KindInvalid, "or -1 for ever"},
		{"StorageQueue", queue(testAccount, "calls", `,"queueMessageTimeToLiveInSeconds":-2`), fault.KindInvalid, "or -1 for ever"},
		{"StorageQueue", queue(testAccount, "calls", `,"maxEventsPerBatch":5`), fault.KindInvalid, "one event at a time"},
		{"StorageQueue", queue(testAccount, "calls", `,"deliveryAttributeMappings":[{"name":"X","type":"Static","properties":{"value":"v"}}]`), fault.KindInvalid, "no headers"},
		{"StorageQueue", queue(testAccount, "calls", `,"azureActiveDirectoryTenantId":"t"`), fault.KindInvalid, "protect webhooks"},
		{"NatsSubject", `"subject":"a.*"`, fault.KindInvalid, "letters, digits, dots"},
		{"NatsSubject", `"subject":"a","endpointUrl":"http://x"`, fault.KindInvalid, "for webhooks"},
		{"File", `"fileName":"../secrets"`, fault.KindInvalid, "plain name"},
		{"File", `"fileName":""`, fault.KindInvalid, "plain name"},
		{"Tail", `"deliveryAttributeMappings":[{"name":"X","type":"Static","properties":{"value":"v"}}]`, fault.KindInvalid, "headers"},
		{"ServiceBusQueue", `"resourceId":"x"`, fault.KindUnsupported, "use StorageQueue"},
		{"servicebustopic", ``, fault.KindUnsupported, "use NatsSubject"},
		{"EventHub", ``, fault.KindUnsupported, "use NatsSubject"},
		{"AzureFunction", ``, fault.KindUnsupported, "functionName=NAME"},
		{"HybridConnection", ``, fault.KindUnsupported, "use WebHook"},
		{"PartnerDestination", ``, fault.KindUnsupported, "use WebHook"},
		{"CarrierPigeon", ``, fault.KindInvalid, "WebHook, StorageQueue, NatsSubject, File, Tail"},
	} {
		request := ask(t, `{"destination":{"endpointType":"`+test.kind+`","properties":{`+test.properties+`}}}`)
		_, err := request.settings(rules{now: testNow, to: testDestinations()})
		if !fault.Is(err, test.is) || !strings.Contains(fault.Of(err).Message, test.says) {
			t.Errorf("%s {%s}: %v, want %q", test.kind, test.properties, err, test.says)
		}
	}
}

func TestDestinationThatIsNotThereIsRefusedAtOnce(t *testing.T) {
	missing := errors.New("the queue does not exist")
	asked := 0
	g, _ := openWithDestinations(t, func(_ context.Context, url string) error {
		asked++
		if strings.Contains(url, "/calls") {
			return nil
		}
		return missing
	})
	refused := destination("StorageQueue", `"resourceId":"`+testAccount+`","queueName":"other"`)
	for range 2 {
		status, answer, _ := call(t, serve(g), "PUT", armBase+"/incoming", refused)
		message, _ := at(answer, "error.message").(string)
		if status != 400 || !strings.Contains(message, "The storage queue other of acme cannot be used: the queue does not exist") {
			t.Fatalf("%d %v", status, answer)
		}
	}
	if g.Has("incoming") {
		t.Error("it was made nevertheless")
	}
	if status, answer, _ := call(t, serve(g), "PUT", armBase+"/incoming", destination("StorageQueue", queueProperties)); status != 201 {
		t.Fatalf("%d %v", status, answer)
	}
	if status, answer, _ := call(t, serve(g), "PATCH", armBase+"/incoming", `{"labels":["a"]}`); status != 201 || asked != 3 {
		t.Errorf("an update of something else asked the queue (%d times): %d %v", asked, status, answer)
	}
	if status, answer, _ := call(t, serve(g), "PUT", armBase+"/incoming", destination("StorageQueue", queueProperties)); status != 201 || asked != 4 {
		t.Errorf("a second create did not ask the queue (%d times): %d %v", asked, status, answer)
	}
}

func TestUpdateTurnsAWebhookIntoAQueueAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(willing(t))
		cfg.Destinations = testDestinations()
		box := &mailbox{}
		g, err := New(cfg, store.InMemory(), box, quiet())
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		g.subscribe(t, "incoming", to("http://a/events"))
		synctest.Wait()
		for _, test := range []struct{ body, url string }{
			{destination("StorageQueue", queueProperties), "storagequeue://acme/calls?ttl=60"},
			{destination("WebHook", `"endpointUrl":"http://b/events"`), "http://b/events"},
		} {
			body := strings.TrimSuffix(strings.TrimPrefix(test.body, `{"properties":`), `}`)
			if status, answer, _ := call(t, serve(g), "PATCH", armBase+"/incoming", body); status != 201 {
				t.Fatalf("%d %v", status, answer)
			}
			synctest.Wait()
			g.IncomingCall(incomingCalls(t)["pstn-to-number"])
			if got := box.urls(); len(got) != 1 || got[0] != test.url {
				t.Errorf("posted to %v, want %s", got, test.url)
			}
		}
		if sub, _ := g.view.Load().find("incoming"); sub.Active.Target != (Target{}) {
			t.Errorf("the webhook still has %+v", sub.Active.Target)
		}
	})
}

// TestDeclaredQueueIsThereOnceApplied: a call that comes as soon as the server is ready
// finds it; one that does not answer delays that for a moment only.
func TestDeclaredQueueIsThereOnceApplied(t *testing.T) {
	for _, hangs := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			g, _ := openWithDestinations(t, func(ctx context.Context, _ string) error {
				if hangs {
					time.Sleep(10 * time.Second)
				}
				return nil
			})
			d, err := Declare("incoming", []byte(`{"destination":{"endpointType":"StorageQueue","properties":{`+queueProperties+`}}}`), testDestinations())
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			g.Apply([]Declared{d})
			if got, _ := g.stateOf("incoming"); (got == succeeded) == hangs || time.Since(began) > firstOffers {
				t.Errorf("hanging %v: %s after %v", hangs, got, time.Since(began))
			}
			time.Sleep(20 * time.Second)
		})
	}
}

func TestDeclaredQueueIsTriedUntilItIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		g, _ := openWithDestinations(t, func(context.Context, string) error {
			if asked++; asked < 3 {
				return errors.New("the queue service does not answer")
			}
			return nil
		})
		d, err := Declare("incoming", []byte(`{"destination":{"endpointType":"StorageQueue","properties":{`+queueProperties+`}}}`), testDestinations())
		if err != nil {
			t.Fatal(err)
		}
		g.Apply([]Declared{d})
		time.Sleep(redeclare.First * 4)
		synctest.Wait()
		if got, problem := g.stateOf("incoming"); got != succeeded || asked != 3 {
			t.Errorf("asked %d times: %s %q", asked, got, problem)
		}
	})
}

func TestBucketsThatAreRefused(t *testing.T) {
	with := rules{now: testNow, to: testDestinations()}
	for name, says := range map[string]string{"": "3 to 63", "Dead": "small letters", "a..b": "single dots", "de": "3 to 63", "dead/../x": "small letters"} {
		r := ask(t, webhook(`,"deadLetterDestination":{"endpointType":"s3","properties":{"bucketName":"`+name+`"}}`))
		with.deadLetter = func(string, string) (string, error) { return "", nil }
		with.to.Bucket = func(bucket string) (string, error) { return "s3://" + bucket, nil }
		if _, err := r.settings(with); !fault.Is(err, fault.KindInvalid) || !strings.Contains(fault.Of(err).Message, says) {
			t.Errorf("%q: %v", name, err)
		}
		with.to.Bucket = nil
		if _, err := r.settings(with); !fault.Is(err, fault.KindUnsupported) {
			t.Errorf("%q, where buckets are not offered: %v", name, err)
		}
	}
}
