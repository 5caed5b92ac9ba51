package call_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestWhoIsOnTheWayIsCalledOnce: whoever called somebody into a group, nobody else does before that
// one has come or has refused.
func TestWhoIsOnTheWayIsCalledOnce(t *testing.T) {
	ways := map[string]func(*world, *guests) error{
		"an application adds": func(_ *world, g *guests) error {
			_, err := g.conn.Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)})
			return err
		},
		"a client adds": func(_ *world, g *guests) error {
			return g.page.wants(call.AddWish{Who: phone(bPhone), CallerID: phone(ourPhone), Follow: func(call.Referral) {}})
		},
		"a phone hands over": func(_ *world, g *guests) error {
			told := g.leg.HandOver(blind(bPhone), nil)
			synctest.Wait()
			if len(told) == 0 {
				return nil
			}
			return errors.New((<-told).Reason.Text)
		},
		"another application adds": func(w *world, g *guests) error {
			_, err := w.connects(g.conn).Add(bg, call.Add{Who: phone(bPhone), CallerID: phone(ourPhone)})
			return err
		},
	}
	for first, calls := range ways {
		for second, callsAgain := range ways {
			t.Run(first+", "+second, func(t *testing.T) {
				run(t, func(w *world) {
					g := w.guests()
					w.must(calls(w, g))
					target := w.dialled()
					if callsAgain(w, g) == nil {
						t.Error("the second is not refused")
					}
					w.nobodyIsDialled()
					target.Refuse(call.Busy, 486, "Busy Here")
					synctest.Wait()
					w.must(callsAgain(w, g))
					w.dialled().PickUp()
					w.must(g.conn.Terminate(bg))
				})
			})
		}
	}
}

// guests are a client, a phone and an application of a group.
type guests struct {
	page *page
	leg  *calltest.Leg
	conn *call.Connection
}

func (w *world) guests() *guests {
	w.Helper()
	g := &guests{page: &page{browser: &browser{Leg: calltest.Inbound()}}}
	var err error
	g.page.report, err = w.Join(bg, call.Join{To: annsGroup, Who: ann, DisplayName: "Ann"}, g.page)
	w.must(err)
	g.page.Told(g.page.report)
	synctest.Wait()
	p, err := w.Connect(bg, annsGroup, control)
	w.must(err)
	g.conn, err = w.Connection(p.ID)
	w.must(err)
	g.leg = w.addPhone(g.conn, aPhone)
	return g
}

// TestTargetOfAGroupThatStillRingsIsNotAdded: a create of several is up with the first of them.
func TestTargetOfAGroupThatStillRingsIsNotAdded(t *testing.T) {
	run(t, func(w *world) {
		user := identifier.NewUser(resource)
		p, err := w.Create(bg, call.Create{Targets: []identifier.ID{phone(aPhone), phone(bPhone), user}, CallerID: phone(ourPhone), Control: control})
		w.must(err)
		first, second := <-w.dialer.Dialled, <-w.dialer.Dialled
		if first.Invitation.To != phone(aPhone) {
			first, second = second, first
		}
		first.PickUp()
		synctest.Wait()
		conn, err := w.Connection(p.ID)
		w.must(err)
		for _, who := range []identifier.ID{phone(bPhone), user} {
			if _, err := conn.Add(bg, call.Add{Who: who, CallerID: phone(ourPhone)}); !errors.Is(err, call.ParticipantPresent) {
				t.Errorf("%s rings, and is added: %v", who, err)
			}
		}
		second.PickUp()
		w.must(conn.Terminate(bg))
	})
}
