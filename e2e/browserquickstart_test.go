package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
)

// helpers are what the pages below look at calls with.
const helpers = `
	globalThis.follow = (call) => {
		const told = [];
		call.on("stateChanged", () => told.push(call.state));
		return told;
	};
	globalThis.code = (does) => Promise.resolve().then(does).then(() => "", (error) => error.code + "/" + error.subCode);
	globalThis.reason = (call) => call.callEndReason && call.callEndReason.code + "/" + call.callEndReason.subCode;
	globalThis.context = {userToUser: "00C8", voipHeaders: [{key: "voip-key-1", value: "voip-value-1"}], sipHeaders: [{key: "sip-key-1", value: "sip-value-1"}]};
	globalThis.headers = ({customContext: {userToUser, sipHeaders, voipHeaders}}) => [userToUser, ...[...sipHeaders, ...voipHeaders].map(({key, value}) => key + "=" + value)].join();
	globalThis.known = (name) => call.remoteParticipants.find(({displayName}) => displayName === name);`

// asks runs code of a page that returns a text.
func (x *tab) asks(want, code string, arguments ...any) {
	x.t.Helper()
	if got := x.text(code, arguments...); got != want {
		x.t.Errorf("tab %s: %q, want %q: %s", x.name, got, want, code)
	}
}

// TestQuickStartsOfPages: what pages of the calling SDK's quick starts do, in the order in
// which they may: calls of two that become groups, mutes and holds at odd moments, calls
// that nobody takes, agents that come and go, tokens of every kind.
func TestQuickStartsOfPages(t *testing.T) {
	t.Parallel()
	phone, port := newFarPhone(t)
	p := start(t, setup{trunk: port})
	a := startAgent(p, application{})
	b := startBrowsers(t)
	ada, bob, eve := a.createUser(), a.createUser(), a.createUser()
	first, second, third := b.open("ada", firstPitch), b.open("bob", secondPitch), b.open("eve", 1300)
	for x, who := range map[*tab][2]string{first: {ada, "Ada"}, second: {bob, "Bob"}, third: {eve, "Eve"}} {
		x.agent(a, who[0], who[1])
		x.run(helpers)
	}
	calls := func(x *tab, user string) {
		x.run(`globalThis.call = agent.startCall([{communicationUserId: %s}], {customContext: context}); globalThis.told = follow(call); if (call.state !== "None" || agent.calls[0] !== call) throw new Error(call.state)`, user)
	}

	const handed = "00C8,X-MS-Custom-sip-key-1=sip-value-1,voip-key-1=voip-value-1"
	t.Run("a call of two", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		calls(first, bob)
		second.until(`rings.length === 1 && rings[0].callerInfo.displayName === "Ada"`)
		second.asks(handed, `return headers(rings[0])`)
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
	})
	t.Run("a hold by both", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		first.run(`await call.hold()`)
		second.until(`call.state === "RemoteHold"`)
		second.run(`await call.hold()`)
		first.run(`await call.resume()`)
		first.until(`call.state === "RemoteHold"`)
		second.run(`await call.resume()`)
		first.until(`call.state === "Connected"`)
		second.asks("Connected,RemoteHold,LocalHold,Connected", `return told.join()`)
	})
	t.Run("becomes a group, with a phone", func(t *testing.T) {
		first, second, third := first.with(t), second.with(t), third.with(t)
		first.run(`globalThis.guest = call.addParticipant({communicationUserId: %s}, {customContext: context})`, eve)
		third.until(`rings.length === 1`)
		third.asks(handed, `return headers(rings[0])`)
		third.run(`globalThis.call = await rings[0].accept(); globalThis.told = follow(call)`)
		first.until(`guest.state === "Connected" && guest === known("Eve")`)
		second.run(`await call.hold()`)
		first.until(`call.state === "Connected" && known("Bob").state === "Hold"`)
		second.run(`await call.resume()`)
		first.asks("400/0", `return code(() => call.addParticipant({phoneNumber: %s}))`, farNumber)
		first.run(`globalThis.guest = call.addParticipant({phoneNumber: %s}, {alternateCallerId: {phoneNumber: %s}})`, farNumber, ourNumber)
		ringing, err := phone.Next(within(t, 10*time.Second))
		must(t, err)
		must(t, ringing.Answer())
		first.until(`guest.state === "Connected"`)
		first.run(`await call.hangUp({forEveryone: true})`)
		must(t, ringing.WaitEnded(within(t, 5*time.Second)))
		for _, x := range []*tab{second, third} {
			x.until(`call.state === "Disconnected" && reason(call) === "0/4097" && call.remoteParticipants.length === 0`)
		}
		first.asks("400/41015 412/41033 0", `return await code(() => call.mute()) + " " + await code(() => call.hold()) + " " + agent.calls.length`)
	})
	t.Run("calls that nobody takes", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		calls(first, bob)
		second.until(`rings.length === 2`)
		first.run(`await call.hangUp()`)
		second.until(`(await rings[1].ended).callEndReason.code === 487`)
		calls(first, bob)
		second.until(`rings.length === 3`)
		second.run(`await rings[2].reject()`)
		first.until(`reason(call) === "603/0" && told.join() === "Connecting,Ringing,Disconnecting,Disconnected"`)
		// One that is given up at once does not ring: the next ring is the fourth.
		first.asks("Disconnected 0/0 0", `const call = agent.startCall([{communicationUserId: %s}]); await call.hangUp(); return call.state + " " + reason(call) + " " + agent.calls.length`, bob)
		calls(first, a.createUser())
		first.until(`reason(call) === "480/10037"`)
		first.run(`globalThis.call = agent.startCall([{phoneNumber: %s}], {alternateCallerId: {phoneNumber: "+15550009999"}})`, farNumber)
		first.until(`call.callEndReason?.code === 403`)
		first.asks("400/0 400/0 400/0 400/0", `return [await code(() => agent.startCall([])), await code(() => agent.startCall([{phoneNumber: "+15550009999"}])),
			await code(() => agent.join({groupId: "x"})), await code(() => agent.startCall([{microsoftTeamsUserId: "x"}]))].join(" ")`)
	})
	t.Run("a phone that is heard before it answers", func(t *testing.T) {
		first := first.with(t)
		first.run(`globalThis.call = agent.startCall([{phoneNumber: %s}], {alternateCallerId: {phoneNumber: %s}}); globalThis.told = follow(call)`, farNumber, ourNumber)
		ringing, err := phone.Next(within(t, 10*time.Second))
		must(t, err)
		must(t, ringing.Progress())
		first.until(`call.state === "EarlyMedia"`)
		must(t, ringing.Answer())
		first.until(`told.slice(-2).join() === "EarlyMedia,Connected"`)
		first.run(`await call.hangUp()`)
		must(t, ringing.WaitEnded(within(t, 5*time.Second)))
	})
	group := uuid.NewString()
	joins := fmt.Sprintf(`globalThis.call = agent.join({groupId: %q}); globalThis.told = follow(call)`, group)
	t.Run("an invitation that is called off", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		first.run(joins)
		first.until(`call.state === "Connected"`)
		first.run(`globalThis.guest = call.addParticipant({communicationUserId: %s})`, bob)
		second.until(`rings.length === 4`)
		first.until(`guest.state === "Ringing"`)
		first.run(`await call.removeParticipant(guest.identifier)`)
		first.until(`guest.state === "Disconnected" && guest.callEndReason.code === 487`)
		second.until(`(await rings[3].ended).callEndReason.code === 487`)
	})
	t.Run("agents that come and go", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		second.run(joins)
		second.until(`known("Ada")?.state === "Connected"`)
		first.run(`await agent.dispose()`)
		first.asks("Disconnected 0/0 Disconnected 412/40222", `return [call.state, reason(call), agent.connectionState, await code(() => agent.join({groupId: %s}))].join(" ")`, group)
		second.until(`call.remoteParticipants.length === 0 && call.state === "Connected"`)
		first.run(`
			globalThis.agent = await client.createCallAgent(new AzureCommunicationTokenCredential(%s), {displayName: "Ada again"});
			globalThis.client2 = new calling.CallClient();
			globalThis.agent2 = await client2.createCallAgent(new AzureCommunicationTokenCredential(%s), {displayName: "Dan"});
			globalThis.call = agent.join({groupId: %s});
			globalThis.call2 = agent2.join({groupId: %s});`, a.token(ada), a.token(a.createUser()), group, group)
		first.until(`known("Dan")?.state === "Connected" && call2.remoteParticipants.length === 2`)
		second.until(`known("Ada again") && known("Dan")`)
		first.run(`await client2.dispose()`)
		second.until(`!known("Dan") && known("Ada again")`)
	})
	t.Run("tokens that are not good", func(t *testing.T) {
		third := third.with(t)
		var chat struct{ Token string }
		a.do("getToken", values{"user": ada, "scopes": []string{"chat"}}, &chat)
		good := a.token(a.createUser())
		third.asks("403/10009 401/10009 401/10009 400/0", `
			const make = (credential) => code(() => new calling.CallClient().createCallAgent(credential)), fixed = (token) => new AzureCommunicationTokenCredential(token);
			return [await make(fixed(%s)), await make(fixed(%s)), await make({getToken: async () => { throw new Error("no"); }}), await make(null)].join(" ")`,
			chat.Token, good[:len(good)-6]+"AAAAAA")
	})
	t.Run("a microphone that is refused", func(t *testing.T) {
		second := second.with(t)
		second.run(`await call.hangUp(); navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("no", "NotAllowedError"); }`)
		second.asks("false false", `const {audio, video} = await (await client.getDeviceManager()).askDevicePermission({audio: true, video: true}); return audio + " " + video`)
		second.run(joins)
		second.until(`call.state === "Connected" && call.feature(calling.Features.UserFacingDiagnostics).media.getLatest().microphonePermissionDenied?.value`)
		second.hears(firstPitch)
	})
	for _, x := range []*tab{first, second, third} {
		x.noErrors()
	}
}
