package sender

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/storage"
)

// Check returns why no event could be put into the storage queue of a URL by
// QueueURL; nil if one could. It asks the queue's account ("Get Queue
// Metadata"), for as long as ctx allows. Its errors hold no secret.
func (q *Queues) Check(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return delivery.WithoutURL(err)
	}
	account, found := q.accounts(u.Host)
	if !found {
		return fmt.Errorf("storage account %q is not configured", u.Host)
	}
	query := url.Values{"comp": {"metadata"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, queueURL(account, url.PathEscape(strings.Trim(u.Path, "/")), query), nil)
	if err != nil {
		return delivery.WithoutURL(err)
	}
	sign(req, account, query, q.now())
	answer, err := q.client.Do(req)
	if err != nil {
		return fmt.Errorf("the queue service does not answer: %w", delivery.WithoutURL(err))
	}
	defer answer.Body.Close()
	code := answer.Header.Get("x-ms-error-code")
	switch {
	case answer.StatusCode == http.StatusOK:
		return nil
	case answer.StatusCode == http.StatusNotFound:
		return fmt.Errorf("the queue does not exist; create it first (the queue service answers 404 %s)", code)
	case answer.StatusCode == http.StatusForbidden && code == "AuthorizationPermissionMismatch":
		return nil // a signature that may add messages need not be one that may read
	}
	return fmt.Errorf("the queue service answers %d %s", answer.StatusCode, code)
}

// queueURL is the address of a queue with a query, and with the signature of an
// account that has one in the place of a key.
func queueURL(a storage.Account, path string, query url.Values) string {
	target := a.QueueEndpoint + "/" + path + "?" + query.Encode()
	if len(a.Key) == 0 {
		target += "&" + a.SAS
	}
	return target
}
