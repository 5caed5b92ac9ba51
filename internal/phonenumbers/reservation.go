package phonenumbers

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// States of a reservation: active → completed by its purchase, or expired. The
// API's fourth, submitted, is of a purchase that goes on; ours are over at once.
const (
	active    = "active"
	completed = "completed"
	expired   = "expired"
)

// reservation is what a client has chosen number by number.
type reservation struct {
	Numbers  []chosen  `json:"numbers"`
	Expires  time.Time `json:"expires"`
	Purchase string    `json:"purchase,omitempty"` // plain id of the operation that purchased it
}

// chosen is a number of a reservation.
type chosen struct {
	Phone      string `json:"phone"`
	Assignment string `json:"assignment,omitempty"`
}

func (v reservation) statusAt(now time.Time) string {
	switch {
	case v.Purchase != "":
		return completed
	case !v.Expires.After(now):
		return expired
	}
	return active
}

func (v reservation) phones() (list []string) {
	for _, c := range v.Numbers {
		list = append(list, c.Phone)
	}
	return list
}

// wireReservation is a reservation as the API shows it.
type wireReservation struct {
	ID      string                     `json:"id"`
	Expires string                     `json:"expiresAt"`
	Numbers map[string]availableNumber `json:"phoneNumbers,omitzero"` // nil in a list of reservations
	Status  string                     `json:"status"`
}

func (a *API) wireReservation(id string, v reservation) wireReservation {
	status := v.statusAt(a.cfg.Now())
	shown := wireReservation{ID: id, Expires: wireTime(v.Expires), Numbers: map[string]availableNumber{}, Status: status}
	of := map[string]string{active: statusReserved, completed: statusPurchased, expired: statusExpired}[status]
	for _, c := range v.Numbers {
		n := a.inventory.known(c.Phone)
		if n == nil {
			continue // the configuration has it no more
		}
		each := n.available(of)
		if c.Assignment != "" {
			each.Assignment = c.Assignment
		}
		shown.Numbers[each.ID] = each
	}
	return shown
}

// listReservations answers with the reservations that are remembered, without
// their numbers, as the real service does.
func (a *API) listReservations(w http.ResponseWriter, r *http.Request) error {
	var all []wireReservation
	for item, err := range a.reservations.All(r.Context()) {
		if err != nil {
			return err
		}
		all = append(all, wireReservation{ID: item.ID, Expires: wireTime(item.Value.Expires), Status: item.Value.statusAt(a.cfg.Now())})
	}
	part, next, err := pageOf(r, "maxPageSize", all)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, struct {
		Reservations []wireReservation `json:"reservations"`
		Next         string            `json:"nextLink,omitempty"`
	}{append([]wireReservation{}, part...), next})
}

// getReservation answers with a reservation and its numbers.
func (a *API) getReservation(w http.ResponseWriter, r *http.Request) error {
	id, v, err := a.reservation(r)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, a.wireReservation(id, v))
}

// deleteReservation lets the numbers go.
func (a *API) deleteReservation(_ http.ResponseWriter, r *http.Request) error {
	a.change.Lock()
	defer a.change.Unlock()
	id, _, err := a.reservation(r)
	if err != nil {
		return err
	}
	if err := a.reservations.Delete(r.Context(), id); err != nil {
		return missing(err, "reservationId", id)
	}
	a.inventory.releaseHolds(id)
	return nil
}

// purchaseReservation makes the numbers of a reservation ours. Asked again, it
// names the same operation.
func (a *API) purchaseReservation(w http.ResponseWriter, r *http.Request) error {
	a.change.Lock()
	defer a.change.Unlock()
	id, v, err := a.reservation(r)
	if err != nil {
		return err
	}
	switch v.statusAt(a.cfg.Now()) {
	case completed:
		a.writeOperationHeaders(w, r, reserved, v.Purchase, "")
		return nil
	case expired:
		return fault.Conflict("Reservation %s expired at %s.", id, wireTime(v.Expires)).WithCode("ReservationExpired")
	}
	if len(v.Numbers) == 0 {
		return fault.Conflict("Reservation %s has no numbers.", id).WithCode("ReservationEmpty")
	}
	return a.begin(w, r, reserved, newID(), operation{Plan: task{Reservation: id}})
}

// acquireReserved makes the numbers of a reservation ours and notes the
// operation that has done it.
func (a *API) acquireReserved(ctx context.Context, id, operation string, at time.Time) error {
	v, err := a.reservations.Get(ctx, id)
	if err != nil {
		return missing(err, "reservationId", id)
	}
	for _, c := range v.Numbers {
		if err := a.inventory.purchase(ctx, c.Phone, at, capableBoth, c.Assignment); err != nil {
			return err
		}
	}
	v.Purchase = strings.TrimPrefix(operation, reserved.prefix)
	return a.reservations.Put(ctx, id, v)
}

// reservation is the one that a path names.
func (a *API) reservation(r *http.Request) (id string, v reservation, err error) {
	if id, err = reservationID(r); err != nil {
		return "", v, err
	}
	v, err = a.reservations.Get(r.Context(), id)
	return id, v, missing(err, "reservationId", id)
}

func reservationID(r *http.Request) (string, error) {
	id, err := uuid.Parse(r.PathValue("reservationId"))
	if err != nil {
		return "", rest.Field("reservationId", fault.Invalid("reservationId must be a UUID, not %.100q", r.PathValue("reservationId")))
	}
	return id.String(), nil
}
