package e2e

import (
	"net"
	"os"
	"testing"
)

// TestFirefoxTalksWithChromium: who is in Firefox and who is in Chromium hear and see each
// other in a room, with what each of the browsers does in its own way.
func TestFirefoxTalksWithChromium(t *testing.T) {
	needFirefox(t)
	m := newTwoInBrowsers(t, start(t, setup{config: "turn: {listen: '" + ownAddress(t) + ":0'}\n"}), (*browsers).open, (*browsers).openFirefox)
	m.a.do("inviteToRoom", values{"room": m.room, "participants": []values{{"id": m.bob, "role": "Collaborator"}}}, nil) // who may share
	for _, x := range []*tab{m.first, m.second} {
		x.joinsSeen(m.room)
	}
	for _, x := range []*tab{m.first, m.second} {
		x.until(`call.state === "Connected" && call.remoteParticipants.length === 1`)
	}
	t.Run("they hear each other", m.firefoxIsHeard)
	t.Run("and are not heard while they are muted", m.presenterMutes)
	t.Run("or hold the call", m.holdIsLocal)
	t.Run("hands, reactions, texts and data reach the other", m.handsAndTextsReachOthers)
	t.Run("they see each other", m.seenFromTheBeginning)
	t.Run("with statistics of both sides", m.withStatistics)
	t.Run("in the size that is shown", m.inEachSize)
	t.Run("off and on again", m.firefoxTurnsItsCamera)
	t.Run("and what the page makes of its camera", m.processedOffAndOn)
	t.Run("and the screen of Firefox", m.firefoxShares)
	t.Run("a socket that is cut is replaced without a word", m.socketIsReplaced)
	t.Run("a path that is lost is looked for anew", m.firefoxFindsANewPath)
	t.Run("nothing is complained of", m.firefoxIsWell)
	t.Run("who is behind a firewall talks by a relay", m.firefoxTalksByRelay)
	t.Run("who loads the page anew has left", m.firefoxIsLoadedAnew)
	t.Run("and who closes the page has left", m.firefoxIsClosed)
	m.first.noErrors()
}

// needFirefox skips where there is none; in CI that is a failure.
func needFirefox(t testing.TB) {
	t.Helper()
	name := os.Getenv("FIREFOX")
	if name == "" {
		name = "/usr/bin/firefox-esr"
	}
	if _, err := os.Stat(name); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("firefox-esr is not installed: make firefox")
	}
	t.Skip("firefox-esr is not installed: make firefox, or name a Firefox in FIREFOX")
}

func (m *twoInARoom) firefoxIsHeard(t *testing.T) {
	_, first, second := m.with(t)
	first.hears(secondPitch)
	second.hears(firstPitch)
	first.until(`call.remoteParticipants[0].isSpeaking`)
}

// inEachSize: both encodings of either camera, as large as it is shown.
func (m *twoInARoom) inEachSize(t *testing.T) {
	for _, x := range []*tab{m.first.with(t), m.second.with(t)} {
		for _, size := range [][2]string{{"160px", "320"}, {"640px", "640"}} {
			x.run(`Object.assign(seen.view.target.style, {width: %s, height: (parseInt(%s) * 9) / 16 + "px"})`, size[0], size[0])
			x.until(`find("Video").size.width === ` + size[1] + ` && await moves(seen.video)`)
		}
	}
}

func (m *twoInARoom) firefoxTurnsItsCamera(t *testing.T) {
	_, first, second := m.with(t)
	second.run(`await call.stopVideo(stream)`)
	first.until(`!find("Video").isAvailable`)
	second.run(`await call.startVideo(stream)`)
	first.until(`find("Video").isAvailable && find("Video").isReceiving && await moves(seen.video)`)
}

func (m *twoInARoom) firefoxShares(t *testing.T) {
	_, first, second := m.with(t)
	// Without a display Firefox has no screen to choose: the page gives a picture that it draws.
	second.run(`
		const canvas = Object.assign(document.createElement("canvas"), {width: 640, height: 360}), context = canvas.getContext("2d");
		let n = 0;
		globalThis.drawing = setInterval(() => { context.fillStyle = n++ & 1 ? "red" : "blue"; context.fillRect(0, 0, 640, 360); }, 100);
		await call.startScreenSharing(new calling.LocalVideoStream(canvas.captureStream(10)));`)
	first.until(`find("ScreenSharing")?.isAvailable`)
	first.run(`globalThis.shared = await look("ScreenSharing")`)
	first.until(`await moves(shared.video)`)
	second.run(`await call.stopScreenSharing()`)
	first.until(`!find("ScreenSharing")`)
}

// firefoxFindsANewPath: the browser says that the path is interrupted, and the library restarts ICE.
func (m *twoInARoom) firefoxFindsANewPath(t *testing.T) {
	_, first, second := m.with(t)
	second.run(`
		const peer = peers.at(-1), name = () => /a=ice-ufrag:(\S+)/.exec(peer.localDescription.sdp)[1], before = name();
		globalThis.isNew = () => name() !== before && peer.iceConnectionState === "connected" && peer.signalingState === "stable";
		Object.defineProperty(peer, "iceConnectionState", {configurable: true, value: "disconnected"});
		peer.oniceconnectionstatechange();
		delete peer.iceConnectionState;`)
	second.until(`isNew()`)
	second.run(`peers.at(-1).oniceconnectionstatechange()`)
	first.hears(secondPitch)
	second.hears(firstPitch)
	first.until(`await moves(seen.video)`)
}

// firefoxIsWell: a microphone whose loudness Firefox does not tell is not taken for silent, though it has spoken for more than 8 s by now.
func (m *twoInARoom) firefoxIsWell(t *testing.T) {
	_, _, second := m.with(t)
	second.asks(" ", `
		const {microphoneNotMuteButSilent, noSpeakerDevicesEnumerated} = call.feature(calling.Features.UserFacingDiagnostics).media.getLatest();
		return [microphoneNotMuteButSilent?.value, noSpeakerDevicesEnumerated?.value].join(" ")`)
	second.noErrors()
}

// firefoxTalksByRelay: it takes no allocation that it is told as a loopback address, so that a
// machine without another one has no relay for it.
func (m *twoInARoom) firefoxTalksByRelay(t *testing.T) {
	if net.ParseIP(ownAddress(t)).IsLoopback() {
		return
	}
	_, first, second := m.with(t)
	second.run(`await call.hangUp()`)
	first.until(`call.remoteParticipants.length === 0`)
	talkByRelay(t, second, first, secondPitch, firstPitch, m.room)
	second.joins(values{"roomId": m.room})
	first.until(`call.remoteParticipants.length === 1`)
}

// firefoxIsLoadedAnew: it closes the sockets of a page before the page hears that it is left.
func (m *twoInARoom) firefoxIsLoadedAnew(t *testing.T) {
	a, first, second := m.with(t)
	if _, err := second.do(values{"do": "goto", "tab": second.name, "url": second.page}); err != nil {
		t.Fatal(err)
	}
	first.until(`call.remoteParticipants.length === 0`)
	second.until(`globalThis.calling`)
	second.agent(a, m.bob, "Bob")
	second.joins(values{"roomId": m.room})
	first.until(`call.remoteParticipants.length === 1`)
}

func (m *twoInARoom) firefoxIsClosed(t *testing.T) {
	_, first, second := m.with(t)
	second.close()
	first.until(`call.remoteParticipants.length === 0`)
}
