package sender

import (
	"net/http"
	"testing"

	"github.com/switchhook/switchhook/internal/outbound/outboundtest"
	"github.com/switchhook/switchhook/internal/storage"
)

// TestQueueThatEndsAKeptConnectionTakesTheEventAtOnce: the service ends each
// connection that is kept from an earlier request.
func TestQueueThatEndsAKeptConnectionTakesTheEventAtOnce(t *testing.T) {
	service := outboundtest.NewForgetful(t, false, true, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) })
	account := storage.Account{Name: "account", Key: []byte("key"), QueueEndpoint: service.URL}
	sender := NewQueues(func(string) (storage.Account, bool) { return account, true }, nil)
	for _, event := range []string{`{"id":"1"}`, `{"id":"2"}`} {
		if o := sender.Send(t.Context(), parcel(QueueURL(account.Name, "events", 0), event)); o.Status != http.StatusCreated || o.Err != nil {
			t.Errorf("%s: %+v", event, o)
		}
	}
}
