package e2e

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"
)

// TestKillNineLosesNothing: the process dies while calls are up, and the
// application is down as well. When both are back, every event arrives.
func TestKillNineLosesNothing(t *testing.T) {
	t.Parallel()
	door := fmt.Sprintf("localhost:%d", freePort(t))
	before := start(t, setup{https: door})
	old := startAgent(before, application{port: freePort(t)})
	before.subscribe("incoming", old.url+"/events")
	phone := newPhone(before)

	idle, _ := old.answered(phone)
	playing, call := old.answered(phone)
	playing.do("playToAll", values{"urls": []string{old.saveTone("long.wav", time.Minute)}, "operationContext": "long"}, nil)
	playing.gotFor("long", "PlayStarted")
	hears(t, call, promptPitch, 300*time.Millisecond)
	listening, _ := old.answered(phone)
	listening.do("recognizeDtmf", values{"target": caller, "maxTones": 4, "initialSilence": 60, "operationContext": "pin"}, nil)

	// While the application is out of order somebody else calls. An event is
	// accepted when it is journalled, and posted only then: the attempt that fails
	// shows that this one must not be lost.
	old.do("respond", values{"path": "/events", "status": 500}, nil)
	late := newPhoneAs(before, "+15550199002")
	ringing := dial(t, late)
	must(t, ringing.WaitRinging(within(t, 5*time.Second)))
	old.incomingCall("4:+15550199002")
	old.stop()
	before.kill()

	// The application is back before the product is: events wait 5 s at most for those
	// before them, and on a busy machine an application needs longer to start.
	app := startAgent(before, application{port: old.port()})
	after := start(t, setup{data: before.data, https: door})
	app.product = after
	for _, cut := range []struct {
		id, context, event string
	}{{idle.id, "", ""}, {playing.id, "long", "PlayFailed"}, {listening.id, "pin", "RecognizeFailed"}} {
		c := app.connection(cut.id)
		if why := c.waitEnd(); why.Code != 500 {
			t.Errorf("CallDisconnected says %v", why)
		}
		// An event may come twice, so what was there before may be there again.
		kinds := c.kinds()
		if cut.event != "" && !slices.Equal(kinds[max(0, len(kinds)-2):], []string{cut.event, "CallDisconnected"}) {
			t.Errorf("after the restart a connection got %v, want %s before its end", kinds, cut.event)
		}
		c.gone()
	}
	app.waitFor(time.Minute, "the IncomingCall that nobody took", func(e event) bool {
		return e.kind() == "IncomingCall" && e.data().From.RawID == "4:+15550199002"
	})

	// And the product works on.
	next := newPhoneAs(after, "+15550199003")
	again := dial(t, next)
	c := app.answer(app.incomingCall("4:+15550199003"))
	must(t, again.WaitAnswered(within(t, 10*time.Second)))
	must(t, again.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// waitEnd is ended for an end that may take its time.
func (c connection) waitEnd() *result {
	c.t.Helper()
	return c.waitFor(time.Minute, "CallDisconnected", func(e event) bool {
		return c.own(e) && e.kind() == "CallDisconnected"
	}).data().ResultInformation
}

// port is where the application listens.
func (a *agent) port() int {
	u, err := url.Parse(a.url)
	must(a.t, err)
	_, text, err := net.SplitHostPort(u.Host)
	must(a.t, err)
	port, err := strconv.Atoi(text)
	must(a.t, err)
	return port
}
