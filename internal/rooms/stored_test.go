package rooms

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/store/storetest"
)

func TestStoredFormat(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 600_000, time.UTC)
	storetest.Golden(t, stored, Room{
		Created: at, From: at.Add(time.Hour), Until: at.Add(2 * time.Hour), PSTNDialOut: true,
		Participants: []Participant{{ID: "8:acs:5e8b1c5e-0000-4000-8000-000000000001_00000000-0000-4000-8000-000000000009", Role: Presenter}},
	})
}
