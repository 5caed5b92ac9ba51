package phonenumbers

import (
	"net/http"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// Bounds of an answer, and of what all free numbers are compared with.
const (
	maxBrowsed  = 100 // numbers
	maxPrefixes = 1000
)

// Statuses of a number that is not ours, in the API's words.
const (
	statusAvailable = "available"
	statusReserved  = "reserved"
	statusExpired   = "expired"
	statusError     = "error"
	statusPurchased = "purchased"
)

// availableNumber is a number that could be ours, on the wire.
type availableNumber struct {
	ID           string       `json:"id"`
	Country      string       `json:"countryCode"`
	Phone        string       `json:"phoneNumber"`
	Capabilities capabilities `json:"capabilities"`
	Kind         string       `json:"phoneNumberType"`
	Assignment   string       `json:"assignmentType"`
	Cost         cost         `json:"cost"`
	Status       string       `json:"status"`
	NotResell    bool         `json:"isAgreementToNotResellRequired"`
	Error        *failure     `json:"error,omitempty"`
}

func (n *number) available(status string) availableNumber {
	return availableNumber{
		ID: n.id(), Country: n.country.iso, Phone: n.phone, Capabilities: capabilities{capableBoth, capableNone},
		Kind: n.kind, Assignment: forApplication, Cost: free, Status: status,
	}
}

type browseRequest struct {
	Kind         string           `json:"phoneNumberType"`
	Capabilities capabilitiesText `json:"capabilities"`
	Assignment   string           `json:"assignmentType"`
	Prefixes     []string         `json:"phoneNumberPrefixes"`
}

// browse shows free numbers without holding them.
func (a *API) browse(w http.ResponseWriter, r *http.Request) error {
	c, err := countryInPath(r)
	if err != nil {
		return err
	}
	asked, err := rest.Decode[browseRequest](r)
	if err != nil {
		return err
	}
	if err := firstError(checkKind(asked.Kind, false), checkAssignment(asked.Assignment, true), asked.Capabilities.check()); err != nil {
		return err
	}
	if len(asked.Prefixes) > maxPrefixes {
		return rest.Field("phoneNumberPrefixes", fault.Invalid("phoneNumberPrefixes has %d prefixes; at most %d are compared", len(asked.Prefixes), maxPrefixes))
	}
	found := []availableNumber{}
	now := a.cfg.Now()
	numbers := a.inventory.first(maxBrowsed, func(n *number) bool {
		return inCountry(c, asked.Kind)(n) && n.freeFor("", now) && n.beginsWith(asked.Prefixes)
	})
	if asked.Capabilities.wantsSMS() {
		numbers = nil
	}
	for _, n := range numbers {
		shown := n.available(statusAvailable)
		if asked.Assignment != "" {
			shown.Assignment = asked.Assignment
		}
		found = append(found, shown)
	}
	return rest.WriteJSON(w, http.StatusOK, struct {
		Numbers []availableNumber `json:"phoneNumbers"`
	}{found})
}

// beginsWith reports whether a number begins with one of the prefixes, with its
// country's code or without; none lets every number pass.
func (n *number) beginsWith(prefixes []string) bool {
	return len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(prefix string) bool {
		return strings.HasPrefix(n.phone, prefix) || strings.HasPrefix(n.national(), prefix)
	})
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
