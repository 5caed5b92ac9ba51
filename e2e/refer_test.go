package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// referStage is controlStage with a caller that takes REFER, over a trunk that may
// use it as well.
func referStage(t *testing.T) (a *agent, c connection, phone, farPhone *siptest.Phone, near *siptest.Call, asked chan *siptest.Message) {
	t.Helper()
	farPhone, port := newFarPhone(t)
	p := start(t, setup{trunk: port, more: ", accept-refer: any"})
	a = startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	asked = make(chan *siptest.Message, 16)
	phone = newPhone(p)
	phone.Answering(func(m *siptest.Message) int {
		if m.Method() != "REFER" {
			return 0
		}
		select {
		case asked <- m:
		default:
		}
		return 202
	})
	near, err := phone.Invite(siptest.Invite{To: ourNumber, Fields: []siptest.Field{{Name: "Allow", Value: "INVITE, ACK, BYE, CANCEL, REFER, NOTIFY"}}})
	must(t, err)
	c = a.answer(a.incomingCall(caller))
	must(t, near.WaitAnswered(within(t, 5*time.Second)))
	c.got("ParticipantsUpdated")
	return a, c, phone, farPhone, near, asked
}

// tell sends a NOTIFY about a REFER.
func tell(t *testing.T, near *siptest.Call, line, state string) {
	t.Helper()
	answer, err := near.Request(within(t, 5*time.Second), "NOTIFY", []byte("SIP/2.0 "+line+"\r\n"),
		siptest.Field{Name: "Event", Value: "refer"}, siptest.Field{Name: "Subscription-State", Value: state}, siptest.Field{Name: "Content-Type", Value: "message/sipfrag;version=2.0"})
	must(t, err)
	if answer.Status() != 200 {
		t.Errorf("NOTIFY got %s", answer.Start)
	}
}

// nextRefer waits for what the phone is asked.
func nextRefer(t *testing.T, asked chan *siptest.Message) *siptest.Message {
	t.Helper()
	select {
	case m := <-asked:
		return m
	case <-time.After(patience):
		t.Fatal("the phone got no REFER")
		return nil
	}
}

// TestPhoneThatTakesReferTransfersItself: the application transfers it, the phone
// is asked by REFER, and its word decides.
func TestPhoneThatTakesReferTransfersItself(t *testing.T) {
	t.Parallel()
	_, c, _, farPhone, near, asked := referStage(t)
	c.do("transfer", values{"target": far, "operationContext": "first"}, nil)
	nextRefer(t, asked)
	tell(t, near, "486 Busy Here", "terminated;reason=noresource")
	if failed := c.gotFor("first", "CallTransferFailed").ResultInformation; failed.SubCode != 560486 || failed.SIPDetails == nil || failed.SIPDetails.Code != 486 {
		t.Errorf("CallTransferFailed says %v", failed)
	}

	c.do("transfer", values{"target": far, "operationContext": "second", "headers": []values{{"kind": "sipuui", "key": "", "value": "case-7"}}}, nil)
	m := nextRefer(t, asked)
	if to := m.Get("Refer-To"); !strings.HasPrefix(to, "<sip:"+farNumber+"@127.0.0.1") || !strings.Contains(to, "User-To-User=case-7") || m.Get("Referred-By") == "" {
		t.Errorf("Refer-To is %q, Referred-By %q", to, m.Get("Referred-By"))
	}
	tell(t, near, "180 Ringing", "active;expires=60")
	for _, kind := range c.kinds() {
		if kind == "CallTransferAccepted" {
			t.Error("the transfer was accepted before the target answered")
		}
	}
	tell(t, near, "200 OK", "terminated;reason=noresource")
	if accepted := c.gotFor("second", "CallTransferAccepted"); accepted.TransferTarget.RawID != far || accepted.Transferee.RawID != caller {
		t.Errorf("CallTransferAccepted is %+v", accepted)
	}
	c.ended()
	c.gone()
	must(t, near.WaitEnded(within(t, 5*time.Second))) // our BYE
	for _, entry := range farPhone.Log() {
		t.Errorf("the target heard of us: %s", entry.Message.Start)
	}
}

// TestPhoneHandsItsApplicationOver: the phone sends REFER, and the application
// goes on with the phone that it named.
func TestPhoneHandsItsApplicationOver(t *testing.T) {
	t.Parallel()
	a, c, phone, farPhone, near, _ := referStage(t)
	answer, err := near.Request(within(t, 5*time.Second), "REFER", nil, siptest.Field{Name: "Refer-To", Value: "<sip:" + farNumber + "@pbx.example>"})
	must(t, err)
	if answer.Status() != 202 {
		t.Fatalf("REFER got %s", answer.Start)
	}
	call, err := farPhone.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, call.Ring())
	must(t, call.Answer())
	c.wait("the successor in the roster", func(e event) bool {
		return c.own(e) && e.kind() == "ParticipantsUpdated" && len(e.data().Participants) == 2 && names(e.data(), far) && !names(e.data(), caller)
	})
	must(t, near.WaitEnded(within(t, 5*time.Second)))
	told := sipfrags(phone)
	if len(told) < 2 || told[0] != "SIP/2.0 100 Trying" || told[len(told)-1] != "SIP/2.0 200 OK" {
		t.Errorf("the phone was told %q", told)
	}
	c.do("play", values{"urls": []string{a.saveTone("after.wav", promptLength)}, "targets": []string{far}, "operationContext": "after"}, nil)
	hears(t, call, promptPitch, 600*time.Millisecond)
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}

func names(d data, who string) bool {
	for _, p := range d.Participants {
		if p.Identifier.RawID == who {
			return true
		}
	}
	return false
}
