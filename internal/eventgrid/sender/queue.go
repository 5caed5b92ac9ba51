package sender

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/storage"
)

// SchemeQueue is the scheme of storage queues: storagequeue://ACCOUNT/QUEUE?ttl=SECONDS.
const SchemeQueue = "storagequeue"

// Times that a message may stay in a storage queue.
const (
	DefaultQueueTTL = 7 * 24 * time.Hour
	EndlessQueueTTL = time.Duration(-1)
)

// maxQueueText is the limit of a storage queue's message, encoded, in bytes.
const maxQueueText = 64 << 10

// QueueURL is the URL of messages for a storage queue, where they stay for ttl;
// 0 takes DefaultQueueTTL.
func QueueURL(account, queue string, ttl time.Duration) string {
	u := url.URL{Scheme: SchemeQueue, Host: account, Path: "/" + queue}
	switch {
	case ttl < 0:
		u.RawQuery = "ttl=-1"
	case ttl > 0:
		u.RawQuery = "ttl=" + strconv.Itoa(int(ttl/time.Second))
	}
	return u.String()
}

// Queues is the Sender of storage queues.
type Queues struct {
	accounts func(name string) (storage.Account, bool)
	client   *http.Client
	now      func() time.Time
}

// NewQueues returns the Sender for SchemeQueue. Each event becomes one message,
// base64 of its JSON, as Event Grid writes it. Accounts finds a configured
// account; a nil client takes storage.NewClient's.
func NewQueues(accounts func(name string) (storage.Account, bool), client *http.Client) *Queues {
	if client == nil {
		client = storage.NewClient(nil)
	}
	return &Queues{accounts, client, time.Now}
}

// Send implements Sender.
func (q *Queues) Send(ctx context.Context, p delivery.Parcel) delivery.Outcome {
	u, err := url.Parse(p.First().URL)
	if err != nil {
		return delivery.Outcome{Err: fmt.Errorf("%w: %w", delivery.ErrNotSent, delivery.WithoutURL(err))}
	}
	account, found := q.accounts(u.Host)
	if !found {
		return delivery.Outcome{Status: http.StatusNotFound, Answer: fmt.Appendf(nil, "storage account %q is not configured", u.Host)}
	}
	seconds := u.Query().Get("ttl")
	if seconds == "" {
		seconds = strconv.Itoa(int(DefaultQueueTTL / time.Second))
	}
	o := delivery.Outcome{Status: http.StatusBadRequest, Answer: []byte("the message holds no event")}
	for _, event := range elements(p.Body()) {
		o = q.put(ctx, account, strings.Trim(u.Path, "/"), seconds, event)
		if o.Status != http.StatusCreated {
			break
		}
	}
	return o
}

// elements returns the elements of a JSON array; what is not an array is one
// element.
func elements(body []byte) []json.RawMessage {
	var many []json.RawMessage
	if json.Unmarshal(body, &many) == nil {
		return many
	}
	return []json.RawMessage{body}
}

// put is the REST operation "Put Message".
func (q *Queues) put(ctx context.Context, account storage.Account, queue, seconds string, event []byte) delivery.Outcome {
	if base64.StdEncoding.EncodedLen(len(event)) > maxQueueText {
		return delivery.Outcome{Status: http.StatusRequestEntityTooLarge, Answer: []byte("a storage queue takes messages of 64 KB in base64")}
	}
	text := "<QueueMessage><MessageText>" + base64.StdEncoding.EncodeToString(event) + "</MessageText></QueueMessage>"
	query := url.Values{"messagettl": {seconds}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, queueURL(account, url.PathEscape(queue)+"/messages", query), bytes.NewReader([]byte(text)))
	if err != nil {
		return delivery.Outcome{Err: fmt.Errorf("%w: %w", delivery.ErrNotSent, delivery.WithoutURL(err))}
	}
	req.Header.Set("Content-Type", "application/xml")
	sign(req, account, query, q.now())
	o := delivery.Do(q.client, req)
	// The service repeats what was signed; only the code of its error is of use.
	o.Answer = errorCode(o.Answer)
	if bytes.Equal(o.Answer, []byte("QueueDisabled")) {
		o.Status = http.StatusGone
	}
	if o.Err != nil && errors.Is(o.Err, delivery.ErrAddressRefused) {
		o.Err = fmt.Errorf("the queue's address: %w", o.Err)
	}
	return o
}

// errorCode takes the code out of an error of Azure Storage.
func errorCode(answer []byte) []byte {
	_, rest, found := bytes.Cut(answer, []byte("<Code>"))
	code, _, closed := bytes.Cut(rest, []byte("</Code>"))
	if !found || !closed {
		return nil
	}
	return code
}
