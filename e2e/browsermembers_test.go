package e2e

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// members are two tabs in which the members of the library are tried, by Ada and Bob,
// and a client of the browser protocol, by Eve.
type members struct {
	a             *agent
	page          string // URL of the page with the library
	ada, bob, eve string
	evesPage      *webrtctest.Client
	group         string
	first, second *tab
}

func newMembers(t *testing.T) *members {
	t.Helper()
	a := startAgent(start(t, setup{}), application{})
	b := startBrowsers(t)
	m := &members{a: a, page: b.page, ada: a.createUser(), bob: a.createUser(), group: uuid.NewString(), first: b.open("ada", firstPitch), second: b.open("bob", secondPitch)}
	m.eve, m.evesPage = a.page("Eve")
	m.first.agent(a, m.ada, "Ada")
	m.second.run(`
		globalThis.said = [];
		globalThis.client = new calling.CallClient({
			logger: {info: (line) => said.push(line), warning: console.log, error: console.log, verbose: () => {}}, diagnostics: {appName: "members", tags: ["acr110"]},
			networkConfiguration: {turn: {iceServers: [{urls: ["turn:127.0.0.1:9"], username: "ann", credential: "secret"}]}},
		});
		globalThis.agent = await client.createCallAgent(new AzureCommunicationTokenCredential(%s), {displayName: "Bob"});
		globalThis.rings = [];
		agent.on("incomingCall", ({incomingCall}) => rings.push(incomingCall));
		if (!said.some((line) => line.includes("acr110"))) throw new Error("the tags are not logged: " + said);`, a.token(m.bob))
	return m
}

// with are the tabs in a subtest.
func (m *members) with(t testing.TB) (first, second *tab) { return m.first.with(t), m.second.with(t) }

// TestMembersOfTheLibrary: what pages may do beside what the other tests of browsers show,
// each member in Chromium.
func TestMembersOfTheLibrary(t *testing.T) {
	m := newMembers(t)
	first, second := m.first, m.second
	t.Run("devices and the environment", m.devicesAndEnvironment)
	t.Run("devices that come and go", first.devicesComeAndGo)
	t.Run("another tab with a client", first.isNotAlone)
	t.Run("refusals of clients and agents", m.refusalsOfClients)
	first.run(`globalThis.changes = []; agent.on("callsUpdated", ({added, removed}) => changes.push(added.length + "-" + removed.length))`)
	first.joins(values{"groupId": m.group})
	second.joins(values{"groupId": m.group})
	first.until(`call.remoteParticipants.length === 1 && call.info.groupId === ` + quoted(m.group))

	second.until(`peers.at(-1).getConfiguration().iceServers.some(({urls, username, credential}) => [urls].flat().join() === "turn:127.0.0.1:9" && username === "ann" && credential === "secret")`)

	t.Run("who speaks, how loud, and the measures", m.whoSpeaks)
	t.Run("muting all others, and not hearing them", m.mutesAllOthers)
	t.Run("another sound than the microphone's, and none", m.anotherSoundAndNone)
	t.Run("other sources of a sound", func(t *testing.T) { sendsAnotherSound(t, second, first) })
	t.Run("what a page is told of its devices", first.toldOfItsDevices)
	t.Run("people who are added and removed", m.addsAndRemoves)
	t.Run("a key that nobody has, and the end", m.noSuchKeyAndTheEnd)
	t.Run("every change is told, and nothing else", m.everyChangeIsTold)
	t.Run("a question for the microphone that is answered late", m.microphoneIsPermittedLate)
	t.Run("a call that is handed over to another call", m.handsACallOver)
	t.Run("a page of another site", m.pageOfAnotherSite)
	t.Run("the end of an agent", m.endOfAnAgent)
	first.noErrors()
	second.noErrors()
}

func (m *members) devicesAndEnvironment(t *testing.T) {
	first, _ := m.with(t)
	first.run(`
		globalThis.devices = await client.getDeviceManager();
		const permitted = await devices.askDevicePermission({audio: true, video: true});
		const [microphone] = await devices.getMicrophones();
		await devices.selectMicrophone(microphone);
		const {environment, isSupportedEnvironment} = await client.feature(calling.Features.DebugInfo).getEnvironmentInfo();
		const seen = {permitted: permitted.audio && permitted.video, same: devices === await client.getDeviceManager(), named: microphone.name.length > 0,
			selected: devices.selectedMicrophone?.id === microphone.id, speakers: !devices.isSpeakerSelectionAvailable || (await devices.getSpeakers()).length > 0,
			cameras: (await devices.getCameras()).length > 0, browser: environment.browser.length > 0 && isSupportedEnvironment};
		for (const [what, holds] of Object.entries(seen)) if (!holds) throw new Error(what);`)
}

func (m *members) refusalsOfClients(t *testing.T) {
	first, _ := m.with(t)
	first.run(`
		const codes = async (does) => { try { await does(); return "nothing"; } catch (error) { return error.code + "/" + error.subCode; } };
		const token = new AzureCommunicationTokenCredential(%s);
		const seen = [
			await codes(() => new calling.CallClient().createCallAgent(token)),
			(await codes(() => client.createTeamsCallAgent(token))).split("/")[0],
			(await codes(() => agent.join({meetingLink: "https://teams.example/1"}))).split("/")[0]];
		if (seen.join() !== "409/40228,400,400") throw new Error(seen.join());`, m.a.token(m.ada))
}

func (m *members) addsAndRemoves(t *testing.T) {
	first, second := m.with(t)
	first.run(`
		globalThis.guest = call.addParticipant({communicationUserId: %s});
		globalThis.states = [guest.state];
		guest.on("stateChanged", () => states.push(guest.state));`, m.eve)
	second.until(`call.remoteParticipants.some(({identifier, state}) => identifier.communicationUserId === ` + quoted(m.eve) + ` && state === "Ringing")`)
	peer, err := m.evesPage.Accept(within(t, webrtctest.Patience))
	must(t, err)
	defer peer.Close()
	first.until(`guest.state === "Connected" && call.remoteParticipants.includes(guest) && states.includes("Ringing")`)
	first.run(`await call.removeParticipant(guest.identifier)`)
	first.until(`guest.state === "Disconnected" && call.remoteParticipants.length === 1`)
	if end := await(t, m.evesPage, func(*protocol.CallEnded) bool { return true }); end.Code != 0 || end.SubCode != 5000 {
		t.Errorf("who is removed leaves with %+v", end)
	}
}

func (m *members) noSuchKeyAndTheEnd(t *testing.T) {
	first, second := m.with(t)
	first.run(`
		const failed = await call.sendDtmf("Flash").then(() => "", (error) => String(error.code));
		if (failed !== "400") throw new Error("Flash: " + failed);
		const [kept] = (await picture.getMediaStream()).getTracks();
		await call.hangUp();
		if (call.state !== "Disconnected" || agent.calls.length > 0) throw new Error(call.state);
		if (kept.readyState !== "live") throw new Error("the camera is closed, though the page keeps it");
		picture.dispose();
		if (kept.readyState !== "ended") throw new Error("the camera is open still");`)
	first.until(`changes.join() === "1-0,0-1"`)
	second.run(`await call.hangUp()`)
}

func (m *members) everyChangeIsTold(t *testing.T) {
	first, second := m.with(t)
	first.witnesses("call stateChanged", "call isIncomingAudioMutedChanged", "call localAudioStreamsUpdated", "call isLocalVideoStartedChanged", "participant isMutedChanged")
	second.witnesses("call stateChanged", "call isMutedChanged", "call mutedByOthers", "call localAudioStreamsUpdated", "call remoteParticipantsUpdated", "stream isAvailableChanged")
}

func (m *members) handsACallOver(t *testing.T) {
	first, second := m.with(t)
	m.evesPage.Forget()
	first.run(`globalThis.call = agent.startCall([{communicationUserId: %s}])`, m.bob)
	second.until(`rings.length === 1`)
	second.run(`
		globalThis.call = await rings[0].accept();
		globalThis.handed = []; call.feature(calling.Features.Transfer).on("transferAccepted", ({targetCall}) => handed.push(targetCall));`)
	first.until(`call.state === "Connected"`)
	first.run(`await call.hold(); globalThis.held = call; globalThis.call = agent.startCall([{communicationUserId: %s}])`, m.eve)
	peer, err := m.evesPage.Accept(within(t, webrtctest.Patience))
	must(t, err)
	defer peer.Close()
	first.until(`call.state === "Connected" && held.state === "LocalHold"`)
	first.run(`
		globalThis.transfer = held.feature(calling.Features.Transfer).transfer({targetCallId: call.id});
		globalThis.moves = []; transfer.on("stateChanged", () => moves.push(transfer.state));`)
	first.until(`transfer.state === "Transferred" && [held, call].every(({state, callEndReason}) => state === "Disconnected" && callEndReason.subCode === 7015)`)
	first.until(`moves.join() === "Transferring,Transferred"`)
	second.until(`call.state === "Connected" && call.remoteParticipants[0]?.identifier.communicationUserId === ` + quoted(m.eve))
	second.until(`handed.length === 1 && handed[0] === call`)
	peer.Say(440)
	second.hears(440)
	second.run(`await call.hangUp()`)
}

func (m *members) pageOfAnotherSite(t *testing.T) {
	_, second := m.with(t)
	_, err := second.do(values{"do": "goto", "tab": second.name, "url": strings.Replace(m.page, "127.0.0.1", "another.localhost", 1)})
	must(t, err)
	second.until(`globalThis.calling`)
	second.run(`
		const failed = await new calling.CallClient().createCallAgent(new AzureCommunicationTokenCredential(%s)).then(() => ({}), (error) => error);
		if (failed.code !== 403 || failed.subCode !== 40216 || !failed.message.includes(location.origin)) throw new Error(failed.code + " " + failed.message);`, m.a.token(m.bob))
}

func (m *members) endOfAnAgent(t *testing.T) {
	first, _ := m.with(t)
	first.run(`
		const seen = [];
		agent.on("connectionStateChanged", ({oldValue, newValue}) => seen.push(oldValue + newValue));
		await client.dispose();
		if (agent.connectionState !== "Disconnected" || seen.join() !== "ConnectedDisconnected") throw new Error(agent.connectionState + " " + seen);`)
}
