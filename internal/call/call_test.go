package call_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

var bg = context.Background()

func TestAnsweredPhoneConnects(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		if !leg.Rung() {
			t.Error("the caller heard no ringing")
		}
		w.expect(id, "CallConnected ParticipantsUpdated")
		list, err := conn.Participants(bg)
		w.must(err)
		if len(list) != 2 || list[0].ID != phone(aPhone) || list[1].ID.Kind() != identifier.CommunicationUser {
			t.Errorf("participants are %v", list)
		}
		if p, err := conn.Properties(bg); err != nil || p.AnsweredFor.Kind() != identifier.PhoneNumber || p.AnsweredFor == p.Source || p.AnsweredBy != list[1].ID {
			t.Errorf("answered for %v by %v, %v", p.AnsweredFor, p.AnsweredBy, err)
		}
		w.must(conn.Terminate(bg))
		w.expect(id, "CallConnected ParticipantsUpdated CallDisconnected")
		if why := w.last(id).(call.CallDisconnected).Reason.Kind; why != call.EndedByApplication {
			t.Errorf("reason is %d", why)
		}
		if _, ended := leg.Why(); !ended {
			t.Error("the phone was not hung up")
		}
	})
}

func TestPhoneHangsUpFirst(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		leg.HangUp()
		w.expect(id, "CallConnected ParticipantsUpdated CallDisconnected")
		why := w.last(id).(call.CallDisconnected).Reason
		if why.Kind != call.EndedByPeer || !why.Phone || !why.Inbound {
			t.Errorf("reason is %+v", why)
		}
		if _, err := conn.Properties(bg); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("an ended call answers %v", err)
		}
	})
}

func TestNobodyAnswersForThirtySeconds(t *testing.T) {
	run(t, func(w *world) {
		leg, in := w.incoming()
		time.Sleep(29 * time.Second)
		if _, ended := leg.Why(); ended {
			t.Error("it rang for less than 30 s")
		}
		time.Sleep(2 * time.Second)
		if why, _ := leg.Why(); why.Kind != call.NoAnswer {
			t.Errorf("the leg ended with %+v", why)
		}
		if _, err := w.Answer(bg, in.Context, identifier.ID{}, control); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("a late answer gets %v", err)
		}
	})
}

func TestIncomingCallIsDecidedOnce(t *testing.T) {
	run(t, func(w *world) {
		leg, in := w.incoming()
		_, err := w.Answer(bg, in.Context, identifier.ID{}, control)
		w.must(err)
		if _, err := w.Answer(bg, in.Context, identifier.ID{}, control); !fault.Is(err, fault.KindConflict) {
			t.Errorf("a second answer gets %v", err)
		}
		if err := w.Reject(bg, in.Context, call.Busy); !fault.Is(err, fault.KindConflict) {
			t.Errorf("a reject after an answer gets %v", err)
		}
		leg.HangUp()
	})
}

func TestRejectGivesThePhoneItsReason(t *testing.T) {
	for _, kind := range []call.ReasonKind{call.Declined, call.Busy, call.Forbidden} {
		run(t, func(w *world) {
			leg, in := w.incoming()
			w.must(w.Reject(bg, in.Context, kind))
			synctest.Wait()
			if why, _ := leg.Why(); why.Kind != kind {
				t.Errorf("leg ended with %+v, want %d", why, kind)
			}
		})
	}
}

func TestCallIsDroppedWhenNobodyListens(t *testing.T) {
	run(t, func(w *world) {
		w.announcer.Listeners = 0
		_, err := w.Incoming(call.Invitation{From: phone(aPhone), To: phone(ourPhone)}, calltest.Inbound())
		if !fault.Is(err, fault.KindPrecondition) {
			t.Errorf("got %v", err)
		}
	})
}

func TestCallToAForeignNumberIsNotTaken(t *testing.T) {
	run(t, func(w *world) {
		_, err := w.Incoming(call.Invitation{From: phone(aPhone), To: phone("+15559999999")}, calltest.Inbound())
		if !fault.Is(err, fault.KindNotFound) {
			t.Errorf("got %v", err)
		}
	})
}

func TestOutboundCallEndsAsThePhoneDoes(t *testing.T) {
	cases := []struct {
		name   string
		callee func(*calltest.Leg)
		want   string
		kind   call.ReasonKind
	}{
		{"answered then hung up", func(l *calltest.Leg) { l.Alert(); l.PickUp(); l.HangUp() },
			"CallConnected ParticipantsUpdated CallDisconnected", call.EndedByPeer},
		{"busy", func(l *calltest.Leg) { l.Refuse(call.Busy, 486, "Busy Here") }, "CreateCallFailed CallDisconnected", call.Busy},
		{"declined", func(l *calltest.Leg) { l.Alert(); l.Refuse(call.Declined, 603, "Decline") }, "CreateCallFailed CallDisconnected", call.Declined},
		{"never answered", func(l *calltest.Leg) { l.Alert(); time.Sleep(116 * time.Second) }, "CreateCallFailed CallDisconnected", call.NoAnswer},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			run(t, func(w *world) {
				_, id := w.create(phone(aPhone))
				c.callee(<-w.dialer.Dialled)
				w.expect(id, c.want)
				if why := w.last(id).(call.CallDisconnected).Reason; why.Kind != c.kind {
					t.Errorf("reason is %+v", why)
				}
			})
		})
	}
}

func TestUnreachablePhoneFailsTheCreate(t *testing.T) {
	run(t, func(w *world) {
		w.dialer.Fail = fault.NotFound("no route takes %s", aPhone)
		p, err := w.Create(bg, call.Create{Targets: []identifier.ID{phone(aPhone)}, CallerID: phone(ourPhone), Control: control})
		w.must(err)
		id := p.ID // the connection may be gone already
		w.expect(id, "CreateCallFailed CallDisconnected")
		if why := w.last(id).(call.CallDisconnected).Reason; why.Kind != call.NotFound {
			t.Errorf("reason is %+v", why)
		}
	})
}

func TestHangupWhileRingingCancelsThePhone(t *testing.T) {
	run(t, func(w *world) {
		conn, id := w.create(phone(aPhone))
		leg := <-w.dialer.Dialled
		leg.Alert()
		w.must(conn.HangUp(bg))
		w.expect(id, "CreateCallFailed CallDisconnected")
		if why, ended := leg.Why(); !ended || why.Kind != call.EndedByApplication {
			t.Errorf("leg: %+v, ended %t", why, ended)
		}
	})
}

func TestTwoApplicationsAreTheEndsOfOneCall(t *testing.T) {
	run(t, func(w *world) {
		callee := identifier.NewUser(resource)
		_, a := w.create(callee)
		in := <-w.announcer.Calls
		p, err := w.Answer(bg, in.Context, identifier.ID{}, control)
		w.must(err)
		w.expect(a, "CallConnected ParticipantsUpdated")
		w.expect(p.ID, "CallConnected ParticipantsUpdated")
		mine := w.last(a).(call.ParticipantsUpdated)
		yours := w.last(p.ID).(call.ParticipantsUpdated)
		if mine.Sequence != 1 || yours.Sequence != 1 || len(mine.Participants) != 2 || mine.ServerCallID != yours.ServerCallID {
			t.Errorf("rosters differ: %+v, %+v", mine, yours)
		}
		conn, err := w.Connection(p.ID)
		w.must(err)
		w.must(conn.Terminate(bg))
		w.expect(a, "CallConnected ParticipantsUpdated CallDisconnected")
		if kind := w.last(p.ID).(call.CallDisconnected).Reason.Kind; kind != call.EndedByApplication {
			t.Errorf("who ended it hears %d", kind)
		}
		if kind := w.last(a).(call.CallDisconnected).Reason.Kind; kind != call.EndedByPeer {
			t.Errorf("the other hears %d", kind)
		}
		for _, id := range []string{a, p.ID} {
			if _, err := w.Connection(id); !errors.Is(err, call.CallOver) {
				t.Errorf("its connection afterwards: %v", err)
			}
		}
	})
}

func TestIdentityRejectsOrLetsItRing(t *testing.T) {
	t.Run("rejects", func(t *testing.T) {
		run(t, func(w *world) {
			_, id := w.create(identifier.NewUser(resource))
			w.must(w.Reject(bg, (<-w.announcer.Calls).Context, call.Declined))
			w.expect(id, "CreateCallFailed CallDisconnected")
			if !w.last(id).(call.CallDisconnected).Reason.ByApplication {
				t.Error("the reason does not say that an application refused")
			}
		})
	})
	t.Run("rings", func(t *testing.T) {
		run(t, func(w *world) {
			_, id := w.create(identifier.NewUser(resource))
			<-w.announcer.Calls
			time.Sleep(29 * time.Second)
			w.expect(id, "")
			time.Sleep(2 * time.Second)
			w.expect(id, "CreateCallFailed CallDisconnected")
		})
	})
}

func TestOwnNumberIsACallOfItsOwn(t *testing.T) {
	run(t, func(w *world) {
		caller, a := w.create(phone(ourPhone))
		in := <-w.announcer.Calls
		p, err := w.Answer(bg, in.Context, identifier.ID{}, control)
		w.must(err)
		w.expect(a, "CallConnected ParticipantsUpdated")
		w.expect(p.ID, "CallConnected ParticipantsUpdated")
		if w.last(a).Header().ServerCallID == w.last(p.ID).Header().ServerCallID {
			t.Error("both sides have the same serverCallId")
		}
		callee, err := w.Connection(p.ID)
		w.must(err)
		w.must(callee.Recognize(bg, call.Recognize{Target: phone(ourPhone), MaxTones: 2, InitialSilence: 5 * time.Second, InterTone: 2 * time.Second}))
		synctest.Wait() // it listens
		w.must(caller.SendTones(bg, call.SendTones{Tones: []call.Tone{'4', '2'}, Target: phone(ourPhone)}))
		time.Sleep(time.Second)
		if got := w.last(p.ID).(call.RecognizeCompleted).Tones; string(got) != "42" {
			t.Errorf("the other side recognised %q", got)
		}
		w.must(caller.HangUp(bg))
		w.expect(p.ID, "CallConnected ParticipantsUpdated RecognizeCompleted CallDisconnected")
	})
}

func TestCreateRefusesWhatCannotBeCalled(t *testing.T) {
	cases := []struct {
		name   string
		create call.Create
		want   fault.Kind
		says   string
	}{
		{"phone without caller id", call.Create{Targets: []identifier.ID{phone(aPhone)}}, fault.KindInvalid, "caller id"},
		{"number with hyphens", call.Create{Targets: []identifier.ID{must(identifier.Parse("4:+1-555-123-0001"))}}, fault.KindInvalid, `"+1-555-123-0001" is not a phone number in E.164 form, such as +15551230001`},
		{"number as a raw id", call.Create{Targets: []identifier.ID{must(identifier.Parse("+15551230001"))}}, fault.KindInvalid, "kind unknown cannot be called: +15551230001"},
		{"user of another resource", call.Create{Targets: []identifier.ID{identifier.NewUser("other")}}, fault.KindForbidden, "belong to this resource"},
		{"source of another resource", call.Create{Targets: []identifier.ID{identifier.NewUser(resource)}, Source: identifier.NewUser("other")}, fault.KindForbidden, "belong to this resource"},
		{"Teams user", call.Create{Targets: []identifier.ID{must(identifier.Parse("8:orgid:abc"))}}, fault.KindInvalid, "kind microsoftTeamsUser"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			run(t, func(w *world) {
				if _, err := w.Create(bg, c.create); !fault.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func must(id identifier.ID, err error) identifier.ID {
	if err != nil {
		panic(err)
	}
	return id
}

func TestStopLetsCallsEndAndThenEndsThem(t *testing.T) {
	run(t, func(w *world) {
		_, _, id := w.answered()
		grace, cancel := context.WithTimeout(bg, 30*time.Second)
		defer cancel()
		stopped := make(chan error, 1)
		go func() { stopped <- w.Stop(grace, bg) }()
		synctest.Wait()
		if _, err := w.Incoming(call.Invitation{From: phone(aPhone), To: phone(ourPhone)}, calltest.Inbound()); !fault.Is(err, fault.KindBusy) {
			t.Errorf("a new call while stopping gets %v", err)
		}
		w.expect(id, "CallConnected ParticipantsUpdated")
		time.Sleep(31 * time.Second)
		w.must(<-stopped)
		w.expect(id, "CallConnected ParticipantsUpdated CallDisconnected")
	})
}

func TestLongestCallEnds(t *testing.T) {
	run(t, func(w *world) {
		_, _, id := w.answered()
		time.Sleep(longest + time.Second)
		w.expect(id, "CallConnected ParticipantsUpdated CallDisconnected")
	})
}

func TestAnswerFailsWhenTheCallerIsGone(t *testing.T) {
	run(t, func(w *world) {
		leg, in := w.incoming()
		leg.Silent = true // it never confirms
		p, err := w.Answer(bg, in.Context, identifier.ID{}, control)
		w.must(err)
		leg.HangUp()
		w.expect(p.ID, "AnswerFailed CallDisconnected")
	})
}
