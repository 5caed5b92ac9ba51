package registrar

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/store/storetest"
)

func TestStoredFormat(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC)
	storetest.Golden(t, storedCredentials, credential{
		Identity: "8:acs:bc360ba8-d29b-4ef2-b698-769ebef85521_1", CallerID: "+15550100001", Created: at, MD5: "d41d8cd9", SHA256: "e3b0c442", IssuedBy: "primary",
	})
	storetest.Golden(t, storedBindings, bindings{List: []binding{{
		ID: "7QXYVTEXAMPLE", Contact: "sip:101@192.0.2.1:5062", Transport: "UDP", Source: "198.51.100.7:40001", UserAgent: "Desk/1.0",
		Instance: "<urn:uuid:00000000-0000-1000-8000-000A95A0E128> 1", CallID: "a84b4c76e66710", CSeq: 314, Path: []string{"sip:edge.example;lr"}, Since: at, Expires: at.Add(time.Hour),
	}}})
}
