package e2e

import (
	"encoding/json"
	"testing"
)

// Pitches of the microphones, in Hz.
const (
	firstPitch  = 600.0
	secondPitch = 900.0
)

// twoInARoom are two people whom an application has invited to a room: Ada, a Presenter,
// and Bob, an Attendee, each with an agent in a tab.
type twoInARoom struct {
	a             *agent
	room, bob     string // ids
	first, second *tab
}

func newTwoInARoom(t *testing.T) *twoInARoom {
	t.Helper()
	return newTwoInBrowsers(t, start(t, setup{}), (*browsers).open, (*browsers).open)
}

// newTwoInBrowsers has each of them in a browser of their own choice.
func newTwoInBrowsers(t *testing.T, p *product, adas, bobs func(b *browsers, name string, pitch float64) *tab) *twoInARoom {
	t.Helper()
	a := startAgent(p, application{})
	b := startBrowsers(t)
	ada, bob := a.createUser(), a.createUser()
	var made room
	a.do("createRoom", values{"participants": []values{{"id": ada, "role": "Presenter"}, {"id": bob, "role": "Attendee"}}}, &made)
	m := &twoInARoom{a: a, room: made.ID, bob: bob, first: adas(b, "ada", firstPitch), second: bobs(b, "bob", secondPitch)}
	m.first.agent(a, ada, "Ada")
	m.second.agent(a, bob, "Bob")
	return m
}

// with are the application and the tabs in a subtest.
func (m *twoInARoom) with(t testing.TB) (a *agent, first, second *tab) {
	return m.a.with(t), m.first.with(t), m.second.with(t)
}

// TestBrowsersTalkInARoom: an application makes a room with the rooms SDK; people
// join it by browser, and what they may do is what their roles say.
func TestBrowsersTalkInARoom(t *testing.T) {
	m := newTwoInARoom(t)
	m.first.joins(values{"roomId": m.room})
	m.second.joins(values{"roomId": m.room})

	t.Run("and hear each other", m.hearEachOther)
	t.Run("a presenter mutes, and who is muted may unmute", m.presenterMutes)
	t.Run("an attendee may not mute or remove others", m.attendeeMayNot)
	t.Run("hands, reactions, texts and data reach the others", m.handsAndTextsReachOthers)
	t.Run("they see that an application records them", m.seeThatTheyAreRecorded)
	t.Run("hold is local", m.holdIsLocal)
	t.Run("a role that is taken away is taken at once", m.roleIsTakenAway)
	t.Run("a socket that is cut is replaced without a word", m.socketIsReplaced)
	t.Run("nobody ends a room's call for all", m.nobodyEndsItForAll)
	t.Run("who is taken off the list leaves with 5317", m.whoIsTakenOffLeaves)
	t.Run("and their pages are told of every change", m.toldOfEveryChange)
	m.first.noErrors()
	m.second.noErrors()
}

func (m *twoInARoom) hearEachOther(t *testing.T) {
	_, first, second := m.with(t)
	first.until(`call.remoteParticipants.length === 1 && call.remoteParticipants[0].displayName === "Bob"`)
	second.until(`call.remoteParticipants.length === 1 && call.remoteParticipants[0].displayName === "Ada"`)
	first.hears(secondPitch)
	second.hears(firstPitch)
	first.until(`call.remoteParticipants[0].isSpeaking`)
	first.until(`call.role === "Presenter" && call.remoteParticipants[0].role === "Attendee"`)
	second.until(`call.remoteParticipants[0].endpointDetails[0].participantId.length > 0`)
	if mine, theirs := first.text(`return call.info.participantId`), second.text(`return call.remoteParticipants[0].endpointDetails[0].participantId`); mine != theirs {
		t.Errorf("a participant's id is %s, others see %s", mine, theirs)
	}
}

func (m *twoInARoom) presenterMutes(t *testing.T) {
	_, first, second := m.with(t)
	first.run(`await call.remoteParticipants[0].mute()`)
	second.until(`call.isMuted && lines.includes("mutedByOthers")`)
	first.hearsNothing(secondPitch)
	first.until(`call.remoteParticipants[0].isMuted`)
	second.run(`await call.unmute()`)
	first.hears(secondPitch)
}

func (m *twoInARoom) attendeeMayNot(t *testing.T) {
	_, _, second := m.with(t)
	second.until(`!call.feature(calling.Features.Capabilities).capabilities.muteOthers.isPresent`)
	if got := second.text(`try { await call.remoteParticipants[0].mute(); return "" } catch (error) { return String(error.code) }`); got != "403" {
		t.Errorf("muting others is answered with %q", got)
	}
	if got := second.text(`try { await call.removeParticipant(call.remoteParticipants[0].identifier); return "" } catch (error) { return String(error.code) }`); got != "403" {
		t.Errorf("removing others is answered with %q", got)
	}
}

func (m *twoInARoom) handsAndTextsReachOthers(t *testing.T) {
	_, first, second := m.with(t)
	first.run(`globalThis.got = [];
		const {RaiseHand, Reaction, RealTimeText, DataChannel, Spotlight} = calling.Features;
		call.feature(RaiseHand).on("raisedHandEvent", ({identifier}) => got.push("hand " + identifier.communicationUserId));
		call.feature(Reaction).on("reaction", ({reactionMessage}) => got.push("reaction " + reactionMessage.reactionType));
		call.feature(RealTimeText).on("realTimeTextReceived", ({text, resultType, isLocal}) => got.push("text " + text + " " + resultType + " " + isLocal));
		call.feature(Spotlight).on("spotlightChanged", ({added}) => got.push("spotlight " + added.length));
		call.feature(DataChannel).on("dataChannelReceiverCreated", (receiver) => receiver.on("messageReady", () => got.push("data " + receiver.channelId + " " + receiver.readMessage().data)));`)
	second.run(`
		const {RaiseHand, Reaction, RealTimeText, DataChannel, CallSurvey} = calling.Features;
		await call.feature(RaiseHand).raiseHand();
		await call.feature(Reaction).sendReaction({reactionType: "applause"});
		await call.feature(RealTimeText).sendRealTimeText("hello", true);
		await call.feature(DataChannel).createDataChannelSender({channelId: 9, priority: "Normal", reliability: "Durable"}).sendMessage(new Uint8Array([1, 2]));
		await call.feature(CallSurvey).submitSurvey({overallRating: {score: 5}});`)
	first.run(`await call.feature(calling.Features.Spotlight).startSpotlight([call.remoteParticipants[0].identifier])`)
	for _, want := range []string{"hand " + m.bob, "reaction applause", "text hello Final false", "data 9 1,2", "spotlight 1"} {
		want, err := json.Marshal(want)
		must(t, err)
		first.until("got.includes(" + string(want) + ")")
	}
	first.run(`await call.feature(calling.Features.RaiseHand).lowerAllHands()`)
	second.until(`call.feature(calling.Features.RaiseHand).getRaisedHands().length === 0`)
}

func (m *twoInARoom) seeThatTheyAreRecorded(t *testing.T) {
	a, first, second := m.with(t)
	var begun struct{ RecordingID string }
	a.do("startRecording", values{"serverCallId": second.text(`return await call.info.getServerCallId()`), "content": "audio", "channel": "mixed", "format": "wav"}, &begun)
	const active = `call.feature(calling.Features.Recording).isRecordingActive`
	first.until(active)
	second.until(active)
	a.do("stopRecording", values{"recording": begun.RecordingID}, nil)
	first.until("!" + active)
}

func (m *twoInARoom) holdIsLocal(t *testing.T) {
	_, first, second := m.with(t)
	first.run(`await call.hold()`)
	first.until(`call.state === "LocalHold"`)
	second.hearsNothing(firstPitch)
	second.until(`call.state === "Connected" && call.remoteParticipants[0].state === "Hold"`)
	first.run(`await call.resume()`)
	second.hears(firstPitch)
}

func (m *twoInARoom) roleIsTakenAway(t *testing.T) {
	a, first, second := m.with(t)
	a.do("inviteToRoom", values{"room": m.room, "participants": []values{{"id": m.bob, "role": "Consumer"}}}, nil)
	second.until(`call.role === "Consumer" && !call.feature(calling.Features.Capabilities).capabilities.unmuteMic.isPresent`)
	first.hearsNothing(secondPitch)
	a.do("inviteToRoom", values{"room": m.room, "participants": []values{{"id": m.bob, "role": "Attendee"}}}, nil)
	second.until(`call.role === "Attendee"`)
	first.hears(secondPitch)
}

func (m *twoInARoom) socketIsReplaced(t *testing.T) {
	_, first, second := m.with(t)
	second.run(`globalThis.before = lines.length; for (const socket of sockets) socket.close()`)
	second.until(`sockets.length > 1 && sockets.at(-1).readyState === 1`)
	second.run(`await call.mute()`)
	first.until(`call.remoteParticipants[0].isMuted`)
	second.run(`await call.unmute()`)
	first.hears(secondPitch)
	if got := string(second.run(`return lines.slice(before).filter((line) => line.startsWith("state") || line.startsWith("left"))`)); got != "[]" {
		t.Errorf("the call told %s", got)
	}
}

func (m *twoInARoom) nobodyEndsItForAll(t *testing.T) {
	_, first, _ := m.with(t)
	first.asks("405 Connected 1", `return [await call.hangUp({forEveryone: true}).then(() => "ended", ({code}) => code), call.state, call.remoteParticipants.length].join(" ")`)
	first.hears(secondPitch)
}

func (m *twoInARoom) whoIsTakenOffLeaves(t *testing.T) {
	a, first, second := m.with(t)
	a.do("removeFromRoom", values{"room": m.room, "users": []string{m.bob}}, nil)
	second.until(`call.state === "Disconnected" && call.callEndReason.code === 0 && call.callEndReason.subCode === 5317`)
	first.until(`call.remoteParticipants.length === 0`)
	second.run(`globalThis.call = agent.join({roomId: %s})`, m.room)
	second.until(`call.state === "Disconnected" && call.callEndReason.code === 403 && call.callEndReason.subCode === 5828`)
}

func (m *twoInARoom) toldOfEveryChange(t *testing.T) {
	_, first, second := m.with(t)
	first.witnesses("call stateChanged", "participant stateChanged", "participant isMutedChanged", "participant isSpeakingChanged", "participant roleChanged",
		"speakers dominantSpeakersChanged", "recording isRecordingActiveChanged", "recording recordingsUpdated", "recording recordingStateChanged")
	second.witnesses("call isMutedChanged", "call mutedByOthers", "call roleChanged", "capabilities capabilitiesChanged", "participant stateChanged", "call remoteParticipantsUpdated")
}
