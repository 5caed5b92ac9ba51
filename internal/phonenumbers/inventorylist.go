package phonenumbers

import "time"

// Known is a number of the inventory, for who operates the server.
type Known struct {
	Number     string    `json:"number"`
	Owned      bool      `json:"owned"`
	Calling    string    `json:"calling"`    // capability: none, inbound, outbound, inbound+outbound
	Assignment string    `json:"assignment"` // person or application
	Since      time.Time `json:"since,omitzero"`
	HeldBy     string    `json:"heldBy,omitempty"` // the search or reservation that keeps it
	HeldUntil  time.Time `json:"heldUntil,omitzero"`
}

// Inventory lists all numbers, in their order.
func (a *API) Inventory() []Known {
	now := time.Now()
	list := []Known{}
	for _, n := range a.inventory.list(func(*number) bool { return true }) {
		known := Known{Number: n.phone, Owned: n.Owned, Calling: n.Calling, Assignment: n.Assignment, Since: n.Since}
		if n.hold.until.After(now) {
			known.HeldBy, known.HeldUntil = n.hold.by, n.hold.until
		}
		list = append(list, known)
	}
	return list
}
