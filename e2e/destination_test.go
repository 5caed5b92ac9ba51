package e2e

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/storage/azuritetest"
)

// TestStorageQueueGetsTheCall: the emulator's queue, subscribed by command and
// read with the official SDK.
func TestStorageQueueGetsTheCall(t *testing.T) {
	t.Parallel()
	storage := azuritetest.Start(t)
	p := start(t, setup{config: "events: {storage-accounts: ['" + storage + "']}\n"})
	id := "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/" + azuritetest.Account + "/queueServices/default/queues/"
	subscribe := []string{"subscribe", "queue", "--endpoint-type", "storagequeue", "--endpoint", id + "calls", "--storage-queue-msg-ttl", "60",
		"--included-event-types", "Microsoft.Communication.IncomingCall"}
	if out, err := p.run(subscribe...); exitCode(err) == 0 || !strings.Contains(out, "the queue does not exist; create it first") {
		t.Errorf("a queue that does not exist: %s", out)
	}
	queue(t, storage, "create", "calls")
	if out := p.mustRun(subscribe...); !strings.Contains(out, "queue: events go to "+id+"calls") {
		t.Errorf("subscribed: %s", out)
	}
	call := dial(t, newPhone(p))
	var got struct {
		Known bool
		Event struct {
			EventType string
			Data      struct{ From, To identity }
		}
		ExpiresOn, InsertedOn time.Time
	}
	if err := json.Unmarshal(queue(t, storage, "receive", "calls"), &got); err != nil {
		t.Fatal(err)
	}
	if !got.Known || got.Event.Data.From.RawID != caller || got.Event.Data.To.RawID != callee || got.ExpiresOn.Sub(got.InsertedOn) != time.Minute {
		t.Errorf("received %+v", got)
	}
	must(t, call.Cancel(within(t, 5*time.Second)))
	if list := p.mustRun("subscriptions", "list"); !strings.Contains(list, id+"calls") {
		t.Errorf("the list: %s", list)
	}
}

// queue runs the application that uses a queue, and returns what it prints.
func queue(t *testing.T, storage, action, name string) []byte {
	t.Helper()
	command := exec.CommandContext(within(t, 30*time.Second), "node", filepath.Join("agent", "queue.mjs"), action, name)
	command.Env = append(os.Environ(), "CONNECTION_STRING="+storage)
	var stderr buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("queue.mjs %s: %v\n%s", action, err, &stderr)
	}
	return out
}

// TestNatsSubjectGetsTheCall: a NATS client with the access key of the
// connection string.
func TestNatsSubjectGetsTheCall(t *testing.T) {
	t.Parallel()
	p := start(t, setup{config: "events: {nats: '127.0.0.1:0', subscriptions: [{name: subject, endpoint-type: natssubject, endpoint: acs.calls, event-delivery-schema: CloudEventSchemaV1_0}]}\n"})
	_, key, _ := strings.Cut(strings.TrimSpace(p.file("connection-string")), "accesskey=")
	if _, err := base64.StdEncoding.DecodeString(key); err != nil {
		t.Fatal(err)
	}
	if _, err := nats.Connect("nats://"+p.addresses.NATS, nats.Token("guess")); err == nil {
		t.Error("a stranger came in")
	}
	client, err := nats.Connect("nats://"+p.addresses.NATS, nats.Token(key))
	must(t, err)
	defer client.Close()
	heard, err := client.SubscribeSync("acs.>")
	must(t, err)
	must(t, client.Flush())
	call := dial(t, newPhone(p))
	msg, err := heard.NextMsg(patience)
	must(t, err)
	var got envelope
	if err := json.Unmarshal(msg.Data, &got); err != nil || got.Type != "Microsoft.Communication.IncomingCall" || got.Data.From.RawID != caller {
		t.Errorf("heard %s, %v", msg.Data, err)
	}
	must(t, call.Cancel(within(t, 5*time.Second)))
}

// TestDeletedSubscriptionIsTold: the webhook's SDK knows the notice.
func TestDeletedSubscriptionIsTold(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	p.mustRun("subscriptions", "delete", "incoming")
	told := a.wait("the notice", func(e event) bool { return e.kind() == "SubscriptionDeletedEvent" })
	var parsed []struct {
		Data struct{ EventSubscriptionID string }
	}
	if err := json.Unmarshal(told.Parsed, &parsed); err != nil || len(parsed) != 1 || !strings.HasSuffix(parsed[0].Data.EventSubscriptionID, "/Microsoft.EventGrid/eventSubscriptions/incoming") {
		t.Errorf("the SDK reads %s", told.Parsed)
	}
	if told.Headers["aeg-event-type"] != "SubscriptionDeletion" {
		t.Errorf("its headers are %v", told.Headers)
	}
}

// TestQueueIsManagedByTheOfficialSDK: the management SDK makes a subscription to
// a queue, and is told why it cannot make others.
func TestQueueIsManagedByTheOfficialSDK(t *testing.T) {
	t.Parallel()
	storage := azuritetest.Start(t)
	issuer, token := openIssuer(t)
	p := start(t, setup{config: "auth: {oidc: [{issuer: '" + issuer + "', audience: '" + armAudience + "', admin: {subjects: [admin]}}]}\nevents: {storage-accounts: ['" + storage + "']}\n"})
	a := startAgent(p, application{})
	a.do("manageAs", values{"token": token, "subscription": resource.ARMSubscription, "resourceGroup": resource.ARMGroup, "resource": resource.ARMName}, nil)
	queue(t, storage, "create", "calls")
	account := "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/" + azuritetest.Account
	create := func(name string, destination values) (made struct {
		ProvisioningState string
		Destination       struct {
			EndpointType, ResourceID, QueueName string
			QueueMessageTimeToLiveInSeconds     int
		}
	}, err error) {
		err = a.try("manage", values{"place": "resource", "operation": "create", "name": name, "info": values{"destination": destination}}, &made)
		return made, err
	}
	made, err := create("queue", values{"endpointType": "StorageQueue", "resourceId": account, "queueName": "calls", "queueMessageTimeToLiveInSeconds": -1})
	must(t, err)
	if d := made.Destination; made.ProvisioningState != "Succeeded" || d.EndpointType != "StorageQueue" || d.ResourceID != account || d.QueueName != "calls" || d.QueueMessageTimeToLiveInSeconds != -1 {
		t.Errorf("made %+v", made)
	}
	for _, test := range []struct {
		destination values
		says        string
	}{
		{values{"endpointType": "StorageQueue", "resourceId": account, "queueName": "missing"}, "the queue does not exist"},
		{values{"endpointType": "StorageQueue", "resourceId": strings.TrimSuffix(account, "1"), "queueName": "calls"}, "is not configured"},
		{values{"endpointType": "ServiceBusQueue", "resourceId": "/sb"}, "use StorageQueue"},
		{values{"endpointType": "EventHub", "resourceId": "/eh"}, "use NatsSubject"},
	} {
		if _, err := create("other", test.destination); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%v: %v, want %q", test.destination, err, test.says)
		}
	}
}
