package siprouting

import (
	"testing"

	"github.com/switchhook/switchhook/internal/store/storetest"
)

func TestStoredFormat(t *testing.T) {
	storetest.Golden(t, stored, changes{
		Domains: []domain{{Name: "example.com", Off: true}},
		Trunks:  []sbc{{Name: "sbc.example.com", Port: 5061, Off: true, Privacy: privacyID}},
		Routes: []route{{
			Name: "main", Description: "the main route", Pattern: `^\+1`, Trunks: []string{"sbc.example.com"}, CallerID: "+15550100001",
		}},
	})
}
