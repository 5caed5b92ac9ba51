package phonenumbers

import (
	"net/http"
	"slices"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// maxChosen bounds how many numbers one request adds or lets go.
const maxChosen = 1000

// reservationPatch is a merge-patch of a reservation: numbers by their ids, null
// to let one go. Everything else in it is the server's.
type reservationPatch struct {
	Numbers rest.Patch[rest.Members[wantedNumber]] `json:"phoneNumbers"`
}

type wantedNumber struct {
	Assignment string `json:"assignmentType"`
}

// updateReservation makes a reservation or changes its numbers, and holds them
// anew. Numbers that cannot be had are told one by one, with 207.
func (a *API) updateReservation(w http.ResponseWriter, r *http.Request) error {
	id, err := reservationID(r)
	if err != nil {
		return err
	}
	asked, err := rest.DecodePatch[reservationPatch](r)
	if err != nil {
		return err
	}
	if len(asked.Numbers.Value) > maxChosen {
		return rest.Field("phoneNumbers", fault.Invalid("a reservation is changed by at most %d numbers at a time, not %d", maxChosen, len(asked.Numbers.Value)))
	}
	a.change.Lock()
	defer a.change.Unlock()
	v, err := a.reservations.Get(r.Context(), id)
	status := http.StatusOK
	now := a.cfg.Now().UTC()
	switch {
	case fault.Is(err, fault.KindNotFound):
		status = http.StatusCreated
	case err != nil:
		return err
	case v.statusAt(now) != active:
		return fault.Conflict("Reservation %s is %s; it cannot be changed.", id, v.statusAt(now)).WithCode("ReservationNotActive")
	}
	before := v.phones()
	refused := a.choose(id, &v, asked)
	v.Expires = now.Add(holdTime)
	if err := a.reservations.Put(r.Context(), id, v); err != nil {
		return err
	}
	a.inventory.setHold(before, hold{})
	a.inventory.setHold(v.phones(), hold{id, v.Expires})
	shown := a.wireReservation(id, v)
	for _, bad := range refused {
		shown.Numbers[bad.ID] = bad
		status = http.StatusMultiStatus
	}
	return rest.WriteJSON(w, status, shown)
}

// choose applies a patch to a reservation and returns the numbers that cannot be
// had.
func (a *API) choose(id string, v *reservation, asked reservationPatch) (refused []availableNumber) {
	now := a.cfg.Now()
	v.Numbers = slices.Clone(v.Numbers)
	if asked.Numbers.Null {
		v.Numbers = nil
	}
	for _, member := range asked.Numbers.Value {
		phone := "+" + member.Name
		at := slices.IndexFunc(v.Numbers, func(c chosen) bool { return c.Phone == phone })
		if member.Null {
			if at >= 0 {
				v.Numbers = slices.Delete(v.Numbers, at, at+1)
			}
			continue
		}
		n := a.inventory.known(phone)
		if n == nil {
			refused = append(refused, availableNumber{ID: member.Name, Phone: phone, Country: nowhere.iso, Kind: geographic, Assignment: forApplication,
				Capabilities: capabilities{capableNone, capableNone}, Cost: free, Status: statusError,
				Error: &failure{"NotFound", "The inventory has no such number."}})
			continue
		}
		if at < 0 && !n.freeFor(id, now) {
			bad := n.available(statusError)
			bad.Error = &failure{"NumberNotAvailable", "The number is owned or reserved already."}
			refused = append(refused, bad)
			continue
		}
		if at < 0 {
			at = len(v.Numbers)
			v.Numbers = append(v.Numbers, chosen{Phone: phone})
		}
		if checkAssignment(member.Value.Assignment, true) == nil {
			v.Numbers[at].Assignment = member.Value.Assignment
		}
	}
	return refused
}
