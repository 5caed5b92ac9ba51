package sip

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestPhoneBehindAProxyIsCalledThroughIt registers two phones through an edge proxy, one of
// which it names in Path (RFC 3327): calls have it as Route, and the phone is not asked
// whether it lives. That the other does not answer any more signs off the other alone.
func TestPhoneBehindAProxyIsCalledThroughIt(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, func(c *Config) { c.flowKeepAlive = 500 * time.Millisecond })
	edge := o.phone(t, nil)
	var asked atomic.Int32
	edge.Answering(func(m *siptest.Message) int {
		if m.Method() == "OPTIONS" && asked.Add(1) > 1 {
			return -1
		}
		return 0
	})
	register := func(name string, fields ...siptest.Field) identifier.ID {
		t.Helper()
		as, id := o.user(t, name, "")
		fields = append(fields, siptest.Field{Name: "Contact", Value: "<sip:" + name + "@10.0.0.7:40001>"})
		if answer, err := edge.Register(within(t), as, 600, fields...); err != nil || answer.Status() != 200 {
			t.Fatal(answer, err)
		}
		return id
	}
	behind := register("101", siptest.Field{Name: "Path", Value: "<sip:127.0.0.1:5070;lr;received=sip:198.51.100.7:40001>, <sip:far.example;lr>"})
	alone := register("102")
	p := o.ring(t, call.Invitation{From: alone, To: behind})
	rung := next(t, edge)
	var routes []string
	for _, value := range rung.Invite.All("Route") {
		routes = append(routes, strings.Split(value, ", ")...)
	}
	if !strings.HasPrefix(rung.Invite.Start, "INVITE sip:101@10.0.0.7:40001 ") || strings.Join(routes, ", ") != "<sip:127.0.0.1:5070;lr;received=sip:198.51.100.7:40001>, <sip:far.example;lr>" {
		t.Errorf("got %s with Route %q", rung.Invite.Start, routes)
	}
	rung.Ring()
	expect[call.Ringing](t, p)
	rung.Answer()
	expect[call.Answered](t, p)
	eventually(t, func() bool { return len(o.phones.BindingsOfIdentity(alone)) == 0 })
	if len(o.phones.BindingsOfIdentity(behind)) != 1 || o.phones.Counts().Lost != 1 {
		t.Errorf("registered are %+v, counted %+v", o.phones.AllBindings(), o.phones.Counts())
	}
	if n := edge.Count(func(e siptest.Entry) bool {
		return isRequest("OPTIONS", false)(e) && strings.Contains(e.Message.Start, "sip:101@")
	}); n > 0 {
		t.Errorf("the phone that the proxy looks after is asked %d times", n)
	}
}
