package server

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/storage/azuritetest"
)

func subscriptionURL(base, name string) string {
	return base + resource.ARMPath + "/providers/Microsoft.EventGrid/eventSubscriptions/" + name + eventsVersion
}

// until polls a condition, for a minute and a half at most.
func until(t *testing.T, what string, met func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(90 * time.Second); !met(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

func TestFileTakesEventsAsLines(t *testing.T) {
	p, base := eventParts(t)
	status, text := request(t, "PUT", subscriptionURL(base, "incoming"), `{"properties":{"destination":{"endpointType":"File","properties":{"fileName":"calls.jsonl"}}}}`)
	if status != http.StatusCreated || !strings.Contains(text, `"provisioningState":"Succeeded"`) {
		t.Fatalf("%d %s", status, text)
	}
	ring(p)
	ring(p)
	var lines []string
	until(t, "no two lines came", func() bool {
		text, _ := os.ReadFile(p.data.Path(filepath.Join("events", "calls.jsonl")))
		lines = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		return len(lines) == 2
	})
	for _, line := range lines {
		var event struct{ EventType string }
		if err := json.Unmarshal([]byte(line), &event); err != nil || event.EventType != "Microsoft.Communication.IncomingCall" {
			t.Errorf("line %q: %v", line, err)
		}
	}
}

// TestTailShowsWhatItsSubscriptionTakes: the followers of a subscription to the
// tail see its events alone, in its schema.
func TestTailShowsWhatItsSubscriptionTakes(t *testing.T) {
	p, base := eventParts(t)
	for name, more := range map[string]string{
		"mine":  `,"eventDeliverySchema":"CloudEventSchemaV1_0"`,
		"other": `,"filter":{"subjectBeginsWith":"nobody"}`,
	} {
		if status, text := request(t, "PUT", subscriptionURL(base, name), `{"properties":{"destination":{"endpointType":"Tail","properties":{}}`+more+`}}`); status != http.StatusCreated {
			t.Fatalf("%d %s", status, text)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), "GET", base+admin.EventTailPath+eventsVersion+"&subscription=mine", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	ring(p)
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if lines.Text() == "" {
			continue
		}
		if !strings.HasPrefix(lines.Text(), `{"specversion":"1.0","type":"Microsoft.Communication.IncomingCall"`) {
			t.Errorf("the tail shows %s", lines.Text())
		}
		return
	}
	t.Error("the tail ended")
}

const localAccount = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/" + azuritetest.Account

func TestStorageQueueTakesEvents(t *testing.T) {
	account, err := storage.ParseAccount(azuritetest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	p, base := eventPartsWith(t, config.Config{StorageAccounts: []storage.Account{account}})
	queue := func(method, path string) string {
		status, text := request(t, method, signedQueue(account, path), "")
		if status >= 300 {
			t.Fatalf("%s %s: %d %s", method, path, status, text)
		}
		return text
	}
	queue("PUT", "/calls")
	put := func(resource, name string) (int, string) {
		return request(t, "PUT", subscriptionURL(base, "incoming"), `{"properties":{"destination":{"endpointType":"StorageQueue","properties":{"resourceId":"`+resource+`","queueName":"`+name+
			`"}},"retryPolicy":{"maxDeliveryAttempts":1},"deadLetterDestination":{"endpointType":"StorageBlob","properties":{"resourceId":"/storageAccounts/local","blobContainerName":"dead"}}}}`)
	}
	if status, text := put(localAccount, "missing"); status != 400 || !strings.Contains(text, "the queue does not exist; create it first") {
		t.Errorf("a queue that does not exist: %d %s", status, text)
	}
	if status, text := put("/storageAccounts/other", "calls"); status != 400 || !strings.Contains(text, `storage account \"other\" is not configured: add its connection string to events.storage-accounts`) {
		t.Errorf("an account that is not configured: %d %s", status, text)
	}
	if status, text := put(localAccount, "calls"); status != 201 {
		t.Fatalf("%d %s", status, text)
	}
	ring(p)
	var message string
	until(t, "no message came", func() bool {
		_, rest, _ := strings.Cut(queue("GET", "/calls/messages"), "<MessageText>")
		message, _, _ = strings.Cut(rest, "</MessageText>")
		return message != ""
	})
	var event struct{ EventType, Topic string }
	text, err := base64.StdEncoding.DecodeString(message)
	if err != nil || json.Unmarshal(text, &event) != nil || event.EventType != "Microsoft.Communication.IncomingCall" || event.Topic == "" {
		t.Errorf("the message is %s, %v", text, err)
	}

	queue("DELETE", "/calls") // what is given up becomes a dead letter, as with a webhook
	ring(p)
	until(t, "no dead letter came", func() bool {
		letters, _ := filepath.Glob(p.data.Path(filepath.Join(deadLetterFolder, "dead", "INCOMING", "*", "*", "*", "*", "*.json")))
		if len(letters) == 0 {
			return false
		}
		text, _ := os.ReadFile(letters[0])
		return strings.Contains(string(text), `"lastDeliveryOutcome":"NotFound"`)
	})
}

// signedQueue is an address of a queue service with an account's shared access
// signature ("Create an account SAS"), so that the test needs no SDK.
func signedQueue(account storage.Account, path string) string {
	q := url.Values{"sv": {"2021-12-02"}, "ss": {"q"}, "srt": {"sco"}, "sp": {"rwdlacup"}, "se": {time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}}
	mac := hmac.New(sha256.New, account.Key)
	fmt.Fprintf(mac, "%s\n%s\n%s\n%s\n\n%s\n\n\n%s\n\n", account.Name, q.Get("sp"), q.Get("ss"), q.Get("srt"), q.Get("se"), q.Get("sv"))
	q.Set("sig", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return account.QueueEndpoint + path + "?" + q.Encode()
}

// TestDeadLettersReachABucketOfS3: the server here keeps what is put; package
// deadletter has one that does more.
func TestDeadLettersReachABucketOfS3(t *testing.T) {
	puts := make(chan string, 1)
	s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && strings.Contains(r.Header.Get("Authorization"), "Credential=key/") {
			body, _ := io.ReadAll(r.Body)
			puts <- r.URL.Path + " " + string(body)
		}
		w.Header().Set("ETag", `"1"`)
	}))
	defer s3.Close()
	p, base := eventPartsWith(t, config.Config{S3: &storage.S3{Endpoint: s3.Listener.Addr().String(), Region: "eu", AccessKey: "key", SecretKey: "secret", Plain: true}})
	statuses := make(chan int, 1)
	statuses <- http.StatusBadRequest
	status, text := request(t, "PUT", subscriptionURL(base, "incoming"), `{"properties":{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"`+webhook(t, statuses)+
		`"}},"deadLetterDestination":{"endpointType":"S3","properties":{"bucketName":"dead"}}}}`)
	if status != http.StatusCreated || !strings.Contains(text, `"deadLetterDestination":{"endpointType":"S3","properties":{"bucketName":"dead"}}`) {
		t.Fatalf("%d %s", status, text)
	}
	until(t, "the webhook did not consent", func() bool {
		_, text := request(t, "GET", subscriptionURL(base, "incoming"), "")
		return strings.Contains(text, `"Succeeded"`)
	})
	ring(p)
	select {
	case put := <-puts:
		if !strings.HasPrefix(put, "/dead/INCOMING/2") || !strings.Contains(put, `"deadLetterReason"`) {
			t.Errorf("put %s", put)
		}
	case <-time.After(90 * time.Second):
		t.Fatal("nothing was put into the bucket")
	}
}

func TestBucketWithoutAServerIsRefused(t *testing.T) {
	_, base := eventParts(t)
	status, text := request(t, "PUT", subscriptionURL(base, "incoming"),
		`{"properties":{"destination":{"endpointType":"Tail","properties":{}},"deadLetterDestination":{"endpointType":"S3","properties":{"bucketName":"dead"}}}}`)
	if status != http.StatusBadRequest || !strings.Contains(text, "give events.s3 its endpoint and keys") {
		t.Errorf("%d %s", status, text)
	}
}
