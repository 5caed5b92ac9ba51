package webrtc_test

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// asks sends a request; an error is a refusal.
func (w *world) asks(c *webrtctest.Client, m protocol.Message) error {
	answer, err := c.Do(w.ctx, m)
	if _, taken := answer.(*protocol.OK); err == nil && !taken {
		err = &webrtctest.Refused{Answer: answer}
	}
	return err
}

// does sends a request that has to be taken.
func (w *world) does(c *webrtctest.Client, m protocol.Message) {
	w.Helper()
	w.must(w.asks(c, m))
}

// refused sends a request that has to be refused with a code.
func (w *world) refused(c *webrtctest.Client, code int, m protocol.Message) {
	w.Helper()
	err := w.asks(c, m)
	if got, _ := webrtctest.Codes(err); got != code {
		w.Errorf("%s is answered with %v, want %d", m.Type(), err, code)
	}
}

// hands waits until a client sees whose hands are raised.
func (w *world) hands(c *webrtctest.Client, want ...string) {
	w.Helper()
	_, err := webrtctest.Wait(w.ctx, c, func(m *protocol.Hands) bool {
		var ids []string
		for i, hand := range m.Raised {
			if hand.Order != i+1 {
				w.Errorf("hand %d has order %d", i, hand.Order)
			}
			ids = append(ids, hand.ID)
		}
		return slices.Equal(ids, want)
	})
	if err != nil {
		w.Errorf("hands %v: %v", want, err)
	}
}

// TestHandsAreRaisedAndLowered: all see them in their order; others' are lowered by
// who may manage, and by leaving.
func TestHandsAreRaisedAndLowered(t *testing.T) {
	w := newWorld(t)
	a, pa := w.inRoom(ann, call.Presenter)
	b, pb := w.inRoom(bob, call.Attendee)
	w.does(b, &protocol.HandRaise{Call: pb.Call})
	w.does(a, &protocol.HandRaise{Call: pa.Call})
	w.does(a, &protocol.HandRaise{Call: pa.Call})
	w.hands(b, bob.Raw(), ann.Raw())
	e, pe := w.inRoom(eve, call.Consumer)
	w.hands(e, bob.Raw(), ann.Raw())
	w.refused(e, 403, &protocol.HandRaise{Call: pe.Call})
	w.does(e, &protocol.HandLower{Call: pe.Call})
	w.refused(e, 403, &protocol.HandLower{Call: pe.Call, Who: []string{bob.Raw()}})
	w.refused(b, 403, &protocol.HandLower{Call: pb.Call, Who: []string{ann.Raw()}})
	yes := true
	w.refused(b, 403, &protocol.HandLower{Call: pb.Call, All: &yes})
	w.does(a, &protocol.HandLower{Call: pa.Call})
	w.hands(e, bob.Raw())
	w.does(b, &protocol.CallHangup{Call: pb.Call})
	w.hands(e)
	w.refused(b, 404, &protocol.HandRaise{Call: pb.Call})
}

// TestWhoManagesChoosesTheSpotlight: who may manage puts others in it; everybody may leave it.
func TestWhoManagesChoosesTheSpotlight(t *testing.T) {
	w := newWorld(t)
	a, pa := w.inRoom(ann, call.Presenter)
	b, pb := w.inRoom(bob, call.Attendee)
	sees := func(c *webrtctest.Client, want ...string) {
		t.Helper()
		if _, err := webrtctest.Wait(w.ctx, c, func(m *protocol.Spotlight) bool { return slices.Equal(m.People, want) }); err != nil {
			t.Errorf("spotlight %v: %v", want, err)
		}
	}
	w.refused(b, 403, &protocol.SpotlightSet{Call: pb.Call, Add: []string{bob.Raw()}})
	w.refused(a, 404, &protocol.SpotlightSet{Call: pa.Call, Add: []string{eve.Raw()}})
	w.does(a, &protocol.SpotlightSet{Call: pa.Call, Add: []string{bob.Raw(), ann.Raw()}})
	sees(b, bob.Raw(), ann.Raw())
	w.does(b, &protocol.SpotlightSet{Call: pb.Call, Remove: []string{bob.Raw()}})
	sees(a, ann.Raw())
	yes := true
	w.does(a, &protocol.SpotlightSet{Call: pa.Call, Clear: &yes})
	sees(b)
}

// TestAnEighthInTheSpotlight is refused with the text that Microsoft's UI library compares.
func TestAnEighthInTheSpotlight(t *testing.T) {
	w := newWorld(t)
	group := newGroup()
	a, pa := w.inGroup(ann, group)
	people := []string{ann.Raw()}
	for i := range 7 {
		user := identifier.User(resource, fmt.Sprintf("0000001%d-1b2c-3d4e-5f60-718293a4b5c6", i))
		w.inGroup(user, group)
		people = append(people, user.Raw())
	}
	w.does(a, &protocol.SpotlightSet{Call: pa.Call, Add: people[:7]})
	err := w.asks(a, &protocol.SpotlightSet{Call: pa.Call, Add: people[7:]})
	if known := regexp.MustCompile(`startSpotlight failed\. \d+ is the max number of participants that can be Spotlighted`); err == nil || !known.MatchString(err.Error()) {
		t.Errorf("an eighth is answered with %v", err)
	}
}

// TestReactionsAndTexts reach everybody but those in another call.
func TestReactionsAndTexts(t *testing.T) {
	w := newWorld(t)
	group := newGroup()
	a, pa := w.inGroup(ann, group)
	b, _ := w.inGroup(bob, group)
	other, _ := w.inGroup(eve, newGroup())
	w.does(a, &protocol.ReactionSend{Call: pa.Call, Reaction: protocol.ReactionHeart})
	for _, c := range []*webrtctest.Client{a, b} {
		if _, err := webrtctest.Wait(w.ctx, c, func(m *protocol.Reacted) bool { return m.Who == ann.Raw() && m.Reaction == protocol.ReactionHeart }); err != nil {
			t.Error(err)
		}
	}
	w.refused(a, 400, &protocol.ReactionSend{Call: pa.Call, Reaction: "frown"})
	w.does(a, &protocol.TextSend{Call: pa.Call, N: 1, Text: "grüß", Final: true})
	if _, err := webrtctest.Wait(w.ctx, b, func(m *protocol.Text) bool {
		return m.Text == "grüß" && m.Final && m.N == 1 && m.DisplayName == "page of "+ann.Raw()
	}); err != nil {
		t.Error(err)
	}
	w.refused(a, 400, &protocol.TextSend{Call: pa.Call, Text: strings.Repeat("x", 2001)})
	for _, m := range append(other.Events(), a.Events()...) {
		if _, is := m.(*protocol.Text); is {
			t.Errorf("the sender, or another call, got %+v", m)
		}
	}
}

// TestDataReachesWhomItIsFor, within bounds.
func TestDataReachesWhomItIsFor(t *testing.T) {
	w := newWorld(t)
	group := newGroup()
	a, pa := w.inGroup(ann, group)
	b, _ := w.inGroup(bob, group)
	e, _ := w.inGroup(eve, group)
	send := func(n int, to ...string) *protocol.DataSend {
		return &protocol.DataSend{Call: pa.Call, Channel: 7, Session: "s", To: to, N: n, Data: base64.StdEncoding.EncodeToString([]byte{1, 2, 3})}
	}
	w.does(a, send(1, bob.Raw()))
	w.does(a, send(2))
	for _, c := range []*webrtctest.Client{b, e} {
		if _, err := webrtctest.Wait(w.ctx, c, func(m *protocol.Data) bool { return m.N == 2 && m.Who == ann.Raw() && m.Data == "AQID" }); err != nil {
			t.Error(err)
		}
	}
	for _, m := range e.Events() {
		if data, is := m.(*protocol.Data); is && data.N == 1 {
			t.Error("data for one reached another")
		}
	}
	for name, change := range map[string]func(*protocol.DataSend){
		"channel 0":  func(m *protocol.DataSend) { m.Channel = 0 },
		"no session": func(m *protocol.DataSend) { m.Session = "" },
		"no base64":  func(m *protocol.DataSend) { m.Data = "%" },
		"lines":      func(m *protocol.DataSend) { m.Data = "AQ\nID" },
		"only lines": func(m *protocol.DataSend) { m.Data = strings.Repeat("\n", 20_000) },
		"many":       func(m *protocol.DataSend) { m.To = slices.Repeat([]string{bob.Raw()}, 65) },
		"33 KiB":     func(m *protocol.DataSend) { m.Data = base64.StdEncoding.EncodeToString(make([]byte, 33<<10)) },
	} {
		t.Run(name, func(*testing.T) {
			m := send(3)
			change(m)
			w.refused(a, 400, m)
		})
	}
	m := send(4, "8:acs:nobody")
	m.Data = base64.StdEncoding.EncodeToString(make([]byte, 32<<10))
	w.floods(a, 32<<10, m)
}

// TestFloodOfTextsIsRefused, as of data.
func TestFloodOfTextsIsRefused(t *testing.T) {
	w := newWorld(t)
	a, pa := w.inGroup(ann, newGroup())
	w.floods(a, 8000, &protocol.TextSend{Call: pa.Call, Text: strings.Repeat("\U0001F600", 2000)})
}

// TestFloodOfNothingIsRefused: all are told of each message, whatever is in it, and the clients of
// a user have one budget.
func TestFloodOfNothingIsRefused(t *testing.T) {
	for name, empty := range map[string]func(call string) protocol.Message{
		"texts": func(call string) protocol.Message { return &protocol.TextSend{Call: call} },
		"data":  func(call string) protocol.Message { return &protocol.DataSend{Call: call, Channel: 1, Session: "s"} },
		"spotlights": func(call string) protocol.Message {
			return &protocol.SpotlightSet{Call: call, Remove: []string{ann.Raw()}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			group := newGroup()
			for range 8 {
				c, p := w.inGroup(ann, group)
				for range 50 { // fewer than a session may send at once
					err := w.asks(c, empty(p.Call))
					if code, _ := webrtctest.Codes(err); code == 429 {
						return
					}
					w.must(err)
				}
			}
			t.Error("a user may send without end")
		})
	}
}

// TestFloodOfReactionsIsRefused, which count as 16 KiB of data.
func TestFloodOfReactionsIsRefused(t *testing.T) {
	w := newWorld(t)
	a, pa := w.inGroup(ann, newGroup())
	w.floods(a, 16<<10, &protocol.ReactionSend{Call: pa.Call, Reaction: protocol.ReactionApplause})
}

// floods sends a message of so many bytes until it is refused: 256 KiB may come at once, and
// 64 KiB a second. As long as a busy machine sends no faster than it may, this is no flood.
func (w *world) floods(c *webrtctest.Client, size int, m protocol.Message) {
	w.Helper()
	for n, began := 0, time.Now(); n < 20+(256<<10+int(time.Since(began).Seconds()*2*(64<<10)))/size; n++ {
		if err := w.asks(c, m); err != nil {
			if code, _ := webrtctest.Codes(err); code != 429 {
				w.Errorf("a flood is answered with %v", err)
			}
			return
		}
	}
	w.Error("a client may send without end")
}

// TestCallsAreRated also after their end, and only within the scale.
func TestCallsAreRated(t *testing.T) {
	w := newWorld(t)
	a, pa := w.inGroup(ann, newGroup())
	good := &protocol.Survey{Call: pa.Call, Overall: &protocol.Rating{Score: 4, Lowest: 1, Highest: 5}}
	w.does(a, good)
	w.refused(a, 400, &protocol.Survey{Call: pa.Call})
	w.refused(a, 400, &protocol.Survey{Call: pa.Call, Audio: &protocol.Rating{Score: 6, Lowest: 1, Highest: 5}})
	w.does(a, &protocol.CallHangup{Call: pa.Call})
	w.ended(a, 0, 0)
	w.does(a, good)
	w.refused(a, 404, &protocol.Survey{Call: "none", Overall: good.Overall})
	var err error
	for n := 0; n <= 2*16 && err == nil; n++ { // two windows, on a machine that is slow
		err = w.asks(a, good)
	}
	if code, _ := webrtctest.Codes(err); code != 429 {
		t.Errorf("a flood of surveys is answered with %v", err)
	}
	w.does(a, &protocol.Ping{})
}
