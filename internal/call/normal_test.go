package call_test

import (
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestOneFormIsDialled asks that what is dialled is what was judged, whoever dials and
// however the number is written.
func TestOneFormIsDialled(t *testing.T) {
	const written = "+0114420794600"
	want := phone("+4420794600")
	for name, ask := range map[string]func(*world) error{
		"createCall": func(w *world) error {
			_, err := w.Create(bg, calling(written))
			return err
		},
		"addParticipant": func(w *world) error {
			_, conn, _ := w.answered()
			_, err := conn.Add(bg, call.Add{Who: phone(written), CallerID: phone(ourPhone)})
			return err
		},
		"transfer": func(w *world) error {
			_, conn, _ := w.answered()
			return conn.Transfer(bg, call.Transfer{Target: phone(written)})
		},
		"redirectCall": func(w *world) error {
			_, in := w.incoming()
			return w.Redirect(bg, in.Context, call.Redirect{Target: phone(written)})
		},
		"INVITE": func(w *world) error {
			leg := calltest.Inbound()
			report, err := w.Incoming(call.Invitation{From: ann, To: phone(written), CallerID: phone(ourPhone)}, leg)
			if err == nil {
				leg.Told(report)
			}
			return err
		},
		"REFER": func(w *world) error {
			return referOf(callsApplication)(w, phone(ourPhone), written)
		},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				w.guarded()
				w.must(ask(w))
				synctest.Wait()
				dialled := identifier.ID{}
				select {
				case leg := <-w.dialer.Dialled:
					dialled = leg.Invitation.To
					leg.Refuse(call.Busy, 486, "Busy Here")
				default:
				}
				if dialled != want {
					t.Errorf("dialled %s, want %s", dialled, want)
				}
				synctest.Wait()
				w.endAll()
			})
		})
	}
}

// TestParticipantsAreNamedInAnyForm: whoever was called by one form of a number is found by it.
func TestParticipantsAreNamedInAnyForm(t *testing.T) {
	run(t, func(w *world) {
		w.guarded()
		who := phone("+0114420794600")
		conn, id := w.create(who)
		leg := <-w.dialer.Dialled
		leg.Answer()
		synctest.Wait()
		if p, err := conn.Participant(bg, who); err != nil || p.ID != phone("+4420794600") {
			t.Errorf("getParticipant: %v, %v", p, err)
		}
		w.must(conn.Mute(bg, []identifier.ID{who}))
		w.must(conn.Hold(bg, call.Hold{Who: who}))
		w.must(conn.Unhold(bg, who))
		w.must(conn.Play(bg, call.Play{Prompts: []call.Prompt{call.File{URI: "http://app.test/a.wav"}}, To: []identifier.ID{who, phone("+4420794600")}}))
		w.must(conn.CancelAllMedia(bg))
		synctest.Wait()
		w.must(conn.Transfer(bg, call.Transfer{Target: phone(bPhone), Transferee: who}))
		(<-w.dialer.Dialled).Refuse(call.Busy, 486, "Busy Here")
		synctest.Wait()
		if err := conn.Mute(bg, []identifier.ID{phone("+4420794601")}); err == nil {
			t.Error("somebody else is found too")
		}
		w.must(conn.Remove(bg, who, call.Context{}))
		synctest.Wait()
		if _, over := w.last(id).(call.CallDisconnected); !over {
			t.Errorf("at the end: %T", w.last(id))
		}
	})
}
