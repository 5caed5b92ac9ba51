package eventgrid

import (
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/fault"
)

// Bounds and defaults of output batching (Event Grid, "Message delivery and
// retry"). The official SDKs send the defaults with every webhook, although
// nobody asked for batches: they mean one event a request.
const (
	eventsPerBatchDefault = 1
	batchSizeDefault      = 64
	maxEventsPerBatch     = 5000
	maxBatchSize          = 1024 // kB
)

// Batch is how many events a webhook takes in one request. The zero Batch takes
// one.
type Batch struct {
	MaxEvents   int `json:"maxEvents"`
	PreferredKB int `json:"preferredKilobytes"`
}

// batch checks what a webhook asks for; either member turns batching on.
func (r webhookRequest) batch() (Batch, error) {
	b := Batch{MaxEvents: maxEventsPerBatch, PreferredKB: batchSizeDefault}
	if n := r.MaxEventsPerBatch; n != nil {
		if *n < 1 || *n > maxEventsPerBatch {
			return Batch{}, fault.Invalid("maxEventsPerBatch is %d; it must be 1 to %d", *n, maxEventsPerBatch)
		}
		b.MaxEvents = *n
	}
	if n := r.PreferredBatchSize; n != nil {
		if *n < 1 || *n > maxBatchSize {
			return Batch{}, fault.Invalid("preferredBatchSizeInKilobytes is %d; it must be 1 to %d", *n, maxBatchSize)
		}
		b.PreferredKB = *n
	}
	if r.MaxEventsPerBatch == nil && (r.PreferredBatchSize == nil || *r.PreferredBatchSize == batchSizeDefault) || b.MaxEvents == 1 {
		return Batch{}, nil
	}
	return b, nil
}

// on reports whether several events may come together.
func (b Batch) on() bool { return b.MaxEvents > 1 }

// of tells the delivery engine which events go together.
func (b Batch) of(label string) delivery.Batch {
	if !b.on() {
		return delivery.Batch{}
	}
	return delivery.Batch{Key: label, MaxEvents: b.MaxEvents, PreferredKB: b.PreferredKB}
}

// shown is the batch as an answer names it.
func (b Batch) shown() Batch {
	if !b.on() {
		return Batch{eventsPerBatchDefault, batchSizeDefault}
	}
	return b
}
