package sip

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/trunk"
)

// nobodys owns no number.
type nobodys struct{}

func (nobodys) Owns(string) bool                      { return false }
func (nobodys) Calls(string) (outbound, inbound bool) { return false, false }

// guardedRig makes a rig whose trunks have rules.
func guardedRig(t *testing.T, trunks []trunk.Trunk, guards ...permit.Guard) (*rig, *permit.Rules) {
	t.Helper()
	table, err := trunk.NewTable(trunks, nil)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := permit.New(permit.Config{Numbers: nobodys{}, Trunks: table, Guards: guards})
	if err != nil {
		t.Fatal(err)
	}
	return newRig(t, func(c *Config) { c.Permit = rules }, trunks...), rules
}

// TestFullTrunkGets503 asks that a call beyond max-calls is refused with
// Retry-After, and that a place is free when a call has ended.
func TestFullTrunkGets503(t *testing.T) {
	t.Parallel()
	r, rules := guardedRig(t, []trunk.Trunk{{Name: "narrow", Host: "127.0.0.1", Sources: loopback, MaxCalls: 1}})
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	if load := rules.Load("narrow"); load.Inbound != 1 {
		t.Errorf("load is %+v", load)
	}
	second, err := phone.Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return second.Final() != nil })
	if final := second.Final(); final.Status() != 503 || final.Get("Retry-After") == "" {
		t.Errorf("got %s", final.Start)
	}
	if err := made.Hangup(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Ended](t, taken)
	eventually(t, func() bool { return rules.Load("narrow").Inbound == 0 })
	r.connect(t, phone)
}

// TestFullTrunkIsPassedOver asks that a call goes through the next trunk of the
// route, and fails with the limit's name where there is none.
func TestFullTrunkIsPassedOver(t *testing.T) {
	t.Parallel()
	narrow, a := callee(t, "narrow", nil)
	wide, b := callee(t, "wide", nil)
	a.MaxCalls, b.MaxCalls = 1, 1
	a.CallerIDs.Any, b.CallerIDs.Any = true, true
	r, rules := guardedRig(t, []trunk.Trunk{a, b})
	first := r.dial(t, "+15557770000")
	next(t, narrow).Answer()
	expect[call.Answered](t, first)
	second := r.dial(t, "+15557770000")
	next(t, wide).Answer()
	expect[call.Answered](t, second)
	third := r.dial(t, "+15557770000")
	if why := expect[call.Ended](t, third).Reason; why.Kind != call.Overloaded || !strings.Contains(why.Text, "max-calls") {
		t.Errorf("reason is %+v", why)
	}
	first.End(call.Reason{Kind: call.EndedByApplication})
	expect[call.Ended](t, first)
	eventually(t, func() bool { return rules.Load("narrow").Outbound == 0 })
	if load := rules.Load("wide"); load.Outbound != 1 {
		t.Errorf("load is %+v", load)
	}
}

// TestTrunkThatShowsNoStrangersIsPassedOver asks the same of caller ids, and of
// guards for one trunk.
func TestTrunkThatShowsNoStrangersIsPassedOver(t *testing.T) {
	t.Parallel()
	strict, a := callee(t, "strict", nil)
	closed, b := callee(t, "closed", nil)
	open, c := callee(t, "open", nil)
	b.CallerIDs.Any, c.CallerIDs.Any = true, true
	r, _ := guardedRig(t, []trunk.Trunk{a, b, c}, permit.Guard{Name: "shut", Trunks: []string{"closed"}, Deny: true})
	made := r.dial(t, "+15557770000")
	next(t, open).Answer()
	expect[call.Answered](t, made)
	if strict.Count(isRequest("INVITE", false))+closed.Count(isRequest("INVITE", false)) > 0 {
		t.Error("a trunk was called that may not be")
	}
}

// logLines hands out the lines of a log.
type logLines chan string

func (l logLines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// TestNumberThatIsNotOursIsInTheLog: the caller gets 404, the operator what the number was taken for.
func TestNumberThatIsNotOursIsInTheLog(t *testing.T) {
	t.Parallel()
	table, err := trunk.NewTable([]trunk.Trunk{{Name: "local", Host: "127.0.0.1", Sources: loopback}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(logLines, 100)
	r := &rig{application: &application{arrived: make(chan *testLeg, 1)}, table: table}
	r.Server = New(Config{Listen: "127.0.0.1:0"}, table, r.application, rtp.NewPorts(rtp.Config{}), slog.New(slog.NewTextHandler(lines, nil)))
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	var refused error = fault.NotFound("the number 4:+15551230001 is not owned by this resource")
	r.application.refuse.Store(&refused)
	made, err := r.phone(t, nil).Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	if status := finalStatus(t, made); status != 404 {
		t.Errorf("the caller got %d", status)
	}
	for {
		select {
		case line := <-lines:
			if strings.Contains(line, "its number takes no calls here") && strings.Contains(line, "trunk=local") && strings.Contains(line, "+15551230001") {
				return
			}
		case <-within(t).Done():
			t.Fatal("no line says why")
		}
	}
}
