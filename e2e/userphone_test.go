package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// account is a credential that the command issued.
func (p *product) account(identity string, more ...string) siptest.Account {
	p.t.Helper()
	out := p.mustRun(append([]string{"phones", "add", identity}, more...)...)
	field := func(name string) string {
		found := regexp.MustCompile(`(?m)^` + name + ` +(\S+)$`).FindStringSubmatch(out)
		if found == nil {
			p.t.Fatalf("no %s in %s", name, out)
		}
		return found[1]
	}
	if at := field(`registrar \(UDP, TCP\)`); at != p.addresses.SIP {
		p.t.Errorf("the registrar is said to be at %s, not %s", at, p.addresses.SIP)
	}
	return siptest.Account{UserName: field("user name"), Password: field("password")}
}

// desk is a phone that has registered with a credential.
func (p *product) desk(as siptest.Account) *siptest.Phone {
	p.t.Helper()
	phone, err := siptest.New(siptest.Config{Server: p.addresses.SIP, User: as.UserName, Name: "Desk"})
	must(p.t, err)
	p.t.Cleanup(phone.Close)
	answer, err := phone.Register(within(p.t, 5*time.Second), as, 600)
	must(p.t, err)
	if answer.Status() != 200 {
		p.t.Fatalf("REGISTER got %s", answer.Start)
	}
	return phone
}

// deskPhones are two phones of one user, which have registered with one credential.
type deskPhones struct {
	p               *product
	a               *agent
	user, colleague string
	as              siptest.Account
	phone, other    *siptest.Phone
	third           *siptest.Phone // the colleague's, 102
}

func newDeskPhones(t *testing.T) *deskPhones {
	t.Helper()
	p := start(t, setup{})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	p.mustRun("subscribe", "calls", "--endpoint", a.url+"/events", "--included-event-types", "Microsoft.Communication.CallStarted",
		"Microsoft.Communication.CallParticipantAdded", "Microsoft.Communication.CallParticipantRemoved", "Microsoft.Communication.CallEnded")
	d := &deskPhones{p: p, a: a, user: a.createUser(), colleague: a.createUser()}
	d.as = p.account(d.user, "--user", "101")
	d.phone, d.other = p.desk(d.as), p.desk(d.as)
	d.third = p.desk(p.account(d.colleague, "--user", "102"))
	return d
}

// TestUserHasADeskPhone: a phone registers with what a command printed. It rings
// when an application calls its user, and calls as that user.
func TestUserHasADeskPhone(t *testing.T) {
	t.Parallel()
	d := newDeskPhones(t)
	if list := d.p.mustRun("phones", "list"); strings.Count(list, "siptest") != 3 || !strings.Contains(list, d.phone.Addr().String()) || strings.Contains(list, d.as.Password) {
		t.Errorf("phones list:\n%s", list)
	}
	t.Run("which rings, and hears the application", d.rings)
	t.Run("which may decline", d.declines)
	t.Run("which calls an owned number as its user, and hands the call over to a colleague", d.callsAnOwnedNumber)
	t.Run("which talks to a colleague's", d.callsAColleague)
	t.Run("which forwards its calls to a colleague's", d.forwards)
	t.Run("which may call nobody elsewhere without a caller id", d.needsACallerID)
	t.Run("until the user is deleted", d.endsWithItsUser)
	if strings.Contains(d.p.log.String(), d.as.Password) {
		t.Error("the password is in the log")
	}
}

// TestBaresipIsAUsersPhone: a softphone registers as others have written it, is killed, and
// registers again with another Contact; the former one is forgotten.
func TestBaresipIsAUsersPhone(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	as := p.account(startAgent(p, application{}).createUser(), "--user", "101")
	phone := softphone{transport: "udp", codec: "PCMU", rate: phoneRate, channels: 1}
	phone.account = fmt.Sprintf("<sip:101@%s;transport=udp>;auth_user=101;auth_pass=%s;regint=600", p.addresses.SIP, as.Password)
	list := func() string { return p.mustRun("phones", "list") }
	registered := func(n int) func() bool { return func() bool { return strings.Count(list(), "baresip") == n } }
	before := phone.start(t)
	eventually(t, 20*time.Second, "it is registered", registered(1))
	must(t, before.process.Process.Kill())
	before.process.Wait()
	phone.port = before.port
	phone.start(t)
	eventually(t, 20*time.Second, "it is registered with another Contact", registered(2))
	eventually(t, time.Minute, "its former Contact is forgotten", registered(1))
}

func (d *deskPhones) rings(t *testing.T) {
	a := d.a.with(t)
	c := a.create(values{"target": d.user, "operationContext": "desk"})
	call, err := d.phone.Next(within(t, 5*time.Second))
	must(t, err)
	also, err := d.other.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, call.Ring())
	must(t, also.Ring())
	must(t, call.Answer())
	if up := c.got("CallConnected"); up.OperationContext != "desk" {
		t.Errorf("CallConnected is %+v", up)
	}
	if list := c.got("ParticipantsUpdated").Participants; len(list) != 2 || list[0].Identifier.RawID != d.user && list[1].Identifier.RawID != d.user {
		t.Errorf("the participants are %+v", list)
	}
	must(t, also.WaitEnded(within(t, 5*time.Second)))
	if last := also.Last(); last.Method() != "CANCEL" || !strings.Contains(strings.Join(last.All("Reason"), " "), "SIP;cause=200") {
		t.Errorf("the other phone got %s with %v", last.Start, last.All("Reason"))
	}
	c.do("playToAll", values{"urls": []string{a.saveTone("desk.wav", promptLength)}}, nil)
	hears(t, call, promptPitch, time.Second)
	c.got("PlayCompleted")
	must(t, call.Hangup(within(t, 5*time.Second)))
	if why := c.ended(); why.Code != 200 || why.SubCode != 5001 {
		t.Errorf("CallDisconnected says %v", why)
	}
	for _, kind := range []string{"CallStarted", "CallParticipantAdded", "CallParticipantRemoved", "CallEnded"} {
		a.waitFor(10*time.Second, kind, func(e event) bool {
			return e.kind() == kind && e.data().ServerCallID == c.got("CallConnected").ServerCallID
		})
	}
}

func (d *deskPhones) declines(t *testing.T) {
	a := d.a.with(t)
	d.p.mustRun("subscriptions", "delete", "incoming")
	c := a.create(values{"target": d.user, "operationContext": "not now"})
	for _, phone := range []*siptest.Phone{d.phone, d.other} {
		call, err := phone.Next(within(t, 5*time.Second))
		must(t, err)
		must(t, call.Reject(603, "Decline"))
	}
	c.failed("not now", func(r *result) bool { return r.Code == 603 && r.SubCode == 8538 })
	d.p.subscribe("incoming", a.url+"/events")
}

func (d *deskPhones) callsAnOwnedNumber(t *testing.T) {
	a := d.a.with(t)
	call, err := d.phone.CallAs(within(t, 5*time.Second), d.as, siptest.Invite{To: ourNumber})
	must(t, err)
	incoming := a.incomingCall(d.user)
	if incoming.Data.From.RawID != d.user || incoming.Data.To.RawID != "4:"+ourNumber || incoming.Data.CallerDisplayName != "Desk" {
		t.Errorf("IncomingCall is %+v", incoming.Data)
	}
	c := a.answer(incoming)
	must(t, call.WaitAnswered(within(t, 5*time.Second)))
	c.got("CallConnected")
	if list := c.got("ParticipantsUpdated").Participants; len(list) != 2 || list[0].Identifier.RawID != d.user && list[1].Identifier.RawID != d.user {
		t.Errorf("the participants are %+v", list)
	}
	answer, err := call.Request(within(t, 5*time.Second), "REFER", nil, siptest.Field{Name: "Refer-To", Value: "<sip:102@" + d.p.addresses.SIP + ">"})
	must(t, err)
	if answer.Status() != 202 {
		t.Fatalf("REFER got %s", answer.Start)
	}
	rung, err := d.third.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, rung.Answer())
	must(t, call.WaitEnded(within(t, 5*time.Second)))
	c.do("hangUp", values{"forEveryone": true}, nil)
	must(t, rung.WaitEnded(within(t, 5*time.Second)))
}

func (d *deskPhones) forwards(t *testing.T) {
	c := d.a.with(t).create(values{"target": d.user, "operationContext": "forwarded"})
	for _, phone := range []*siptest.Phone{d.phone, d.other} {
		call, err := phone.Next(within(t, 5*time.Second))
		must(t, err)
		must(t, call.Reject(302, "Moved Temporarily", siptest.Field{Name: "Contact", Value: "<sip:102@" + d.p.addresses.SIP + ">"}))
	}
	rung, err := d.third.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, rung.Answer())
	c.got("CallConnected")
	must(t, rung.Hangup(within(t, 5*time.Second)))
	c.ended()
}

func (d *deskPhones) callsAColleague(t *testing.T) {
	call, err := d.phone.CallAs(within(t, 5*time.Second), d.as, siptest.Invite{To: "102"})
	must(t, err)
	rung, err := d.third.Next(within(t, 5*time.Second))
	must(t, err)
	if from := rung.Invite.Get("From"); !strings.HasPrefix(from, `"Desk" <sip:101@`) {
		t.Errorf("the colleague sees %s", from)
	}
	must(t, rung.Answer())
	must(t, call.WaitAnswered(within(t, 5*time.Second)))
	call.Tone(promptPitch, 5000)
	hears(t, rung, promptPitch, time.Second)
	must(t, rung.Hangup(within(t, 5*time.Second)))
	must(t, call.WaitEnded(within(t, 5*time.Second)))
}

func (d *deskPhones) needsACallerID(t *testing.T) {
	call, err := d.phone.CallAs(within(t, 5*time.Second), d.as, siptest.Invite{To: farNumber})
	must(t, err)
	call.WaitEnded(within(t, 5*time.Second))
	if final := call.Final(); final == nil || final.Status() != 403 || !strings.Contains(final.Get("Warning"), "caller id") {
		t.Errorf("got %v", final)
	}
}

func (d *deskPhones) endsWithItsUser(t *testing.T) {
	d.a.with(t).do("deleteUser", values{"user": d.user}, nil)
	if answer, err := d.phone.Register(within(t, 5*time.Second), d.as, 600); err != nil || answer.Status() != 403 {
		t.Errorf("REGISTER got %v, %v", answer, err)
	}
	if list := d.p.mustRun("phones", "list"); slices.Contains(strings.Fields(list), "101") {
		t.Errorf("phones list:\n%s", list)
	}
}

// TestDeskPhonesSurviveAKill: passwords are kept, and a phone over UDP is called
// without registering anew.
func TestDeskPhonesSurviveAKill(t *testing.T) {
	t.Parallel()
	far, port := newFarPhone(t)
	before := start(t, setup{trunk: port})
	old := startAgent(before, application{})
	user := old.createUser()
	as := before.account(user, "--caller-id", ourNumber)
	phone := before.desk(as)
	old.stop()
	before.kill()

	after := start(t, setup{data: before.data, trunk: port})
	a := startAgent(after, application{})
	c := a.create(values{"target": user})
	call, err := phone.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, call.Answer())
	c.got("CallConnected")
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()

	again := after.desk(as)
	out, err := again.CallAs(within(t, 5*time.Second), as, siptest.Invite{To: farNumber})
	must(t, err)
	rung, err := far.Next(within(t, 5*time.Second))
	must(t, err)
	if from := rung.Invite.Get("From"); !strings.Contains(from, "sip:"+ourNumber+"@") {
		t.Errorf("the called sees %s", from)
	}
	must(t, rung.Answer())
	must(t, out.WaitAnswered(within(t, 5*time.Second)))
	must(t, out.Hangup(within(t, 5*time.Second)))
	must(t, rung.WaitEnded(within(t, 5*time.Second)))
}
