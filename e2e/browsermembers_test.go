package e2e

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestMembersOfTheLibrary: what pages may do beside what the other tests of browsers show,
// each member in Chromium.
func TestMembersOfTheLibrary(t *testing.T) {
	p := start(t, setup{})
	a := startAgent(p, application{})
	b := startBrowsers(t)
	ada, bob := a.createUser(), a.createUser()
	eve, evesPage := a.page("Eve")
	first, second := b.open("ada", firstPitch), b.open("bob", secondPitch)
	first.agent(a, ada, "Ada")
	second.run(`
		globalThis.said = [];
		globalThis.client = new calling.CallClient({
			logger: {info: (line) => said.push(line), warning: console.log, error: console.log, verbose: () => {}}, diagnostics: {appName: "members", tags: ["acr110"]},
			networkConfiguration: {turn: {iceServers: [{urls: ["turn:127.0.0.1:9"], username: "ann", credential: "secret"}]}},
		});
		globalThis.agent = await client.createCallAgent(new AzureCommunicationTokenCredential(%s), {displayName: "Bob"});
		globalThis.rings = [];
		agent.on("incomingCall", ({incomingCall}) => rings.push(incomingCall));
		if (!said.some((line) => line.includes("acr110"))) throw new Error("the tags are not logged: " + said);`, a.token(bob))

	t.Run("devices and the environment", func(t *testing.T) {
		first := first.with(t)
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
	})
	t.Run("devices that come and go", first.devicesComeAndGo)
	t.Run("another tab with a client", first.isNotAlone)
	t.Run("refusals of clients and agents", func(t *testing.T) {
		first := first.with(t)
		first.run(`
			const codes = async (does) => { try { await does(); return "nothing"; } catch (error) { return error.code + "/" + error.subCode; } };
			const token = new AzureCommunicationTokenCredential(%s);
			const seen = [
				await codes(() => new calling.CallClient().createCallAgent(token)),
				(await codes(() => client.createTeamsCallAgent(token))).split("/")[0],
				(await codes(() => agent.join({meetingLink: "https://teams.example/1"}))).split("/")[0]];
			if (seen.join() !== "409/40228,400,400") throw new Error(seen.join());`, a.token(ada))
	})
	group := uuid.NewString()
	first.run(`globalThis.changes = []; agent.on("callsUpdated", ({added, removed}) => changes.push(added.length + "-" + removed.length))`)
	first.joins(values{"groupId": group})
	second.joins(values{"groupId": group})
	first.until(`call.remoteParticipants.length === 1 && call.info.groupId === ` + quoted(group))

	second.until(`peers.at(-1).getConfiguration().iceServers.some(({urls, username, credential}) => [urls].flat().join() === "turn:127.0.0.1:9" && username === "ann" && credential === "secret")`)

	t.Run("who speaks, how loud, and the measures", func(t *testing.T) {
		first := first.with(t)
		first.hears(secondPitch)
		first.until(`call.feature(calling.Features.DominantSpeakers).dominantSpeakers.speakersList.some(({communicationUserId}) => communicationUserId === ` + quoted(bob) + `)`)
		first.until(`(await call.remoteAudioStreams[0].getVolume()).level > 0 && (await call.localAudioStreams[0].getVolume()).level > 0`)
		first.run(`
			if (call.localAudioStreams.length !== 1 || !call.localAudioStreams[0].source.name) throw new Error("the microphone is not listed");
			const {MediaStats, OptimalVideoCount, UserFacingDiagnostics} = calling.Features;
			const collector = call.feature(MediaStats).createCollector();
			collector.on("sampleReported", (sample) => { globalThis.sample = sample; });
			globalThis.collector = collector;
			if (!(call.feature(OptimalVideoCount).optimalVideoCount > 0)) throw new Error("no optimal video count");
			if (call.feature(UserFacingDiagnostics).network.getLatest().noNetwork?.value) throw new Error("no network");`)
		first.until(`globalThis.sample?.audio.receive[0]?.packets > 0 && sample.audio.send[0]?.packetsPerSecond > 0 && sample.transports.length > 0`)
		first.run(`collector.dispose()`)
	})
	t.Run("muting all others, and not hearing them", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		first.run(`await call.muteAllRemoteParticipants()`)
		second.until(`call.isMuted && lines.includes("mutedByOthers")`)
		const inVain = `call.feature(calling.Features.UserFacingDiagnostics).media.getLatest().speakingWhileMicrophoneIsMuted?.value`
		second.until(inVain + ` === true`)
		first.hearsNothing(secondPitch)
		second.run(`await call.unmute()`)
		second.until(inVain + ` === false`)
		first.hears(secondPitch)
		first.run(`globalThis.deaf = []; call.on("isIncomingAudioMutedChanged", () => deaf.push(call.isIncomingAudioMuted)); await call.muteIncomingAudio(); await call.unmuteIncomingAudio()`)
		first.until(`deaf.join() === "true,false"`)
	})
	t.Run("another sound than the microphone's, and none", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		second.run(`call.stopAudio(); if (call.localAudioStreams.length > 0) throw new Error("it is listed still")`)
		first.hearsNothing(secondPitch)
		second.run(`
			const [microphone] = await (await client.getDeviceManager()).getMicrophones();
			globalThis.stream = new calling.LocalAudioStream(microphone);
			await call.startAudio(stream);
			if (call.localAudioStreams[0] !== stream || stream.mediaStreamType !== "Audio") throw new Error("another stream is listed");`)
		first.hears(secondPitch)
		second.until(`(await stream.getVolume()).level > 0`)
	})
	t.Run("other sources of a sound", func(t *testing.T) { sendsAnotherSound(t, second, first) })
	t.Run("what a page is told of its devices", first.toldOfItsDevices)
	t.Run("people who are added and removed", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		first.run(`
			globalThis.guest = call.addParticipant({communicationUserId: %s});
			globalThis.states = [guest.state];
			guest.on("stateChanged", () => states.push(guest.state));`, eve)
		second.until(`call.remoteParticipants.some(({identifier, state}) => identifier.communicationUserId === ` + quoted(eve) + ` && state === "Ringing")`)
		peer, err := evesPage.Accept(within(t, webrtctest.Patience))
		must(t, err)
		defer peer.Close()
		first.until(`guest.state === "Connected" && call.remoteParticipants.includes(guest) && states.includes("Ringing")`)
		first.run(`await call.removeParticipant(guest.identifier)`)
		first.until(`guest.state === "Disconnected" && call.remoteParticipants.length === 1`)
		if end := await(t, evesPage, func(*protocol.CallEnded) bool { return true }); end.Code != 0 || end.SubCode != 5000 {
			t.Errorf("who is removed leaves with %+v", end)
		}
	})
	t.Run("a key that nobody has, and the end", func(t *testing.T) {
		first := first.with(t)
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
	})
	t.Run("every change is told, and nothing else", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		first.witnesses("call stateChanged", "call isIncomingAudioMutedChanged", "call localAudioStreamsUpdated", "call isLocalVideoStartedChanged", "participant isMutedChanged")
		second.witnesses("call stateChanged", "call isMutedChanged", "call mutedByOthers", "call localAudioStreamsUpdated", "call remoteParticipantsUpdated", "stream isAvailableChanged")
	})
	t.Run("a question for the microphone that is answered late", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		second.run(`
			const media = navigator.mediaDevices, question = new Promise((resolve) => (globalThis.answer = resolve));
			media.getUserMedia = async (wanted) => { await question; delete media.getUserMedia; return media.getUserMedia(wanted); };`)
		first.joins(values{"groupId": group})
		second.joins(values{"groupId": group})
		second.hears(firstPitch)
		if !second.holds(`call.localAudioStreams.length === 0`) {
			t.Error("a microphone is sent that nobody has permitted")
		}
		second.run(`answer()`)
		first.hears(secondPitch)
		second.until(`call.localAudioStreams.length === 1`)
		first.run(`await call.hangUp()`)
		second.run(`await call.hangUp()`)
	})
	t.Run("a call that is handed over to another call", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		evesPage.Forget()
		first.run(`globalThis.call = agent.startCall([{communicationUserId: %s}])`, bob)
		second.until(`rings.length === 1`)
		second.run(`
			globalThis.call = await rings[0].accept();
			globalThis.handed = []; call.feature(calling.Features.Transfer).on("transferAccepted", ({targetCall}) => handed.push(targetCall));`)
		first.until(`call.state === "Connected"`)
		first.run(`await call.hold(); globalThis.held = call; globalThis.call = agent.startCall([{communicationUserId: %s}])`, eve)
		peer, err := evesPage.Accept(within(t, webrtctest.Patience))
		must(t, err)
		defer peer.Close()
		first.until(`call.state === "Connected" && held.state === "LocalHold"`)
		first.run(`
			globalThis.transfer = held.feature(calling.Features.Transfer).transfer({targetCallId: call.id});
			globalThis.moves = []; transfer.on("stateChanged", () => moves.push(transfer.state));`)
		first.until(`transfer.state === "Transferred" && [held, call].every(({state, callEndReason}) => state === "Disconnected" && callEndReason.subCode === 7015)`)
		first.until(`moves.join() === "Transferring,Transferred"`)
		second.until(`call.state === "Connected" && call.remoteParticipants[0]?.identifier.communicationUserId === ` + quoted(eve))
		second.until(`handed.length === 1 && handed[0] === call`)
		peer.Say(440)
		second.hears(440)
		second.run(`await call.hangUp()`)
	})
	t.Run("a page of another site", func(t *testing.T) {
		second := second.with(t)
		_, err := second.do(values{"do": "goto", "tab": second.name, "url": strings.Replace(b.page, "127.0.0.1", "another.localhost", 1)})
		must(t, err)
		second.until(`globalThis.calling`)
		second.run(`
			const failed = await new calling.CallClient().createCallAgent(new AzureCommunicationTokenCredential(%s)).then(() => ({}), (error) => error);
			if (failed.code !== 403 || failed.subCode !== 40216 || !failed.message.includes(location.origin)) throw new Error(failed.code + " " + failed.message);`, a.token(bob))
	})
	t.Run("the end of an agent", func(t *testing.T) {
		first := first.with(t)
		first.run(`
			const seen = [];
			agent.on("connectionStateChanged", ({oldValue, newValue}) => seen.push(oldValue + newValue));
			await client.dispose();
			if (agent.connectionState !== "Disconnected" || seen.join() !== "ConnectedDisconnected") throw new Error(agent.connectionState + " " + seen);`)
	})
	first.noErrors()
	second.noErrors()
}

// quoted is a text as JavaScript writes it.
func quoted(text string) string { return `"` + text + `"` }
