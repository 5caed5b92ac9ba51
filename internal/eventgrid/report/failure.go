package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
)

// Failure is a failed attempt as Event Grid logs it in the category
// DeliveryFailures, which Log Analytics shows as AegDeliveryFailureLogs. Its
// JSON is Azure's, and that of the archive.
type Failure struct {
	Time         time.Time `json:"time"`
	Subscription string    `json:"eventSubscriptionName"`
	Category     string    `json:"category"`      // DeliveryFailures
	Operation    string    `json:"operationName"` // Deliver
	Message      string    `json:"message"`       // key=value, …
	ResourceID   string    `json:"resourceId"`
}

// azureTime is how that log writes times.
const azureTime = "1/2/2006 3:04:05 PM"

// schemaNames are how that log names the delivery schemas.
var schemaNames = map[string]string{
	"EventGridSchema":      "EventGridEvent",
	"CloudEventSchemaV1_0": "CloudEventV10",
}

// failureOf describes a failed attempt.
func (r *Report) failureOf(t delivery.Attempted) Failure {
	m, o := t.Message, t.Outcome
	now := time.Now().UTC()
	schema := schemaNames[m.Event.Schema]
	if schema == "" {
		schema = m.Event.Schema
	}
	state := "FilteredFailingDelivery"
	if t.CircuitOpen {
		state = "Probation"
	}
	var b strings.Builder
	for _, pair := range [...][2]string{
		{"outcome", Name(o)},
		{"latencyInMs", fmt.Sprint(o.Latency.Milliseconds())},
		{"id", m.ID},
		{"systemId", fmt.Sprintf("%s/%d", m.Group, t.Sequence)},
		{"state", state},
		{"deliveryTime", now.Format(azureTime)},
		{"deliveryCount", fmt.Sprint(max(o.Attempt-1, 0))},
		{"probationCount", fmt.Sprint(t.CircuitOpened)},
		{"deliverySchema", schema},
		{"eventSubscriptionDeliverySchema", schema},
		{"publishTime", t.Posted.UTC().Format(azureTime)},
		{"eventTime", m.Event.Time.UTC().Format(azureTime)},
		{"eventType", m.Event.Type},
		{"inputSchema", "EventGridEvent"},
		{"size", fmt.Sprint(t.Size)},
		{"url", history.MaskURL(m.URL)},
		{"deliveryResponse", responseOf(o)},
	} {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(pair[0] + "=" + pair[1])
	}
	return Failure{
		Time: now, Subscription: m.Event.Subscription, Category: "DeliveryFailures", Operation: "Deliver",
		Message: b.String(), ResourceID: r.resource,
	}
}

// responseOf is the answer in words: its status and first bytes, or the error.
func responseOf(o delivery.Outcome) string {
	if o.Status == 0 {
		if o.Err == nil {
			return ""
		}
		return o.Err.Error()
	}
	return fmt.Sprintf("%d: %s", o.Status, strings.ToValidUTF8(string(o.Answer), "\uFFFD"))
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

// defaultLimit is how many failures a query without a limit gets.
const defaultLimit = 100

// Failures returns the newest failed attempts that a query selects, newest
// first.
func (r *Report) Failures(q FailureQuery) []Failure {
	return r.failures.Find(q.matches, cmp.Or(q.Limit, defaultLimit))
}
