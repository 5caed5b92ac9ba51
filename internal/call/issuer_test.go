package call_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/permit"
)

// TestGuardsHoldForClientsOfWhoMadeTheirTokens: an access key gains nothing by users of its own,
// whichever way their clients call a number.
func TestGuardsHoldForClientsOfWhoMadeTheirTokens(t *testing.T) {
	for issuer, allowed := range map[string]bool{permit.SecondaryKey: false, permit.PrimaryKey: true, "token:app": true} {
		t.Run(issuer, func(t *testing.T) {
			run(t, func(w *world) {
				w.guarded(permit.Guard{Name: "stays home", By: []string{permit.SecondaryKey}, Deny: true})
				judged := func(way string, err error) {
					w.Helper()
					if allowed != (err == nil) || err != nil && (!fault.Is(err, fault.KindForbidden) || !strings.Contains(err.Error(), "stays home")) {
						w.Errorf("%s: %v", way, err)
					}
				}
				for way, numbers := range map[string][]string{"one number": {"+15551230001"}, "several": {"+15551230001", "+15551230002"}} {
					b := call.Begin{From: bob, CallerID: phone(ourPhone), IssuedBy: issuer}
					for _, number := range numbers {
						b.Targets = append(b.Targets, phone(number))
					}
					leg := calltest.Inbound()
					report, err := w.Begin(b, leg)
					judged(way, err)
					if err == nil {
						leg.Told(report)
						for range numbers {
							<-w.dialer.Dialled
						}
						leg.HangUp()
						synctest.Wait()
					}
				}
				pages := w.roomOf(call.Presenter)
				w.ChangeRoom("99000000000000001", call.RoomChange{Roles: map[string]call.Role{ann.Raw(): call.Presenter}, DialsOut: true})
				synctest.Wait()
				judged("into a room", pages[0].wants(call.AddWish{Who: phone("+15551230003"), CallerID: phone(ourPhone), IssuedBy: issuer, Follow: func(call.Referral) {}}))
				w.endAll()
			})
		})
	}
}
