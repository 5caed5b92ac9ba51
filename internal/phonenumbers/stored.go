package phonenumbers

import (
	"time"

	"github.com/switchhook/switchhook/internal/store"
)

// How everything is stored: numbers that were changed by their E.164 form, the rest
// by its id.
var (
	storedNumbers      = store.Define[ownership]("phone-numbers", store.Unchanged)
	storedSearches     = store.Define[search]("phone-number-searches", store.Unchanged)
	storedReservations = store.Define[reservation]("phone-number-reservations", store.Unchanged)
	storedOperations   = store.Define[operation]("phone-number-operations", store.Unchanged)
	storedBirth        = store.Define[birth]("phone-number-births", store.Convert(birthOf))
)

// birth is when the inventory began.
type birth struct {
	At time.Time `json:"at"`
}

// birthOf upgrades version 0, which was the time alone.
func birthOf(at time.Time) (birth, error) { return birth{at}, nil }
