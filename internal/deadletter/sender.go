package deadletter

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/storage"
)

// sender writes dead letters; it is the kind of destination of their URLs.
type sender struct{ box *Box }

// Send implements delivery.Sender.
func (s sender) Send(ctx context.Context, p delivery.Parcel) delivery.Outcome {
	m := p.First()
	to, err := s.box.open(m.URL)
	if err != nil {
		return delivery.Outcome{Status: http.StatusBadRequest, Answer: []byte(err.Error())}
	}
	if why := s.box.full(m.URL); why != "" {
		return delivery.Outcome{Status: http.StatusInsufficientStorage, Answer: []byte(why)}
	}
	body := p.Body()
	name := nameOf(m.Event.Subscription, time.Now(), body)
	return outcomeOf(to.Put(ctx, name, bytes.NewReader(body), storage.Properties{ContentType: contentType}))
}

// full says why a dead letter has to wait for room on the disk; "": it has not.
func (b *Box) full(address string) string {
	if b.cfg.MinFree == 0 || !strings.HasPrefix(address, schemeFolder+":") {
		return ""
	}
	free, err := b.cfg.Free()
	if err != nil || free >= b.cfg.MinFree {
		return "" // the writing says more
	}
	return fmt.Sprintf("the disk has %d MiB free, and recording.min-free-mib is %d", free>>20, b.cfg.MinFree>>20)
}

// contentType is that of Event Grid's own dead letters.
const contentType = "application/json; charset=utf-8"

// nameOf is Event Grid's name of a file within the container: the subscription in upper
// case, the hour without padding, a GUID. The GUID comes from the content, so
// that a writing that succeeded unheard and is repeated makes no second file.
func nameOf(subscription string, at time.Time, body []byte) string {
	at = at.UTC()
	return fmt.Sprintf("%s%d/%d/%d/%d/%s.json", prefixOf(subscription), at.Year(), at.Month(), at.Day(), at.Hour(),
		uuid.NewSHA1(uuid.NameSpaceURL, body))
}

// prefixOf is where a subscription's dead letters lie. Names have no slashes;
// were there one, it must not lead elsewhere.
func prefixOf(subscription string) string {
	return strings.NewReplacer("/", "-", "\\", "-", "..", "-").Replace(strings.ToUpper(subscription)) + "/"
}
