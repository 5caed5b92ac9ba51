package e2e

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// line is a browser's way to the server, for signalling and media: it can be cut, and led
// to another process.
type line struct {
	t        testing.TB
	listener net.Listener
	media    *webrtctest.Network

	mu   sync.Mutex
	to   string
	cut  bool
	open map[net.Conn]struct{}
}

func newLine(t testing.TB, p *product) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	media, err := webrtctest.NewNetwork(netip.MustParseAddrPort(p.addresses.WebRTC), 1)
	must(t, err)
	l := &line{t: t, listener: listener, media: media, to: p.addresses.HTTP, open: map[net.Conn]struct{}{}}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go l.pass(conn)
		}
	}()
	t.Cleanup(func() { listener.Close(); l.be(true); media.Close() })
	return l
}

func (l *line) endpoint() string { return "http://" + l.listener.Addr().String() }

// pass forwards a connection while the line is whole.
func (l *line) pass(conn net.Conn) {
	defer conn.Close()
	l.mu.Lock()
	to, cut := l.to, l.cut
	l.mu.Unlock()
	if cut {
		return
	}
	far, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer far.Close()
	l.mu.Lock()
	l.open[conn], l.open[far] = struct{}{}, struct{}{}
	l.mu.Unlock()
	go func() { io.Copy(far, conn); far.Close() }()
	io.Copy(conn, far)
	l.mu.Lock()
	delete(l.open, conn)
	delete(l.open, far)
	l.mu.Unlock()
}

// be cuts the line, or makes it whole.
func (l *line) be(cut bool) {
	l.media.Be(webrtctest.Badness{Cut: cut})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
	for conn := range l.open {
		if cut {
			conn.Close()
		}
	}
}

// lead leads to another process.
func (l *line) lead(p *product) {
	l.media.Lead(netip.MustParseAddrPort(p.addresses.WebRTC))
	l.mu.Lock()
	l.to = p.addresses.HTTP
	l.mu.Unlock()
}

// behind makes an agent in the page whose signalling and media take a line.
func (x *tab) behind(l *line, a *agent, user, name string) {
	x.t.Helper()
	x.run(`
		const set = RTCPeerConnection.prototype.setRemoteDescription;
		RTCPeerConnection.prototype.setRemoteDescription = function (answer) {
			const sdp = answer.sdp.split("\r\n").filter((line) => !/^a=candidate:.* tcp /i.test(line))
				.map((line) => line.replace(/^(a=candidate:\S+ \d+ udp \d+) \S+ \d+/i, "$1 127.0.0.1 " + %s)).join("\r\n");
			return set.call(this, {type: answer.type, sdp});
		};
		globalThis.client = new calling.CallClient({endpoint: %s});
		globalThis.agent = await client.createCallAgent(new AzureCommunicationTokenCredential(%s), {displayName: %s});`,
		l.media.Port(), l.endpoint(), a.token(user), name)
}

// TestBrowsersInAdversity: a firewall lets TURN through alone; a tab is frozen, and its
// network is cut. For the end of a server see TestRoomOutlivesItsServer.
func TestBrowsersInAdversity(t *testing.T) {
	t.Parallel()
	p := start(t, setup{config: "turn: {listen: '127.0.0.1:0'}\n"})
	a := startAgent(p, application{})
	b := startBrowsers(t)
	ada, bob := a.createUser(), a.createUser()
	var made room
	a.do("createRoom", values{"participants": []values{{"id": ada, "role": "Presenter"}, {"id": bob, "role": "Presenter"}}}, &made)
	first, second := b.open("ada", firstPitch), b.open("bob", secondPitch)
	adas, bobs := newLine(t, p), newLine(t, p)
	first.agent(a, ada, "Ada")
	second.agent(a, bob, "Bob")
	second.joins(values{"roomId": made.ID})
	t.Run("a browser behind a firewall talks by a relay", func(t *testing.T) {
		talkByRelay(t, first.with(t), second.with(t), firstPitch, secondPitch, made.ID)
	})
	first.run(`await client.dispose()`)
	second.run(`await client.dispose()`)
	first.behind(adas, a, ada, "Ada")
	second.behind(bobs, a, bob, "Bob")
	first.joins(values{"roomId": made.ID})
	second.joins(values{"roomId": made.ID})
	second.hears(firstPitch)

	t.Run("a tab that is frozen stays in its call", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		first.freeze(true)
		time.Sleep(2 * time.Second)
		second.until(`call.remoteParticipants.length === 1 && call.remoteParticipants[0].state === "Connected"`)
		second.run(`await call.mute()`)
		first.freeze(false)
		first.until(`call.state === "Connected" && call.remoteParticipants[0].isMuted`)
		second.run(`await call.unmute()`)
		first.hears(secondPitch)
	})
	t.Run("a network that is cut for a while ends no call", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		first.run(`globalThis.before = lines.length; globalThis.told = [];
			call.feature(calling.Features.UserFacingDiagnostics).network.on("diagnosticChanged", ({diagnostic, value}) => diagnostic === "networkReconnect" && told.push(value))`)
		adas.be(true)
		second.hearsNothing(firstPitch)
		first.until(`told.includes(3)`)
		adas.be(false)
		second.hears(firstPitch)
		first.until(`told.at(-1) === 1`)
		first.run(`await call.mute()`)
		second.until(`call.remoteParticipants[0].isMuted`)
		first.run(`await call.unmute()`)
		if got := string(first.run(`return lines.slice(before).filter((line) => line.startsWith("state") || line.startsWith("left"))`)); got != "[]" {
			t.Errorf("the call told %s", got)
		}
	})
	first.noErrors()
	second.noErrors()
}

// freeze freezes the tab, or lets it go on.
func (x *tab) freeze(on bool) {
	x.t.Helper()
	_, err := x.do(values{"do": "freeze", "tab": x.name, "on": on})
	must(x.t, err)
}
