package call_test

import (
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
)

const forbidden = "+19005550100"

// TestEveryWayOutPassesOneGate tries each way in which somebody can make us call a
// number elsewhere, as each kind of asker: a telephone without a caller id calls no
// number, one with a caller id none that a guard denies, and neither by another way
// than the one that is refused.
func TestEveryWayOutPassesOneGate(t *testing.T) {
	deny := permit.Guard{Name: "premium", Prefixes: []string{"+1900"}, Deny: true}
	none, ours, foreign := identifier.ID{}, phone(ourPhone), phone("+15559999999")
	for _, ask := range []struct {
		name     string
		callerID identifier.ID
		number   string
		allowed  bool
	}{
		{"without a caller id", none, bPhone, false},
		{"with a caller id that is not ours", foreign, bPhone, false},
		{"to a number that a guard denies", ours, forbidden, false},
		{"with a caller id of ours", ours, bPhone, true},
	} {
		for name, way := range map[string]func(w *world, callerID identifier.ID, number string) error{
			"INVITE": func(w *world, callerID identifier.ID, number string) error {
				leg := calltest.Inbound()
				report, err := w.Incoming(call.Invitation{From: ann, To: phone(number), CallerID: callerID}, leg)
				if err == nil {
					leg.Told(report)
				}
				return err
			},
			"302 of the callee": func(w *world, callerID identifier.ID, number string) error {
				w.devices[ann] = []string{"kitchen"}
				_, err := w.Create(bg, call.Create{Targets: []identifier.ID{ann}, Control: control})
				w.must(err)
				(<-w.dialer.Dialled).Forward(call.ForwardWanted{To: phone(number), CallerID: callerID})
				return nil
			},
			"REFER of the caller":           referOf(callsApplication),
			"REFER of the callee":           referOf(isCalledByApplication),
			"REFER from a call with a user": referOf(callsColleague),
		} {
			t.Run(ask.name+", "+name, func(t *testing.T) {
				run(t, func(w *world) {
					w.guarded(deny)
					err := way(w, ask.callerID, ask.number)
					synctest.Wait()
					select {
					case leg := <-w.dialer.Dialled:
						if !ask.allowed {
							t.Errorf("%s is called", leg.Invitation.To)
						}
						if leg.Invitation.From != ours || leg.Invitation.Forwarded {
							t.Errorf("the number sees %s, forwarded %t", leg.Invitation.From, leg.Invitation.Forwarded)
						}
						leg.Refuse(call.Busy, 486, "Busy Here")
					default:
						if ask.allowed {
							t.Errorf("it is not called: %v", err)
						}
					}
					synctest.Wait()
					w.endAll()
				})
			})
		}
	}
}

// referOf lets a telephone that is in some call hand it over.
func referOf(inCall func(*world) *calltest.Leg) func(*world, identifier.ID, string) error {
	return func(w *world, callerID identifier.ID, number string) error {
		told := inCall(w).HandOver(call.TransferWanted{To: phone(number), CallerID: callerID}, nil)
		synctest.Wait()
		for len(told) > 0 {
			<-told
		}
		return nil
	}
}

// callsApplication is a telephone that has called an application.
func callsApplication(w *world) *calltest.Leg {
	leg := calltest.Inbound()
	report, err := w.Incoming(call.Invitation{From: ann, To: phone(ourPhone)}, leg)
	w.must(err)
	leg.Told(report)
	_, err = w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, control)
	w.must(err)
	synctest.Wait()
	return leg
}

// isCalledByApplication is a telephone that an application has called.
func isCalledByApplication(w *world) *calltest.Leg {
	w.devices[ann] = []string{"kitchen"}
	_, err := w.Create(bg, call.Create{Targets: []identifier.ID{ann}, Control: control})
	w.must(err)
	leg := <-w.dialer.Dialled
	<-w.announcer.Calls
	leg.PickUp()
	synctest.Wait()
	return leg
}

// callsColleague is a telephone that has called another user's.
func callsColleague(w *world) *calltest.Leg {
	bob := identifier.User(resource, "bob")
	w.devices[bob] = []string{"office"}
	leg := calltest.Inbound()
	report, err := w.Incoming(call.Invitation{From: ann, To: bob}, leg)
	w.must(err)
	leg.Told(report)
	other := <-w.dialer.Dialled
	<-w.announcer.Calls
	other.PickUp()
	synctest.Wait()
	return leg
}

// endAll ends every call.
func (w *world) endAll() {
	done, cancel := contextDone()
	defer cancel()
	w.must(w.Stop(done, bg))
}
