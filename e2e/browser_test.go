package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// page opens a session of a new user, with a token by the official SDK.
func (a *agent) page(name string) (user string, page *webrtctest.Client) {
	a.t.Helper()
	var made struct {
		Token string
		User  struct{ CommunicationUserID string }
	}
	a.do("createUserAndToken", values{"scopes": []string{"voip"}}, &made)
	page, err := webrtctest.Dial(within(a.t, webrtctest.Patience), "ws://"+a.product.addresses.HTTP+"/client", protocol.Hello{Token: made.Token, DisplayName: name, UserAgent: "e2e"})
	must(a.t, err)
	a.t.Cleanup(page.Cut)
	return made.User.CommunicationUserID, page
}

// joins joins a room, with media.
func joins(t *testing.T, page *webrtctest.Client, room string) *webrtctest.Peer {
	t.Helper()
	peer, err := page.Join(within(t, webrtctest.Patience), protocol.CallJoin{Room: room})
	must(t, err)
	t.Cleanup(peer.Close)
	return peer
}

// await waits for an event of a page.
func await[M protocol.Message](t *testing.T, page *webrtctest.Client, match func(M) bool) M {
	t.Helper()
	m, err := webrtctest.Wait(within(t, webrtctest.Patience), page, match)
	must(t, err)
	return m
}

// TestRoomCallIsControlled: people join a room by browser; an application connects by
// roomCallLocator, adds a phone, plays to all, mutes, removes and ends, with the SDK.
func TestRoomCallIsControlled(t *testing.T) {
	t.Parallel()
	farPhone, port := newFarPhone(t)
	p := start(t, setup{trunk: port})
	a := startAgent(p, application{})
	p.mustRun("subscribe", "all", "--endpoint", a.url+"/events", "--included-event-types", "Microsoft.Communication.CallStarted",
		"Microsoft.Communication.CallParticipantAdded", "Microsoft.Communication.CallParticipantRemoved", "Microsoft.Communication.CallEnded")
	john, johnsPage := a.page("John")
	mary, marysPage := a.page("Mary")
	_, evesPage := a.page("Eve")
	var made room
	a.do("createRoom", values{"dialOut": true, "participants": []values{{"id": john, "role": "Presenter"}, {"id": mary, "role": "Consumer"}}}, &made)

	var got connected
	a.do("connect", values{"kind": "roomCallLocator", "id": made.ID, "callback": a.url + "/callbacks"}, &got)
	a.connection(got.CallConnectionID).got("ConnectFailed") // nobody is there

	answer, err := evesPage.Do(within(t, webrtctest.Patience), &protocol.CallJoin{Call: uuid.NewString(), Room: made.ID})
	must(t, err)
	if refused, is := answer.(*protocol.Refusal); !is || refused.Code != 403 || refused.SubCode != 5828 {
		t.Errorf("who is not on the list: %+v", answer)
	}
	johns, marys := joins(t, johnsPage, made.ID), joins(t, marysPage, made.ID)
	johns.Say(440)
	must(t, marys.WaitTone(within(t, webrtctest.Patience), 440))
	marys.Say(620) // a Consumer's client may send what it wants
	must(t, johns.WaitSilence(within(t, webrtctest.Patience)))

	a.do("connect", values{"kind": "roomCallLocator", "id": made.ID, "callback": a.url + "/callbacks"}, &got)
	c := a.connection(got.CallConnectionID)
	c.got("CallConnected")
	c.roster(2)
	phone := c.add(farPhone)
	c.roster(3)
	hears(t, phone, 440, time.Second)
	johns.Say(0)
	c.do("playToAll", values{"urls": []string{a.saveTone("room.wav", promptLength)}}, nil)
	must(t, marys.WaitTone(within(t, webrtctest.Patience), promptPitch))

	a.do("inviteToRoom", values{"room": made.ID, "participants": []values{{"id": mary, "role": "Attendee"}}}, nil)
	await(t, marysPage, func(m *protocol.RoleChanged) bool { return m.Role == protocol.RoleAttendee })
	must(t, johns.WaitTone(within(t, webrtctest.Patience), 620))
	a.do("removeFromRoom", values{"room": made.ID, "users": []string{mary}}, nil)
	if end := await(t, marysPage, func(*protocol.CallEnded) bool { return true }); end.Code != 0 || end.SubCode != 5317 {
		t.Errorf("who was taken off the list leaves with %+v", end)
	}
	c.roster(2)
	c.do("hangUp", values{"forEveryone": true}, nil)
	c.ended()
	if end := await(t, johnsPage, func(*protocol.CallEnded) bool { return true }); end.Code != 0 || end.SubCode != 7000 {
		t.Errorf("the call ended with %+v", end)
	}
	must(t, phone.WaitEnded(within(t, 5*time.Second)))
	survey := &protocol.Survey{Call: johns.Call, Overall: &protocol.Rating{Score: 2, Lowest: 1, Highest: 5}, Audio: &protocol.Rating{Score: 1, Lowest: 1, Highest: 5, Issues: []string{"Echo"}}}
	if answer, err = johnsPage.Do(within(t, webrtctest.Patience), survey); err != nil || answer.Type() != "ok" {
		t.Errorf("the survey of a call that has ended: %+v, %v", answer, err)
	}
	if shown := p.mustRun("calls", "show", got.CorrelationID); !strings.Contains(shown, "a user has rated a call") || !strings.Contains(shown, "Echo") {
		t.Errorf("calls show does not have the survey:\n%s", shown)
	}
	facts := a.wait("CallEnded", func(e event) bool { return e.Event == "grid" && e.kind() == "CallEnded" }).data()
	if facts.Room.ID != made.ID || !facts.IsRoomsCall || facts.StartedBy.Role != "Presenter" {
		t.Errorf("CallEnded has %+v", facts)
	}
}

// TestRoomsThatAreNotJoined: what pages hear of rooms that the rooms SDK has made and
// unmade.
func TestRoomsThatAreNotJoined(t *testing.T) {
	t.Parallel()
	a := startAgent(start(t, setup{}), application{})
	john, page := a.page("John")
	make := func(options values) string {
		options["participants"] = []values{{"id": john, "role": "Presenter"}}
		var made room
		a.do("createRoom", options, &made)
		return made.ID
	}
	day := 24 * time.Hour
	deleted, later := make(values{}), make(values{"validFrom": time.Now().Add(day), "validUntil": time.Now().Add(2 * day)})
	a.do("deleteRoom", values{"room": deleted}, nil)
	over := make(values{})
	a.do("updateRoom", values{"room": over, "validFrom": time.Now().Add(-time.Hour), "validUntil": time.Now().Add(time.Second)}, nil)
	uninvited := make(values{})
	a.do("removeFromRoom", values{"room": uninvited, "users": []string{john}}, nil)
	refused := func(room string) [2]int {
		answer, err := page.Do(within(t, webrtctest.Patience), &protocol.CallJoin{Call: uuid.NewString(), Room: room})
		must(t, err)
		if refusal, is := answer.(*protocol.Refusal); is {
			return [2]int{refusal.Code, refusal.SubCode}
		}
		return [2]int{}
	}
	for _, test := range []struct {
		what, room    string
		code, subCode int
	}{
		{"deleted", deleted, 404, 5732}, {"of nobody", "99000000000000001", 404, 5732}, {"no id", "room", 404, 5732},
		{"not yet valid", later, 403, 5829}, {"without this user", uninvited, 403, 5828},
	} {
		if got := refused(test.room); got != [2]int{test.code, test.subCode} {
			t.Errorf("a room that is %s: %v, want %d/%d", test.what, got, test.code, test.subCode)
		}
	}
	eventually(t, 20*time.Second, "the room expires", func() bool { return statusOf(a.try("getRoom", values{"room": over}, nil)) == 404 })
	if got := refused(over); got != [2]int{403, 5829} {
		t.Errorf("a room that has expired: %v", got)
	}
}

// TestUserRingsEverywhere: a call to a user rings in a browser and at a phone, while an
// application hears of it. The phone is picked up: the browser is told why it stops. A
// second call is accepted in the browser, which hears the other browser.
func TestUserRingsEverywhere(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	callee, calleesPage := a.page("Callee")
	_, callersPage := a.page("Caller")
	phone := p.desk(p.account(callee, "--user", "101"))
	ring := func() (string, *siptest.Call) {
		call := uuid.NewString()
		answer, err := callersPage.Do(within(t, webrtctest.Patience), &protocol.CallStart{Call: call, To: []string{callee}})
		must(t, err)
		if answer.Type() != "ok" {
			t.Fatalf("call.start: %+v", answer)
		}
		ringing, err := phone.Next(within(t, 10*time.Second))
		must(t, err)
		must(t, ringing.Ring())
		await(t, calleesPage, func(*protocol.Incoming) bool { return true })
		return call, ringing
	}
	call, ringing := ring()
	if in := a.wait("IncomingCall", func(e event) bool { return e.Event == "grid" && e.kind() == "IncomingCall" }).data(); in.To.RawID != callee || in.CallerDisplayName != "Caller" {
		t.Errorf("the application hears of %+v", in)
	}
	callers, err := callersPage.Connect(within(t, webrtctest.Patience), call)
	must(t, err)
	defer callers.Close()
	must(t, ringing.Answer())
	await(t, callersPage, func(m *protocol.CallStateChanged) bool { return m.State == protocol.CallStateConnected })
	if lost := await(t, calleesPage, func(*protocol.IncomingEnded) bool { return true }); lost.Code != 487 || lost.SubCode != 10003 {
		t.Errorf("the browser hears %+v", lost)
	}
	callers.Say(440)
	hears(t, ringing, 440, 600*time.Millisecond)
	ringing.Tone(620, 3000)
	must(t, callers.WaitTone(within(t, webrtctest.Patience), 620))
	must(t, ringing.Hangup(within(t, 5*time.Second)))
	await(t, callersPage, func(*protocol.CallEnded) bool { return true })

	callersPage.Forget()
	calleesPage.Forget()
	call, ringing = ring()
	again, err := callersPage.Connect(within(t, webrtctest.Patience), call)
	must(t, err)
	defer again.Close()
	callees, err := calleesPage.Accept(within(t, webrtctest.Patience))
	must(t, err)
	defer callees.Close()
	must(t, ringing.WaitEnded(within(t, 5*time.Second)))
	callees.Say(620)
	must(t, again.WaitTone(within(t, webrtctest.Patience), 620))
}
