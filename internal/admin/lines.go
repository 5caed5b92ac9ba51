package admin

import (
	"net/http"
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/testline"
	"github.com/switchhook/switchhook/internal/trunk"
)

// linesPath is where users are made to stand in for phone numbers, to try an
// application without a phone.
const linesPath = "/admin/lines"

func (a *API) lineRoutes(rt *rest.Router) {
	rt.Handle(http.MethodGet, linesPath, a.listLines)
	rt.Handle(http.MethodPut, linesPath+"/{number}", a.putLine)
	rt.Handle(http.MethodDelete, linesPath+"/{number}", a.removeLine, rest.Success(http.StatusNoContent))
}

// Line is a phone number elsewhere that a user stands in for.
type Line struct {
	Number  string    `json:"number"`
	User    string    `json:"user"` // raw id
	Expires time.Time `json:"expiresOn"`
}

func lineOf(l testline.Line) Line {
	return Line{l.Number, l.User.Raw(), l.Until.UTC().Truncate(time.Second)}
}

func (a *API) listLines(w http.ResponseWriter, _ *http.Request) error {
	list := listOf[Line]{[]Line{}}
	for _, l := range a.Lines.List() {
		list.Value = append(list.Value, lineOf(l))
	}
	return rest.WriteJSON(w, http.StatusOK, list)
}

// putLine answers PUT /admin/lines/{number} with {"user": RAWID}.
func (a *API) putLine(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[Line](r)
	if err != nil {
		return err
	}
	number, err := a.lineNumber(r)
	if err != nil {
		return err
	}
	if err := a.mayStandIn(number); err != nil {
		return err
	}
	user, err := a.user(r, "user", body.User)
	if err != nil {
		return err
	}
	put := a.Lines.Put(number.Number(), user)
	a.Log.Info("a user stands in for a phone number", "number", put.Number, "user", user, "until", put.Until, "by", issuer(r))
	return rest.WriteJSON(w, http.StatusOK, lineOf(put))
}

func (a *API) lineNumber(r *http.Request) (identifier.ID, error) {
	number, err := identifier.Phone(r.PathValue("number"))
	if err != nil || !number.IsDialable() {
		return number, fault.Invalid("%.40q is not a phone number such as +15557770001", r.PathValue("number"))
	}
	return a.Permits.Normal(number), nil
}

// mayStandIn refuses numbers whose calls belong to somebody else: ours, emergency
// services', and those that a trunk would lead to another machine.
func (a *API) mayStandIn(number identifier.ID) error {
	switch {
	case a.Numbers.Owns(number.Number()):
		return fault.Conflict("%s is a number of this resource: applications answer it", number.Number())
	case a.Permits.IsEmergency(number):
		return fault.Forbidden("%s is an emergency number", number.Number())
	}
	trunks, _ := a.Trunks.Route(number.Number()) // without a route a call to it would fail
	for _, t := range trunks {
		if !onThisMachine(t) {
			return fault.Conflict("calls to %s go over the trunk %s, to another machine: choose a number that no such trunk takes", number.Number(), t.Name)
		}
	}
	return nil
}

// onThisMachine reports whether a trunk leads to a phone on this machine, as the
// loopback trunk does.
func onThisMachine(t *trunk.Trunk) bool {
	address, err := netip.ParseAddr(t.Host)
	return err == nil && address.IsLoopback() || t.Host == "localhost"
}

// user reads the raw id of a user that exists.
func (a *API) user(r *http.Request, field, raw string) (identifier.ID, error) {
	id, err := identifier.Parse(raw)
	if err != nil || id.Resource() != a.Resource.ID {
		return id, rest.Field(field, fault.Invalid("%.100q is not a user of this resource, such as 8:acs:%s_{user}", raw, a.Resource.ID))
	}
	exists, err := a.Identities.Exists(r.Context(), id)
	if err == nil && !exists {
		err = fault.NotFound("%s does not exist: an application creates identities, or `switchhook identity import`", id).WithCode("IdentityNotFound")
	}
	return id, err
}

func (a *API) removeLine(w http.ResponseWriter, r *http.Request) error {
	number, err := a.lineNumber(r)
	if err != nil {
		return err
	}
	if !a.Lines.Remove(number.Number()) {
		return fault.NotFound("nobody stands in for %s", number.Number()).WithCode("LineNotFound")
	}
	a.Log.Info("a user stands in for a phone number no more", "number", number.Number(), "by", issuer(r))
	w.WriteHeader(http.StatusNoContent)
	return nil
}
