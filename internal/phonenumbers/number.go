package phonenumbers

import (
	"strings"
	"time"
)

// What calls a number can be for, in the API's words.
const (
	capableNone     = "none"
	capableInbound  = "inbound"
	capableOutbound = "outbound"
	capableBoth     = "inbound+outbound"
)

// Who a number is assigned to.
const (
	forPerson      = "person"
	forApplication = "application"
)

// number is a phone number of the inventory.
type number struct {
	phone   string // E.164
	country country
	kind    string // geographic, tollFree, mobile
	ownership
	hold hold
}

// ownership is what is stored of a number once it has been purchased, released
// or changed.
type ownership struct {
	Owned      bool      `json:"owned"`
	Since      time.Time `json:"since,omitzero"`
	Calling    string    `json:"calling,omitempty"` // capability
	Assignment string    `json:"assignment,omitempty"`
}

// hold is the temporary reservation of a free number by a search or a reservation.
type hold struct {
	by    string // its id
	until time.Time
}

// id is the number's id in the API: its digits.
func (n *number) id() string { return strings.TrimPrefix(n.phone, "+") }

// national is the number without its country's code.
func (n *number) national() string { return strings.TrimPrefix(n.id(), n.country.code) }

// areaCode is the number's area where the plan has areas of one length: that of
// code 1 does, others are not told apart.
func (n *number) areaCode() string {
	if n.country.code == "1" && len(n.national()) == 10 {
		return n.national()[:3]
	}
	return ""
}

// freeFor reports whether a number can be purchased by whoever the id names, or
// by anybody for "".
func (n *number) freeFor(id string, now time.Time) bool {
	return !n.Owned && (n.hold.by == id && id != "" || !n.hold.until.After(now))
}

// capabilities are a number's on the wire. There is no SMS.
type capabilities struct {
	Calling string `json:"calling"`
	SMS     string `json:"sms"`
}

// cost is a number's price: none, since nobody sells it.
type cost struct {
	Amount    float64 `json:"amount"`
	Currency  string  `json:"currencyCode"`
	Frequency string  `json:"billingFrequency"`
}

var free = cost{0, "USD", "monthly"}

// timeFormat is how the real service writes times.
const timeFormat = "2006-01-02T15:04:05.0000000-07:00"

func wireTime(t time.Time) string { return t.UTC().Format(timeFormat) }
