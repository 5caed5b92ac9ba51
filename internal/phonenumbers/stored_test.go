package phonenumbers

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/store/storetest"
)

func TestStoredFormat(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC)
	storetest.Golden(t, storedNumbers, ownership{Owned: true, Since: at, Calling: capableOutbound, Assignment: forApplication})
	storetest.Golden(t, storedSearches, search{
		Numbers: []string{"+14255550101"}, Kind: geographic, Assignment: forApplication, Calling: capableBoth, Expires: at, Purchase: "9cba800d",
	})
	storetest.Golden(t, storedReservations, reservation{
		Numbers: []chosen{{Phone: "+14255550104", Assignment: forApplication}}, Expires: at, Purchase: "9cba800d",
	})
	storetest.Golden(t, storedOperations, operation{
		Type: purchasing.name, Status: failed, Created: at, Acted: at.Add(time.Second), Resource: "/phoneNumbers/+14255550101",
		Failure: &failure{Code: "NotFound", Message: "The inventory has no such number."},
		Plan:    task{Release: "+14255550101", Update: "+14255550102", Calling: capableInbound, Search: "e33656a4", Reservation: "6b5d9cd9"},
	})
	storetest.Golden(t, storedFirstStart, firstStart{At: at})
}
