package phonenumbers

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

// inventory is every number of the configuration and who has it. Reading it
// waits for no disk. Changes come one at a time, under API.change.
type inventory struct {
	stored *store.Collection[ownership]

	mu      sync.RWMutex
	byPhone map[string]*number // guarded, with what it points to
	order   []*number          // by phone; the list itself never changes
}

// openInventory lays what is stored over the configured numbers. Stored numbers
// that are not configured any more are left out.
func openInventory(ctx context.Context, cfg Config, first time.Time) (*inventory, error) {
	stored, err := store.NewCollection(cfg.Store, storedNumbers)
	if err != nil {
		return nil, err
	}
	v := &inventory{stored: stored, byPhone: make(map[string]*number)}
	add := func(phones []string, owned bool) {
		for _, phone := range phones {
			if v.byPhone[phone] != nil {
				continue
			}
			n := &number{phone: phone, ownership: ownership{Owned: owned, Calling: capableBoth, Assignment: forApplication}}
			if owned {
				n.Since = first
			}
			n.country, n.kind = plan().locate(phone)
			v.byPhone[phone] = n
			v.order = append(v.order, n)
		}
	}
	add(cfg.Owned, true)
	add(cfg.Available, false)
	slices.SortFunc(v.order, func(a, b *number) int { return strings.Compare(a.phone, b.phone) })
	for item, err := range stored.All(ctx) {
		if err != nil {
			stored.Close()
			return nil, err
		}
		if n := v.byPhone[item.ID]; n != nil {
			n.ownership = item.Value
		}
	}
	return v, nil
}

// find returns a copy of a number that is ours, or the refusal of the real
// service.
func (v *inventory) find(phone string) (number, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if n := v.byPhone[phone]; n != nil && n.Owned {
		return *n, nil
	}
	return number{}, notFound("phoneNumber", phone)
}

// owns reports whether a number is ours.
func (v *inventory) owns(phone string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	n := v.byPhone[phone]
	return n != nil && n.Owned
}

// list copies the numbers that pass, in their order.
func (v *inventory) list(pass func(*number) bool) []number { return v.first(len(v.order), pass) }

// first copies the first numbers that pass, as many as most.
func (v *inventory) first(most int, pass func(*number) bool) (found []number) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, n := range v.order {
		if len(found) == most {
			break
		}
		if pass(n) {
			found = append(found, *n)
		}
	}
	return found
}

// setHold reserves free numbers for a search or a reservation; the zero hold ends
// that.
func (v *inventory) setHold(phones []string, by hold) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, phone := range phones {
		if n := v.byPhone[phone]; n != nil {
			n.hold = by
		}
	}
}

// releaseHolds ends what a search or a reservation holds.
func (v *inventory) releaseHolds(id string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, n := range v.order {
		if n.hold.by == id {
			n.hold = hold{}
		}
	}
}

// change stores what a number becomes, and then shows it. Doing it twice is as
// doing it once.
func (v *inventory) change(ctx context.Context, phone string, becomes func(*ownership)) error {
	v.mu.RLock()
	n := v.byPhone[phone]
	v.mu.RUnlock()
	if n == nil {
		return fault.NotFound("%s is not in the inventory any more", phone)
	}
	next := n.ownership // only changes write it, and they wait for each other
	becomes(&next)
	if err := v.stored.Put(ctx, phone, next); err != nil {
		return fmt.Errorf("keep what %s has become: %w", phone, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	n.ownership = next
	if next.Owned {
		n.hold = hold{}
	}
	return nil
}

// purchase makes a number ours.
func (v *inventory) purchase(ctx context.Context, phone string, at time.Time, calling, assignment string) error {
	return v.change(ctx, phone, func(o *ownership) {
		if !o.Owned {
			*o = ownership{true, at, cmp.Or(calling, capableBoth), cmp.Or(assignment, forApplication)}
		}
	})
}

// release gives a number back.
func (v *inventory) release(ctx context.Context, phone string) error {
	return v.change(ctx, phone, func(o *ownership) {
		*o = ownership{Calling: capableBoth, Assignment: forApplication}
	})
}

// known returns a copy of a number of the inventory, whoever has it; nil where
// the configuration does not name it.
func (v *inventory) known(phone string) *number {
	v.mu.RLock()
	defer v.mu.RUnlock()
	n := v.byPhone[phone]
	if n == nil {
		return nil
	}
	found := *n
	return &found
}
