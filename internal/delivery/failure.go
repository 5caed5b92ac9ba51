package delivery

import (
	"fmt"
	"strings"
	"time"
)

// Failure is a failed attempt as Event Grid logs it in the category
// DeliveryFailures, which Log Analytics shows as AegDeliveryFailureLogs.
type Failure struct {
	Time         time.Time `json:"time"`
	Subscription string    `json:"eventSubscriptionName"`
	Category     string    `json:"category"`      // DeliveryFailures
	Operation    string    `json:"operationName"` // Deliver
	Message      string    `json:"message"`       // key=value, …
	ResourceID   string    `json:"resourceId"`
}

func (f Failure) when() time.Time { return f.Time }

// azureTime is how that log writes times.
const azureTime = "1/2/2006 3:04:05 PM"

// schemaNames are how that log names the delivery schemas.
var schemaNames = map[string]string{
	"EventGridSchema":      "EventGridEvent",
	"CloudEventSchemaV1_0": "CloudEventV10",
}

// failureOf describes a failed attempt.
func (e *Engine) failureOf(s *seat, o Outcome) Failure {
	r, m := s.rec, &s.msg
	now := time.Now().UTC()
	schema := schemaNames[m.Event.Schema]
	if schema == "" {
		schema = m.Event.Schema
	}
	delivery := "FilteredFailingDelivery"
	if r.ward != nil && r.ward.interval > 0 {
		delivery = "Probation"
	}
	var b strings.Builder
	for _, pair := range [...][2]string{
		{"outcome", o.Name()},
		{"latencyInMs", fmt.Sprint(o.Latency.Milliseconds())},
		{"id", m.ID},
		{"systemId", fmt.Sprintf("%s/%d", m.Group, s.seq)},
		{"state", delivery},
		{"deliveryTime", now.Format(azureTime)},
		{"deliveryCount", fmt.Sprint(max(o.Attempt-1, 0))},
		{"probationCount", fmt.Sprint(r.probations())},
		{"deliverySchema", schema},
		{"eventSubscriptionDeliverySchema", schema},
		{"publishTime", r.posted.UTC().Format(azureTime)},
		{"eventTime", m.Event.Time.UTC().Format(azureTime)},
		{"eventType", m.Event.Type},
		{"inputSchema", "EventGridEvent"},
		{"size", fmt.Sprint(r.size)},
		{"url", maskURL(m.URL)},
		{"deliveryResponse", responseOf(o)},
	} {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(pair[0] + "=" + pair[1])
	}
	return Failure{
		Time: now, Subscription: m.Event.Subscription, Category: "DeliveryFailures", Operation: "Deliver",
		Message: b.String(), ResourceID: e.cfg.ResourceID,
	}
}

// responseOf is the answer in words: its status and first bytes, or the error.
func responseOf(o Outcome) string {
	if o.Status == 0 {
		if o.Err == nil {
			return ""
		}
		return o.Err.Error()
	}
	return fmt.Sprintf("%d: %s", o.Status, strings.ToValidUTF8(string(o.Answer), "\uFFFD"))
}

// recordFailure logs a failed attempt of Event Grid's.
func (e *Engine) recordFailure(s *seat, o Outcome) {
	if s.msg.Event.Subscription != "" && s.msg.DeadLetterReason == "" {
		e.failures.add(e.failureOf(s, o))
	}
}

// FailureQuery selects failures; what is empty selects all.
type FailureQuery struct {
	Where        string // must be in the Message, in any case: Kusto's "has", roughly
	Subscription string
	Since        time.Time
	Limit        int // 0: 100
}

func (q FailureQuery) matches(f *Failure) bool {
	return (q.Subscription == "" || strings.EqualFold(q.Subscription, f.Subscription)) && !f.Time.Before(q.Since) &&
		(q.Where == "" || strings.Contains(strings.ToLower(f.Message), strings.ToLower(q.Where)))
}

// maxFailures bounds the failures in memory, about 10 MB.
const maxFailures = 10_000

// Failures returns the newest failed attempts that a query selects, newest
// first. They are kept for Config.KeepFailures, across restarts if
// Config.FailureArchive is given.
func (e *Engine) Failures(q FailureQuery) []Failure {
	return e.failures.find(q.matches, orDefault(q.Limit, 100))
}
