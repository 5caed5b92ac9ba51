package deadletter

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/eventgrid/report"
)

// Group is the group of a subscription's dead letters in the delivery engine.
func Group(subscription string) string { return "deadletter/" + strings.ToUpper(subscription) }

// Undelivered is the hook of the policy of events (delivery.Policy.Undelivered):
// it makes a dead letter of an event that has a place for it.
func (b *Box) Undelivered(u delivery.Undelivered) []delivery.Message {
	m := u.Message
	if m.DeadLetter == "" {
		return nil
	}
	reason := reasonOf(u)
	return []delivery.Message{{
		ID: m.ID, Policy: PolicyName, Group: Group(m.Event.Subscription), URL: m.DeadLetter,
		Body:  letter(u, reason),
		Batch: delivery.Batch{Key: "letters", MaxEvents: delivery.MaxBatchEvents, PreferredKB: delivery.MaxBatchKB},
		Delay: max(b.cfg.Delay, 0), Note: m.Note,
		DeadLetterReason: reason, Event: m.Event,
	}}
}

// reasonOf names why an event was given up. Microsoft documents two reasons. Dead letters
// of the service after the answer 400 have another, UndeliverableDueToHttpBadRequest; those
// after other answers that are never retried are named likewise.
func reasonOf(u delivery.Undelivered) string {
	if u.Result == history.Expired {
		return u.Reason
	}
	if status := http.StatusText(u.Outcome.Status); status != "" {
		return "UndeliverableDueToHttp" + strings.ReplaceAll(status, " ", "")
	}
	return delivery.ReasonAttempts
}

// outcomeName is the last outcome; Probation if the subscription's open circuit
// kept the event from another attempt.
func outcomeName(u delivery.Undelivered) string {
	if u.CircuitOpen {
		return report.NameProbation
	}
	return report.Name(u.Outcome)
}

// added are the properties of dead letters, as the Event Grid schema spells
// them; CloudEvents have them in lower case.
type added struct {
	Reason      string  `json:"deadLetterReason"`
	Attempts    int     `json:"deliveryAttempts"`
	LastOutcome string  `json:"lastDeliveryOutcome"`
	LastStatus  int     `json:"lastHttpStatusCode,omitempty"` // 0: there was no answer
	Published   string  `json:"publishTime"`
	LastAttempt *string `json:"lastDeliveryAttemptTime,omitempty"`
}

type addedToCloudEvent struct {
	Reason      string  `json:"deadletterreason"`
	Attempts    int     `json:"deliveryattempts"`
	LastOutcome string  `json:"lastdeliveryoutcome"`
	LastStatus  int     `json:"lasthttpstatuscode,omitempty"`
	Published   string  `json:"publishtime"`
	LastAttempt *string `json:"lastdeliveryattempttime,omitempty"`
}

// addedNames are what has to go when an event is delivered once more.
var addedNames = []string{"deadLetterReason", "deliveryAttempts", "lastDeliveryOutcome", "lastHttpStatusCode", "publishTime", "lastDeliveryAttemptTime"}

// letter is the array of a message's events, with what dead letters add.
func letter(u delivery.Undelivered, reason string) []byte {
	more := added{Reason: reason, Attempts: u.Outcome.Attempt, LastOutcome: outcomeName(u), LastStatus: u.Outcome.Status, Published: timestamp(u.Posted)}
	if !u.LastAttempt.IsZero() {
		at := timestamp(u.LastAttempt)
		more.LastAttempt = &at
	}
	var parts [][]byte
	for _, event := range eventsIn(u.Message.Body) {
		parts = append(parts, withAdded(event, more))
	}
	return delivery.JoinArrays(parts)
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }

// eventsIn returns the events of a body: an array's elements, or one.
func eventsIn(body []byte) []json.RawMessage {
	var many []json.RawMessage
	if json.Unmarshal(body, &many) == nil {
		return many
	}
	if json.Valid(body) {
		return []json.RawMessage{body}
	}
	text, _ := json.Marshal(string(body)) // a string: it cannot fail
	return []json.RawMessage{text}
}

// withAdded puts the properties behind those of the event, which stay as they
// are, byte by byte.
func withAdded(event json.RawMessage, more added) []byte {
	event = bytes.TrimSpace(event)
	if len(event) < 2 || event[0] != '{' {
		return event // no object, thus no event of ours
	}
	var properties []byte
	if isCloudEvent(event) {
		properties, _ = json.Marshal(addedToCloudEvent(more)) // strings and numbers: it cannot fail
	} else {
		properties, _ = json.Marshal(more)
	}
	whole := bytes.TrimSpace(event[:len(event)-1])
	whole = append(make([]byte, 0, len(event)+len(properties)), whole...)
	if len(whole) > 1 {
		whole = append(whole, ',')
	}
	return append(whole, properties[1:]...)
}

func isCloudEvent(event json.RawMessage) bool {
	var e struct {
		SpecVersion string `json:"specversion"`
	}
	return json.Unmarshal(event, &e) == nil && e.SpecVersion != ""
}

// withoutAdded is the event as it was before it became a dead letter.
func withoutAdded(letter json.RawMessage) (json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(letter, &members); err != nil {
		return nil, err
	}
	cloud := isCloudEvent(letter)
	for _, name := range addedNames {
		if cloud {
			name = strings.ToLower(name)
		}
		delete(members, name)
	}
	return json.Marshal(members)
}
