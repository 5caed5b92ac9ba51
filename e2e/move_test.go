package e2e

import (
	"slices"
	"testing"
	"time"
)

// TestPhoneIsMovedToAnotherCall: the application calls a second phone and moves it
// into the call of the first; the call that it leaves ends.
func TestPhoneIsMovedToAnotherCall(t *testing.T) {
	t.Parallel()
	a, c, near, farPhone := controlStage(t)
	var made connected
	a.do("create", values{"target": far, "callerNumber": ourNumber, "callback": a.url + "/callbacks"}, &made)
	other := a.connection(made.CallConnectionID)
	distant, err := farPhone.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, distant.Answer())
	other.got("CallConnected")

	var accepted struct {
		FromCall string
		Count    int
	}
	c.do("move", values{"targets": []string{far}, "fromCall": made.CallConnectionID, "operationContext": "move"}, &accepted)
	if accepted.FromCall != made.CallConnectionID || accepted.Count != 1 {
		t.Errorf("the SDK was told %+v", accepted)
	}
	if moved := c.gotFor("move", "MoveParticipantSucceeded"); moved.Participant.RawID != far || moved.FromCall != made.CallConnectionID {
		t.Errorf("MoveParticipantSucceeded is %+v", moved)
	}
	c.roster(3)
	other.ended()
	near.Tone(440, 5000)
	distant.Tone(880, 5000)
	hears(t, distant, 440, 600*time.Millisecond)
	hears(t, near, 880, 600*time.Millisecond)

	if err := c.try("move", values{"targets": []string{far}, "fromCall": made.CallConnectionID}, nil); statusOf(err) != 404 {
		t.Errorf("moving out of a call that is over gets %v", err)
	}
	c.do("hangUp", values{"forEveryone": true}, nil)
	c.ended()
	must(t, near.WaitEnded(within(t, 5*time.Second)))
	must(t, distant.WaitEnded(within(t, 5*time.Second)))
}

// TestApplicationIsMovedToAnotherCall: an application has calls with two others and moves
// the second one into the call of the first, as Microsoft's own test does. Who is moved
// keeps its connection, sees three participants, and is heard; the call that it leaves
// ends.
func TestApplicationIsMovedToAnotherCall(t *testing.T) {
	t.Parallel()
	first, second, here := pair(t)
	third := startAgent(first.product, application{})
	there := third.createUser()
	first.product.subscribe("third", third.url+"/events", "--subject-ends-with", "/recipient/"+there)

	c := first.create(values{"target": here})
	d := second.answer(second.nextIncoming(0))
	other := first.create(values{"target": there})
	ringing := third.nextIncoming(0)
	e := third.answer(ringing)
	for _, side := range []connection{c, d, other, e} {
		side.got("CallConnected")
	}
	c.do("move", values{"targets": []string{there}, "fromCall": other.id, "operationContext": "move"}, nil)
	if moved := c.gotFor("move", "MoveParticipantSucceeded"); moved.Participant.RawID != there || moved.FromCall != other.id || moved.ResultInformation.Code != 200 {
		t.Errorf("MoveParticipantSucceeded is %+v", moved)
	}
	other.ended()
	for _, side := range []connection{c, d} {
		var ids []string
		for _, p := range side.roster(3).Participants {
			ids = append(ids, p.Identifier.RawID)
		}
		if !slices.Contains(ids, here) || !slices.Contains(ids, there) {
			t.Errorf("the participants are %v", ids)
		}
	}
	d.do("recognizeDtmf", values{"target": there, "maxTones": 2, "operationContext": "keys"}, nil)
	e.do("sendDtmf", values{"target": ringing.Data.From.RawID, "tones": []string{"four", "two"}}, nil)
	if tones := d.gotFor("keys", "RecognizeCompleted").DtmfResult.Tones; !slices.Equal(tones, []string{"four", "two"}) {
		t.Errorf("recognised %v", tones)
	}
	c.do("hangUp", values{"forEveryone": true}, nil)
	for _, side := range []connection{c, d, e} {
		side.ended()
	}
}

// TestConnectToACallThatIsOverFails: by the event, as documented.
func TestConnectToACallThatIsOverFails(t *testing.T) {
	t.Parallel()
	a, c, near, _ := controlStage(t)
	over := c.got("CallConnected").ServerCallID
	must(t, near.Hangup(within(t, 5*time.Second)))
	c.ended()
	for _, nowhere := range []values{
		{"serverCallId": over},
		{"kind": "groupCallLocator", "id": "6e1a2c1e-5b0a-4c9e-9a64-0d2b7e2ff101"},
		{"kind": "roomCallLocator", "id": "99199690362660524"},
	} {
		nowhere["callback"] = a.url + "/callbacks"
		var late connected
		a.do("connect", nowhere, &late)
		watcher := a.connection(late.CallConnectionID)
		if failed := watcher.got("ConnectFailed"); failed.ResultInformation.Code != 404 || failed.ResultInformation.SubCode != 8522 {
			t.Errorf("%v: ConnectFailed says %+v", nowhere, failed.ResultInformation)
		}
		watcher.gone()
	}
}
