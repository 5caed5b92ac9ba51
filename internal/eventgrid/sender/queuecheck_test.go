package sender

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/storage/azuritetest"
)

func TestQueueIsCheckedOnAzurite(t *testing.T) {
	account, err := storage.ParseAccount(azuritetest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	creation, err := http.NewRequestWithContext(t.Context(), http.MethodPut, account.QueueEndpoint+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	sign(creation, account, nil, time.Now())
	answer, err := http.DefaultClient.Do(creation)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	stranger := account
	stranger.Name, stranger.Key = "devstoreaccount1", []byte("another")
	queues := NewQueues(func(name string) (storage.Account, bool) {
		if name == "stranger" {
			return stranger, true
		}
		return account, name == account.Name
	}, nil)
	for _, test := range []struct{ address, says string }{
		{QueueURL(account.Name, "events", time.Hour), ""},
		{QueueURL(account.Name, "missing", 0), "does not exist"},
		{QueueURL("nobody", "events", 0), "not configured"},
		{QueueURL("stranger", "events", 0), "answers 403"},
	} {
		err := queues.Check(t.Context(), test.address)
		if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v, want %q", test.address, err, test.says)
		}
	}
}

// TestSignatureThatMayOnlyAddIsEnough: a shared access signature for adding
// messages cannot read the queue, and is all that deliveries need.
func TestSignatureThatMayOnlyAddIsEnough(t *testing.T) {
	code := "AuthorizationPermissionMismatch"
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("sig") != "hush" || r.URL.Query().Get("comp") != "metadata" {
			t.Errorf("asked %s", r.URL)
		}
		w.Header().Set("x-ms-error-code", code)
		w.WriteHeader(http.StatusForbidden)
	}))
	queues := NewQueues(func(string) (storage.Account, bool) {
		return storage.Account{Name: "a", SAS: "sig=hush", QueueEndpoint: service.URL}, true
	}, nil)
	if err := queues.Check(t.Context(), QueueURL("a", "events", 0)); err != nil {
		t.Error(err)
	}
	code = "AuthenticationFailed"
	if err := queues.Check(t.Context(), QueueURL("a", "events", 0)); err == nil || !strings.Contains(err.Error(), code) {
		t.Errorf("a wrong signature: %v", err)
	}
	service.Close()
	if err := queues.Check(t.Context(), QueueURL("a", "events", 0)); err == nil || !strings.Contains(err.Error(), "does not answer") || strings.Contains(err.Error(), "hush") {
		t.Errorf("a service that is away: %v", err)
	}
}
