package delivery

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Check says why no event could be put into the storage queue of a URL by
// QueueURL; nil if one could. It asks the queue's account ("Get Queue
// Metadata"), and no longer than ctx allows. Its errors hold no secret.
func (q *Queues) Check(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return withoutURL(err)
	}
	account, found := q.accounts(u.Host)
	if !found {
		return fmt.Errorf("storage account %q is not configured", u.Host)
	}
	query := url.Values{"comp": {"metadata"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, account.queueURL(url.PathEscape(strings.Trim(u.Path, "/")), query), nil)
	if err != nil {
		return withoutURL(err)
	}
	account.sign(req, query, q.now())
	answer, err := q.client.Do(req)
	if err != nil {
		return fmt.Errorf("the queue service does not answer: %w", withoutURL(err))
	}
	defer answer.Body.Close()
	code := answer.Header.Get("x-ms-error-code")
	switch {
	case answer.StatusCode == http.StatusOK:
		return nil
	case answer.StatusCode == http.StatusNotFound:
		return fmt.Errorf("the queue does not exist; make it first (the queue service answers 404 %s)", code)
	case answer.StatusCode == http.StatusForbidden && code == "AuthorizationPermissionMismatch":
		return nil // a signature that may add messages need not be one that may read
	}
	return fmt.Errorf("the queue service answers %d %s", answer.StatusCode, code)
}

// queueURL is the address of a queue with a query, and with the signature of an
// account that has one in the place of a key.
func (a StorageAccount) queueURL(path string, query url.Values) string {
	target := a.QueueEndpoint + "/" + path + "?" + query.Encode()
	if len(a.Key) == 0 {
		target += "&" + a.SAS
	}
	return target
}
