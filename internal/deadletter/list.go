package deadletter

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/storage"
)

// maxFilesRead bounds the files that one list opens.
const maxFilesRead = 1000

// Letter is a dead letter, as its file tells of it.
type Letter struct {
	ID          string          `json:"id"`
	Type        string          `json:"eventType"`
	At          time.Time       `json:"eventTime,omitzero"`
	Reason      string          `json:"deadLetterReason"`
	Attempts    int             `json:"deliveryAttempts"`
	LastOutcome string          `json:"lastDeliveryOutcome"`
	LastAttempt time.Time       `json:"lastDeliveryAttemptTime,omitzero"`
	File        string          `json:"file"`
	Event       json.RawMessage `json:"event"` // as it was before
}

// List reads dead letters of a subscription, up to limit, in the order of their files.
// more says that there are others. Files that hold none are passed over.
func (b *Box) List(ctx context.Context, address, subscription string, limit int) (letters []Letter, more bool, err error) {
	from, err := b.open(address)
	if err != nil {
		return nil, false, err
	}
	files := 0
	for file, err := range storage.Walk(ctx, from, prefixOf(subscription)) {
		if err != nil {
			return letters, false, fmt.Errorf("list the dead letters of %s: %w", subscription, err)
		}
		if files++; files > maxFilesRead || len(letters) >= limit {
			return letters, true, nil
		}
		data, err := read(ctx, from, file.Name)
		if err != nil {
			return letters, false, fmt.Errorf("read %s: %w", file.Name, err)
		}
		var events []json.RawMessage
		if json.Unmarshal(data, &events) != nil {
			continue
		}
		for _, event := range events {
			if len(letters) >= limit {
				return letters, true, nil
			}
			if l, ok := readLetter(event); ok {
				l.File = file.Name
				letters = append(letters, l)
			}
		}
	}
	return letters, false, nil
}

// readLetter reads an event with what dead letters add, in either schema: members of
// JSON are found in any case.
func readLetter(event json.RawMessage) (l Letter, ok bool) {
	var schema struct {
		Type string    `json:"type"` // of CloudEvents
		Time time.Time `json:"time"`
	}
	before, err := withoutAdded(event)
	if err != nil || json.Unmarshal(event, &l) != nil || json.Unmarshal(event, &schema) != nil || l.ID == "" {
		return Letter{}, false
	}
	if l.Type == "" {
		l.Type, l.At = schema.Type, schema.Time
	}
	l.Event = before
	return l, true
}
