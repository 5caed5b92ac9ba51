package phonenumbers

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/fault"
)

// The states of an operation: notStarted → running → succeeded or failed. Ours
// are running once they are stored, and mostly over before their client asks.
const (
	running   = "running"
	succeeded = "succeeded"
	failed    = "failed"
)

// kind is what an operation is, and what its ids look like.
type kind struct{ name, prefix, header string }

var (
	searching  = kind{"search", "search_", "Search-Id"}
	purchasing = kind{"purchase", "purchase_", "Purchase-Id"}
	releasing  = kind{"releasePhoneNumber", "release_", "Release-Id"}
	updating   = kind{"updatePhoneNumberCapabilities", "capabilities_", "Capabilities-Id"}
	reserved   = kind{"reservationPurchase", "reservationpurchase_", "Reservation-Purchase-Id"}
)

// operation is accepted work, as it is stored. Work that a crash has cut off is
// finished at the next start, by its plan.
type operation struct {
	Type     string    `json:"type"`
	Status   string    `json:"status"`
	Created  time.Time `json:"created"`
	Acted    time.Time `json:"acted"`
	Resource string    `json:"resource,omitempty"` // path of what it makes or changes
	Failure  *failure  `json:"failure,omitempty"`
	Plan     task      `json:"plan,omitzero"`
}

// task is what an operation has to do. Each part can be done twice.
type task struct {
	Release string `json:"release,omitempty"` // a number
	Update  string `json:"update,omitempty"`  // a number whose capability becomes Calling
	Calling string `json:"calling,omitempty"`

	Search      string `json:"search,omitempty"`      // whose numbers it purchases
	Reservation string `json:"reservation,omitempty"` // likewise
}

// failure is why an operation failed, as the API shows it.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// begin accepts an operation: it is stored, done and stored as done, and the
// headers tell the client where to ask for it. plain is the id without prefix.
// The caller holds a.change.
func (a *API) begin(w http.ResponseWriter, r *http.Request, k kind, plain string, o operation) error {
	id := k.prefix + plain
	o.Type, o.Created, o.Acted = k.name, a.cfg.Now().UTC(), a.cfg.Now().UTC()
	if o.Failure == nil {
		o.Status = running
	} else {
		o.Status = failed
	}
	// What is accepted is finished, whether or not the client stays.
	ctx := context.WithoutCancel(r.Context())
	if err := a.operations.Put(ctx, id, o); err != nil {
		return err
	}
	if err := a.finish(ctx, id, o); err != nil {
		return err
	}
	a.writeOperationHeaders(w, r, k, plain, o.Resource)
	return nil
}

// writeOperationHeaders sets the headers of an accepted operation.
func (a *API) writeOperationHeaders(w http.ResponseWriter, r *http.Request, k kind, plain, resource string) {
	h := w.Header()
	h.Set("Operation-Location", link(r, "/phoneNumbers/operations/"+k.prefix+plain))
	h.Set("Operation-Id", k.prefix+plain)
	h.Set(k.header, plain)
	if resource != "" {
		h.Set("Location", link(r, resource))
	}
	h.Set("Access-Control-Expose-Headers", "Location,Operation-Location,operation-id,"+k.header)
}

// finish does what an operation has to do and stores how it ended.
func (a *API) finish(ctx context.Context, id string, o operation) error {
	if o.Status != running {
		return nil
	}
	err := a.execute(ctx, id, o)
	o.Status, o.Acted = succeeded, a.cfg.Now().UTC()
	if err != nil {
		if !fault.Is(err, fault.KindNotFound) {
			return err // it stays running, and the next start tries again
		}
		o.Status, o.Failure = failed, &failure{"NotFound", fault.Of(err).Message}
	}
	return a.operations.Put(ctx, id, o)
}

// execute does each part that a plan has.
func (a *API) execute(ctx context.Context, id string, o operation) error {
	plan := o.Plan
	if plan.Search != "" {
		if err := a.acquireFound(ctx, plan.Search, id, o.Created); err != nil {
			return err
		}
	}
	if plan.Reservation != "" {
		if err := a.acquireReserved(ctx, plan.Reservation, id, o.Created); err != nil {
			return err
		}
	}
	if plan.Release != "" {
		if err := a.inventory.release(ctx, plan.Release); err != nil {
			return err
		}
	}
	if plan.Update != "" {
		return a.inventory.change(ctx, plan.Update, func(n *ownership) { n.Calling = plan.Calling })
	}
	return nil
}

// finishOperations does what a process before this one left undone.
func (a *API) finishOperations(ctx context.Context) error {
	for item, err := range a.operations.All(ctx) {
		if err != nil {
			return err
		}
		if item.Value.Status == running {
			a.cfg.Log.Info("finishing an operation of the process before", "operation", item.ID)
		}
		if err := a.finish(ctx, item.ID, item.Value); err != nil {
			return err
		}
	}
	return nil
}

// newID is what operations and searches are called.
func newID() string { return uuid.NewString() }

// missing gives a store's NotFound the real service's words.
func missing(err error, what, name string) error {
	if fault.Is(err, fault.KindNotFound) {
		return notFound(what, name)
	}
	return err
}
