package e2e

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
	"github.com/switchhook/switchhook/internal/websocket"
)

// crowd are the clients of a room beside a page, each as docs/browser-protocol.md has them
// and without our library.
type crowd struct {
	t       *testing.T
	clients []*webrtctest.Client
	tokens  []string
	peers   []*webrtctest.Peer
}

// joins has all of them join the room at once.
func (c *crowd) joins(room string) {
	c.t.Helper()
	c.peers = make([]*webrtctest.Peer, len(c.clients))
	failed := make(chan error)
	for i, client := range c.clients {
		go func() {
			var err error
			c.peers[i], err = client.Join(within(c.t, webrtctest.Patience), protocol.CallJoin{Room: room})
			failed <- err
		}()
	}
	var all []error
	for range c.clients {
		all = append(all, <-failed)
	}
	for _, peer := range c.peers {
		if peer != nil {
			c.t.Cleanup(peer.Close)
		}
	}
	must(c.t, errors.Join(all...))
}

// returns has all of them come back to a server that was restarted: it does not know their
// sessions, so that they begin new ones.
func (c *crowd) returns(p *product) {
	c.t.Helper()
	for i, before := range c.clients {
		hello := protocol.Hello{Token: c.tokens[i], DisplayName: fmt.Sprint("client ", i), Session: before.Welcome.Session}
		_, err := webrtctest.Dial(within(c.t, webrtctest.Patience), p.clients(), hello)
		if closed := (*websocket.ClosedError)(nil); !errors.As(err, &closed) || int(closed.Code) != protocol.CloseNoSession {
			c.t.Fatalf("a session of before the restart: %v", err)
		}
		hello.Session = ""
		client, err := webrtctest.Dial(within(c.t, webrtctest.Patience), p.clients(), hello)
		must(c.t, err)
		c.t.Cleanup(client.Cut)
		c.clients[i] = client
	}
}

// hearEachOther asks that what one says is heard by the next, around the circle, and what
// the page says by all.
func (c *crowd) hearEachOther(page *tab) {
	c.t.Helper()
	ctx := within(c.t, 2*webrtctest.Patience)
	for _, peer := range c.peers {
		must(c.t, peer.WaitTone(ctx, firstPitch))
	}
	c.peers[0].Say(1100)
	page.until(heardTone(1100))
	c.peers[0].Say(0)
	page.run(`await call.mute()`)
	for i, peer := range c.peers {
		next, pitch := c.peers[(i+1)%len(c.peers)], 440+200*(i%3) // another than the one's before, which fades
		peer.Say(pitch)
		must(c.t, next.WaitTone(ctx, float64(pitch)))
		peer.Say(0)
	}
	page.run(`await call.unmute()`)
}

// TestRoomOutlivesItsServer: twenty are in a room, whose server is killed, and then stopped
// in order. Each time all are back in it; the page with our library tells its application
// nothing but that there was no connection for a while.
func TestRoomOutlivesItsServer(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := startAgent(p, application{})
	b := startBrowsers(t)
	ada := a.createUser()
	everybody := []values{{"id": ada, "role": "Presenter"}}
	c := &crowd{t: t}
	for i := range 19 {
		user, token := p.newToken()
		client, err := webrtctest.Dial(within(t, webrtctest.Patience), p.clients(), protocol.Hello{Token: token, DisplayName: fmt.Sprint("client ", i)})
		must(t, err)
		t.Cleanup(client.Cut)
		c.clients, c.tokens = append(c.clients, client), append(c.tokens, token)
		everybody = append(everybody, values{"id": user, "role": "Presenter"})
	}
	var made room
	a.do("createRoom", values{"participants": everybody}, &made)
	page, way := b.open("ada", firstPitch), newLine(t, p)
	page.behind(way, a, ada, "Ada")
	page.joins(values{"roomId": made.ID})
	c.joins(made.ID)
	page.until(`call.remoteParticipants.length === 19`)
	c.hearEachOther(page)
	page.run(`
		await call.startVideo(new calling.LocalVideoStream((await (await client.getDeviceManager()).getCameras())[0]));
		globalThis.people = call.remoteParticipants.map((person) => person);
		globalThis.heard = await call.remoteAudioStreams[0].getMediaStream();
		globalThis.element = Object.assign(new Audio(), {srcObject: heard});
		await element.play();
		globalThis.told = [];
		call.feature(calling.Features.UserFacingDiagnostics).network.on("diagnosticChanged", ({diagnostic, value}) => diagnostic === "networkReconnect" && told.push(value));`)
	for _, end := range []func(*product){(*product).kill, (*product).stop} {
		page.run(`lines.length = told.length = 0; globalThis.played = heard.getAudioTracks()[0]; globalThis.named = await call.info.getServerCallId()`)
		end(p)
		p = start(t, setup{data: p.data})
		way.lead(p)
		c.returns(p)
		c.joins(made.ID)
		page.until(`told.at(-1) === 1 && told.includes(3)`)
		c.hearEachOther(page)
		page.until(`call.remoteParticipants.length === 19 && call.remoteParticipants.every((person) => people.includes(person) && person.state === "Connected")`)
		await(t, c.clients[0], func(m *protocol.Roster) bool {
			return slices.ContainsFunc(m.Set, func(one protocol.Person) bool { return one.ID == ada && len(one.Streams) == 1 })
		})
		page.asks("true true", `return (await call.remoteAudioStreams[0].getMediaStream() === heard) + " " + (heard.getAudioTracks().length === 1 && heard.getAudioTracks()[0] !== played)`)
		page.run(`globalThis.at = element.currentTime`)
		page.until(`element.currentTime > at && !element.paused`)
		page.asks("true true", `return call.isLocalVideoStarted + " " + String(await call.info.getServerCallId() !== named)`)
		page.asks("muted true,muted false", `return lines.join()`) // by this test
	}
	page.run(`await call.hangUp()`)
	page.asks("0/0", `return call.callEndReason.code + "/" + call.callEndReason.subCode`)
	page.noErrors()
}
