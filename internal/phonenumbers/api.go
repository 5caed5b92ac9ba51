package phonenumbers

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

// Config is what an API needs. The numbers are in E.164 form.
type Config struct {
	Owned     []string         // numbers that are ours at first
	Available []string         // numbers that applications may purchase
	Store     store.Backend    // required
	Log       *slog.Logger     // nil: slog.Default()
	Now       func() time.Time // nil: time.Now
}

// API serves the phone numbers of one resource.
type API struct {
	cfg       Config
	inventory *inventory

	change       sync.Mutex // held during a change of the inventory
	searches     *store.Collection[search]
	reservations *store.Collection[reservation]
	operations   *store.Collection[operation]
	firstStarts  *store.Collection[firstStart]
	closers      []func()
}

// How long things are remembered, and how many of them.
const (
	searchMemory      = 24 * time.Hour
	reservationMemory = 24 * time.Hour
	operationMemory   = 7 * 24 * time.Hour
	maxRemembered     = 10_000
)

// New opens the inventory, and finishes what a process before this one had
// accepted. Close ends it.
func New(ctx context.Context, cfg Config) (*API, error) {
	cfg.Log = cmp.Or(cfg.Log, slog.Default())
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	a := &API{cfg: cfg}
	if err := a.open(ctx); err != nil {
		a.Close()
		return nil, fmt.Errorf("open the phone numbers: %w", err)
	}
	return a, nil
}

func (a *API) open(ctx context.Context) (err error) {
	if a.firstStarts, err = collection(a, storedFirstStart); err != nil {
		return err
	}
	if a.searches, err = collection(a, storedSearches, store.WithTTL(searchMemory), store.WithLimit(maxRemembered)); err != nil {
		return err
	}
	if a.reservations, err = collection(a, storedReservations, store.WithTTL(reservationMemory), store.WithLimit(maxRemembered)); err != nil {
		return err
	}
	if a.operations, err = collection(a, storedOperations, store.WithTTL(operationMemory), store.WithLimit(maxRemembered)); err != nil {
		return err
	}
	first, err := a.firstStart(ctx)
	if err != nil {
		return err
	}
	if a.inventory, err = openInventory(ctx, a.cfg, first); err != nil {
		return err
	}
	a.closers = append(a.closers, a.inventory.stored.Close)
	if err := a.restoreHolds(ctx); err != nil {
		return err
	}
	return a.finishOperations(ctx)
}

// collection opens one of the API's collections.
func collection[T any](a *API, schema store.Schema[T], opts ...store.Option) (*store.Collection[T], error) {
	c, err := store.NewCollection(a.cfg.Store, schema, opts...)
	if err == nil {
		a.closers = append(a.closers, c.Close)
	}
	return c, err
}

// firstStart is when this inventory began: the purchase date of numbers that
// were never purchased.
func (a *API) firstStart(ctx context.Context) (time.Time, error) {
	const id = "first-start"
	first, err := a.firstStarts.Get(ctx, id)
	if fault.Is(err, fault.KindNotFound) {
		first.At = a.cfg.Now().UTC()
		err = a.firstStarts.Put(ctx, id, first)
	}
	return first.At, err
}

// Close ends the collections. Call it before the store is closed.
func (a *API) Close() {
	for _, end := range a.closers {
		end()
	}
}

// Owns reports whether a number, in E.164 form, is ours now.
func (a *API) Owns(number string) bool { return a.inventory.owns(number) }

// Calls says which calls a number of ours may make and take.
func (a *API) Calls(number string) (outbound, inbound bool) {
	n, err := a.inventory.find(number)
	if err != nil {
		return false, false
	}
	both := n.Calling == capableBoth
	return both || n.Calling == capableOutbound, both || n.Calling == capableInbound
}

// Caller is the first number of ours that can make calls; "" where there is none.
func (a *API) Caller() string {
	for _, n := range a.inventory.list(func(n *number) bool { return n.Owned }) {
		if outbound, _ := a.Calls(n.phone); outbound {
			return n.phone
		}
	}
	return ""
}

// Register adds the routes of the API.
func (a *API) Register(rt *rest.Router) {
	const available = "/availablePhoneNumbers"
	const inCountry = available + "/countries/{countryCode}"
	const reservation = available + "/reservations/{reservationId}"
	accepted, deleted := rest.Success(http.StatusAccepted), rest.Success(http.StatusNoContent)

	rt.Handle(http.MethodGet, "/phoneNumbers", a.listOwned)
	rt.Handle(http.MethodGet, "/phoneNumbers/{phoneNumber}", a.getOwned)
	rt.Handle(http.MethodDelete, "/phoneNumbers/{phoneNumber}", a.release, accepted)
	rt.Handle(http.MethodPatch, "/phoneNumbers/{phoneNumber}/capabilities", a.updateCapabilities, accepted)
	rt.Handle(http.MethodGet, "/phoneNumbers/operations/{operationId}", a.getOperation)
	rt.Handle(http.MethodDelete, "/phoneNumbers/operations/{operationId}", a.cancelOperation, deleted)

	rt.Handle(http.MethodGet, available+"/countries", a.listCountries)
	rt.Handle(http.MethodGet, inCountry+"/areaCodes", a.listAreaCodes)
	rt.Handle(http.MethodGet, inCountry+"/localities", a.listLocalities)
	rt.Handle(http.MethodGet, inCountry+"/offerings", a.listOfferings)
	rt.Handle(http.MethodPost, inCountry+"/:browse", a.browse)
	rt.Handle(http.MethodPost, inCountry+"/:search", a.search, accepted)
	rt.Handle(http.MethodGet, available+"/searchResults/{searchId}", a.getSearch)
	rt.Handle(http.MethodPost, available+"/:purchase", a.purchase, accepted)

	rt.Handle(http.MethodGet, available+"/reservations", a.listReservations)
	rt.Handle(http.MethodGet, reservation, a.getReservation)
	rt.Handle(http.MethodPatch, reservation, a.updateReservation, rest.Success(http.StatusOK, http.StatusCreated, http.StatusMultiStatus))
	rt.Handle(http.MethodDelete, reservation, a.deleteReservation, deleted)
	rt.Handle(http.MethodPost, reservation+"/:purchase", a.purchaseReservation, accepted)

	rt.Handle(http.MethodPost, "/operatorInformation/:search", a.searchOperator)
}

// notFound is the real service's refusal of a name that it does not know.
func notFound(what, name string) error {
	return fault.NotFound("Input %s %.100s cannot be found.", what, name)
}
