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
	storedFirstStart   = store.Define[firstStart]("phone-number-births", store.Convert(firstStartOf))
)

// firstStart is when the inventory began.
type firstStart struct {
	At time.Time `json:"at"`
}

// firstStartOf upgrades version 0, which was the time alone.
func firstStartOf(at time.Time) (firstStart, error) { return firstStart{at}, nil }
