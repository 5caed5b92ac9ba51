package signalling

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// holds asks for a call to be held, and returns the answer.
func (p *page) holds(call string) protocol.Message {
	p.send(&protocol.CallHold{Call: call})
	_, messages, _ := p.read()
	if len(messages) == 0 {
		return nil
	}
	return messages[len(messages)-1]
}

func TestRequestThatPanicsFailsAlone(t *testing.T) {
	run(t, func(o *office) {
		p, _ := o.greet(protocol.Hello{Token: "ann"})
		if failed, is := p.holds("broken").(*protocol.Refusal); !is || failed.Reason != protocol.ReasonInternal || failed.Code != 500 {
			t.Errorf("the request that panicked is answered with %+v", failed)
		}
		if answer, is := p.holds("whole").(*protocol.OK); !is {
			t.Errorf("the next one is answered with %+v", answer)
		}
	})
}

func TestHelloThatPanicsEndsItsSocketAlone(t *testing.T) {
	run(t, func(o *office) {
		p, _ := o.greet(protocol.Hello{Token: "ann"})
		broken := o.connect(somewhere)
		broken.write(hello(map[string]any{"token": "broken"}))
		if _, open := <-broken.frames; open {
			t.Error("the socket of a hello that panicked is answered")
		}
		if answer, is := p.holds("whole").(*protocol.OK); !is {
			t.Errorf("another client is answered with %+v", answer)
		}
	})
}

// TestSocketThatNobodyWatchesIsClosed: where the watch panics the client comes back with another
// socket, which is watched.
func TestSocketThatNobodyWatchesIsClosed(t *testing.T) {
	run(t, func(o *office) {
		p, welcome := o.greet(protocol.Hello{Token: "ann"})
		defer p.answerPings()()
		o.mu.Lock()
		o.read = func() { panic("the watch is broken") }
		o.mu.Unlock()
		time.Sleep(verifyEvery + pingEvery)
		if _, open := <-p.frames; open {
			t.Error("the socket is told something")
		}
		if _, again := o.greet(protocol.Hello{Token: "ann", Session: welcome.Session}); !again.Resumed {
			t.Error("the session is not resumed")
		}
	})
}
