package resource

import "github.com/switchhook/switchhook/internal/auth"

// Outdates tells which setting has a key that no longer is the one of a slot, so that the next
// start would be refused; "" if none has.
func (i Identity) Outdates(slot auth.Slot, now auth.Key) (setting string) {
	given, setting := i.Key1, "key1"
	if slot == auth.Secondary {
		given, setting = i.Key2, "key2"
	}
	if given.ID() == "" || given.ID() == now.ID() {
		return ""
	}
	return setting
}

// Outdated is Identity.Outdates of the settings of this start.
func (r *Resource) Outdated(slot auth.Slot) (setting string) {
	return r.given.Outdates(slot, r.Keys.Get(slot))
}
