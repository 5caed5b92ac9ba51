package identity

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/store/storetest"
)

func TestStoredFormat(t *testing.T) {
	storetest.Golden(t, stored, user{
		Created:   time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC),
		NotBefore: time.Date(2026, 2, 3, 4, 5, 6, 700, time.UTC),
	})
	storetest.Golden(t, storedHolders, holder{User: missed})
	storetest.Golden(t, storedCustoms, custom{ID: "gustav@example.net", LastToken: time.Date(2026, 3, 4, 5, 6, 7, 800, time.UTC)})
}
