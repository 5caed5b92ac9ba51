package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestStopEndsCallsWithTheirEvents: while stopping, new calls are refused and
// running ones may end by themselves; those that do not are ended, and their
// applications hear of it.
func TestStopEndsCallsWithTheirEvents(t *testing.T) {
	t.Parallel()
	p := start(t, setup{grace: 3 * time.Second})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	phone := newPhone(p)
	stays, call := a.answered(phone)
	leaves, other := a.answered(phone)

	must(t, p.process.Process.Signal(syscall.SIGTERM))
	eventually(t, 5*time.Second, "the log says that it stops", func() bool { return strings.Contains(p.log.String(), "stopping") })
	late := dial(t, phone)
	late.WaitEnded(within(t, 5*time.Second))
	if last := late.Last(); last == nil || last.Status() != 503 {
		t.Errorf("a call while stopping got %v, want 503", last)
	}
	must(t, other.Hangup(within(t, 2*time.Second)))
	if why := leaves.ended(); why.Code != 200 {
		t.Errorf("who hung up in time gets %v", why)
	}
	must(t, call.WaitEnded(within(t, 10*time.Second)))
	if last := call.Last(); last == nil || last.Method() != "BYE" {
		t.Errorf("the phone that stayed got %v, want BYE", last)
	}
	if why := stays.ended(); why.Code != 500 {
		t.Errorf("the call that stayed ended with %v, want 500", why)
	}
	p.stopped()
}

// TestRotatedKeyOpensNothing: an application with the old key is a stranger, one
// with the other key works on.
func TestRotatedKeyOpensNothing(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := startAgent(p, application{})
	user := a.createUser()
	p.mustRun("keys", "rotate", "primary")
	err := a.try("getToken", values{"user": user, "scopes": []string{"voip"}}, nil)
	if err == nil || !strings.Contains(err.Error(), " 401 ") {
		t.Errorf("the old key gets %v, want 401", err)
	}
	renewed := startAgent(p, application{}) // it reads the connection string anew
	renewed.do("getToken", values{"user": user, "scopes": []string{"voip"}}, nil)
}

// TestResourceMovesIn: an ACS resource's id, key and users are those of the
// server from its first start on.
func TestResourceMovesIn(t *testing.T) {
	t.Parallel()
	const (
		resource = "0f1e2d3c-4b5a-4697-8877-665544332211"
		key      = "bW92aW5nLWluLWtleS1vZi1hLXJlc291cmNlLTAwMDE="
		user     = "8:acs:" + resource + "_0000000c-1234-5678-9abc-def012345678"
	)
	p := start(t, setup{config: "resource-id: " + resource + "\nkey1: " + key + "\n"})
	if got := accessKey(p); got != key {
		t.Errorf("the access key is %s", got)
	}
	list := filepath.Join(t.TempDir(), "users.txt")
	must(t, os.WriteFile(list, []byte(user+"\n"), 0o600))
	p.mustRun("identity", "import", list)
	a := startAgent(p, application{})
	a.do("getToken", values{"user": user, "scopes": []string{"voip"}}, nil)
}

// TestWebhookThatFailsIsTriedAgain: callbacks and Event Grid events survive a
// webhook that is out of order for a moment.
func TestWebhookThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	a, phone := stage(t)
	a.do("respond", values{"path": "/events", "status": 500}, nil)
	call := dial(t, phone)
	first := a.incomingCall(caller)
	a.do("respond", values{"path": "/events", "status": 200}, nil)
	again := a.waitFor(time.Minute, "the event once more", func(e event) bool {
		return e.kind() == "IncomingCall" && e.Status == 200
	})
	if again.Raw[0].ID != first.ID || again.Headers["aeg-delivery-count"] == "0" {
		t.Errorf("the repeated event is %s, attempt %s, want %s", again.Raw[0].ID, again.Headers["aeg-delivery-count"], first.ID)
	}

	a.do("respond", values{"path": "/callbacks", "status": 500}, nil)
	c := a.answer(again.Raw[0])
	failed := c.got("CallConnected")
	a.do("respond", values{"path": "/callbacks", "status": 200}, nil)
	repeated := a.wait("CallConnected once more", func(e event) bool {
		return c.own(e) && e.kind() == "CallConnected" && e.Status == 200
	})
	if repeated.data().CorrelationID != failed.CorrelationID {
		t.Errorf("the repeated callback is %+v", repeated.data())
	}
	must(t, call.WaitAnswered(within(t, 5*time.Second)))
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}
