package e2e

import (
	"testing"
	"time"
)

func (q *quickStarts) callOfTwo(t *testing.T) {
	first, second, _ := q.with(t)
	first.callsWithContext(q.bob)
	second.until(`rings.length === 1 && rings[0].callerInfo.displayName === "Ada"`)
	second.asks(contextAsRead, `return headers(rings[0])`)
	first.until(`call.state === "Ringing"`)
	first.run(`await call.mute()`)
	second.run(`globalThis.call = await rings[0].accept(); globalThis.told = follow(call)`)
	second.until(`call.state === "Connected" && known("Ada")?.isMuted`)
	first.until(`call.state === "Connected" && call.isMuted && known("Bob")?.state === "Connected"`)
	first.run(`await call.unmute()`)
	second.hears(firstPitch)
	first.asks(second.text(`return call.info.getServerCallId()`), `return call.info.getServerCallId()`)
	second.asks("400/41006 400/41007", `return await code(() => rings[0].accept()) + " " + await code(() => rings[0].reject())`)
	first.asks("400/0", `return code(() => call.remoteParticipants[0].mute())`)
}

func (q *quickStarts) holdByBoth(t *testing.T) {
	first, second, _ := q.with(t)
	first.run(`await call.hold()`)
	second.until(`call.state === "RemoteHold"`)
	second.run(`await call.hold()`)
	first.run(`await call.resume()`)
	first.until(`call.state === "RemoteHold"`)
	second.run(`await call.resume()`)
	first.until(`call.state === "Connected"`)
	second.until(`told.join() === "Connected,RemoteHold,LocalHold,Connected"`)
}

func (q *quickStarts) becomesAGroup(t *testing.T) {
	first, second, third := q.with(t)
	first.run(`globalThis.guest = call.addParticipant({communicationUserId: %s}, {customContext: context})`, q.eve)
	third.until(`rings.length === 1`)
	third.asks(contextAsRead, `return headers(rings[0])`)
	third.run(`globalThis.call = await rings[0].accept(); globalThis.told = follow(call)`)
	first.until(`guest.state === "Connected" && guest === known("Eve")`)
	second.run(`await call.hold()`)
	first.until(`call.state === "Connected" && known("Bob").state === "Hold"`)
	second.run(`await call.resume()`)
	first.asks("400/0", `return code(() => call.addParticipant({phoneNumber: %s}))`, farNumber)
	first.run(`globalThis.guest = call.addParticipant({phoneNumber: %s}, {alternateCallerId: {phoneNumber: %s}})`, farNumber, ourNumber)
	ringing, err := q.phone.Next(within(t, 10*time.Second))
	must(t, err)
	must(t, ringing.Answer())
	first.until(`guest.state === "Connected"`)
	first.run(`await call.hangUp({forEveryone: true})`)
	must(t, ringing.WaitEnded(within(t, 5*time.Second)))
	for _, x := range []*tab{second, third} {
		x.until(`call.state === "Disconnected" && reason(call) === "0/4097" && call.remoteParticipants.length === 0`)
	}
	first.asks("400/41015 412/41033 0", `return await code(() => call.mute()) + " " + await code(() => call.hold()) + " " + agent.calls.length`)
}

func (q *quickStarts) nobodyTakesIt(t *testing.T) {
	first, second, _ := q.with(t)
	first.callsWithContext(q.bob)
	second.until(`rings.length === 2`)
	first.run(`await call.hangUp()`)
	second.until(`(await rings[1].ended).callEndReason.code === 487`)
	first.callsWithContext(q.bob)
	second.until(`rings.length === 3`)
	second.run(`await rings[2].reject()`)
	first.until(`reason(call) === "603/0" && told.join() === "Connecting,Ringing,Disconnecting,Disconnected"`)
	// One that is given up at once does not ring: the next ring is the fourth.
	first.asks("Disconnected 0/0 0", `const call = agent.startCall([{communicationUserId: %s}]); await call.hangUp(); return call.state + " " + reason(call) + " " + agent.calls.length`, q.bob)
	first.callsWithContext(q.a.createUser())
	first.until(`reason(call) === "480/10037"`)
	first.run(`globalThis.call = agent.startCall([{phoneNumber: %s}], {alternateCallerId: {phoneNumber: "+15550009999"}})`, farNumber)
	first.until(`call.callEndReason?.code === 403`)
	first.asks("400/0 400/0 400/0 400/0", `return [await code(() => agent.startCall([])), await code(() => agent.startCall([{phoneNumber: "+15550009999"}])),
		await code(() => agent.join({groupId: "x"})), await code(() => agent.startCall([{microsoftTeamsUserId: "x"}]))].join(" ")`)
}

func (q *quickStarts) phoneIsHeardEarly(t *testing.T) {
	first, _, _ := q.with(t)
	first.run(`globalThis.call = agent.startCall([{phoneNumber: %s}], {alternateCallerId: {phoneNumber: %s}}); globalThis.told = follow(call)`, farNumber, ourNumber)
	ringing, err := q.phone.Next(within(t, 10*time.Second))
	must(t, err)
	must(t, ringing.Progress())
	first.until(`call.state === "EarlyMedia"`)
	must(t, ringing.Answer())
	first.until(`told.slice(-2).join() === "EarlyMedia,Connected"`)
	first.run(`await call.hangUp()`)
	must(t, ringing.WaitEnded(within(t, 5*time.Second)))
}

func (q *quickStarts) invitationIsCalledOff(t *testing.T) {
	first, second, _ := q.with(t)
	first.joinsGroup(q.group)
	first.until(`call.state === "Connected"`)
	first.run(`globalThis.guest = call.addParticipant({communicationUserId: %s})`, q.bob)
	second.until(`rings.length === 4`)
	first.until(`guest.state === "Ringing"`)
	first.run(`await call.removeParticipant(guest.identifier)`)
	first.until(`guest.state === "Disconnected" && guest.callEndReason.code === 487`)
	second.until(`(await rings[3].ended).callEndReason.code === 487`)
}

func (q *quickStarts) agentsComeAndGo(t *testing.T) {
	first, second, _ := q.with(t)
	second.joinsGroup(q.group)
	second.until(`known("Ada")?.state === "Connected"`)
	first.run(`await agent.dispose()`)
	first.asks("Disconnected 0/0 Disconnected 412/40222", `return [call.state, reason(call), agent.connectionState, await code(() => agent.join({groupId: %s}))].join(" ")`, q.group)
	second.until(`call.remoteParticipants.length === 0 && call.state === "Connected"`)
	first.run(`
		globalThis.agent = await client.createCallAgent(new AzureCommunicationTokenCredential(%s), {displayName: "Ada again"});
		globalThis.client2 = new calling.CallClient();
		globalThis.agent2 = await client2.createCallAgent(new AzureCommunicationTokenCredential(%s), {displayName: "Dan"});
		globalThis.call = agent.join({groupId: %s});
		globalThis.call2 = agent2.join({groupId: %s});`, q.a.token(q.ada), q.a.token(q.a.createUser()), q.group, q.group)
	first.until(`known("Dan")?.state === "Connected" && call2.remoteParticipants.length === 2`)
	second.until(`known("Ada again") && known("Dan")`)
	first.run(`await client2.dispose()`)
	second.until(`!known("Dan") && known("Ada again")`)
}

func (q *quickStarts) tokensThatAreNotGood(t *testing.T) {
	_, _, third := q.with(t)
	var chat struct{ Token string }
	q.a.do("getToken", values{"user": q.ada, "scopes": []string{"chat"}}, &chat)
	good := q.a.token(q.a.createUser())
	third.asks("403/10009 401/10009 401/10009 400/0", `
		const make = (credential) => code(() => new calling.CallClient().createCallAgent(credential)), fixed = (token) => new AzureCommunicationTokenCredential(token);
		return [await make(fixed(%s)), await make(fixed(%s)), await make({getToken: async () => { throw new Error("no"); }}), await make(null)].join(" ")`,
		chat.Token, good[:len(good)-6]+"AAAAAA")
}

func (q *quickStarts) microphoneIsRefused(t *testing.T) {
	_, second, _ := q.with(t)
	second.run(`await call.hangUp(); navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("no", "NotAllowedError"); }`)
	second.asks("false false", `const {audio, video} = await (await client.getDeviceManager()).askDevicePermission({audio: true, video: true}); return audio + " " + video`)
	second.joinsGroup(q.group)
	second.until(`call.state === "Connected" && call.feature(calling.Features.UserFacingDiagnostics).media.getLatest().microphonePermissionDenied?.value`)
	second.hears(firstPitch)
}
