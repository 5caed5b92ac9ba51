package insight

import (
	"context"
	"time"
)

// API answers the questions of administrators, of the console and of tests.
type API struct {
	Hub       *Hub
	Webhooks  Webhooks        // nil: what concerns deliveries is not offered
	Callbacks string          // the delivery policy of callbacks
	Sinks     *Sinks          // nil: none is offered
	NoSound   bool            // the sound of calls is not captured
	Stopping  context.Context // ends when answers that go on must end
}

// AttemptView is an attempt in a list.
type AttemptView struct {
	At time.Time `json:"at"`
	DeliveryDetail
	Call string `json:"call,omitempty"` // id of the call, of a callback
}
