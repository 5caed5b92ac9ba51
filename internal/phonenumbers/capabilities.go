package phonenumbers

import (
	"net/http"
	"slices"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// capabilitiesText is what a client asks of a number; "" asks for nothing.
type capabilitiesText struct {
	Calling string `json:"calling"`
	SMS     string `json:"sms"`
}

// check asks for words of the API.
func (c capabilitiesText) check() error {
	known := []string{"", capableNone, capableInbound, capableOutbound, capableBoth}
	if !slices.Contains(known, c.Calling) {
		return rest.Field("calling", fault.Invalid("calling can be none, inbound, outbound and inbound+outbound, not %.50q", c.Calling))
	}
	if !slices.Contains(known, c.SMS) {
		return rest.Field("sms", fault.Invalid("sms can be none, inbound, outbound and inbound+outbound, not %.50q", c.SMS))
	}
	return nil
}

// wantsSMS reports whether messages are asked for, which no number here has.
func (c capabilitiesText) wantsSMS() bool { return c.SMS != "" && c.SMS != capableNone }

// errNotOwned is the real service's refusal to change what is no number of the resource. To
// read it is 404.
var errNotOwned = rest.Field("phonenumber", fault.Forbidden("Phone number not owned by this resource.").WithCode("InsufficientPermissions"))

// updateCapabilities changes what one of our numbers is for.
func (a *API) updateCapabilities(w http.ResponseWriter, r *http.Request) error {
	a.change.Lock()
	defer a.change.Unlock()
	n, err := a.ownedInPath(r)
	if fault.Is(err, fault.KindNotFound) {
		return errNotOwned
	}
	if err != nil {
		return err
	}
	asked, err := rest.DecodePatch[struct {
		Calling rest.Patch[string] `json:"calling"`
		SMS     rest.Patch[string] `json:"sms"`
	}](r)
	if err != nil {
		return err
	}
	wanted := capabilitiesText{asked.Calling.Value, asked.SMS.Value}
	if err := wanted.check(); err != nil {
		return err
	}
	if wanted.wantsSMS() {
		return noPlan("no number of this server has SMS")
	}
	if wanted.Calling == "" {
		wanted.Calling = n.Calling
	}
	id := newID()
	err = a.begin(w, r, updating, id, operation{
		Resource: "/phoneNumbers/" + n.phone,
		Plan:     task{Update: n.phone, Calling: wanted.Calling},
	})
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusAccepted, map[string]string{"capabilitiesUpdateId": id})
}

// noPlan refuses what no number of the inventory is for, in the real service's
// inner words and with ours.
func noPlan(why string) error {
	return rest.Inner("BadRequest", "We are unable to find phone plans to match your requested capabilities.",
		fault.Invalid("The request asks for what the inventory does not have: %s.", why).WithCode("BadRequest"))
}
