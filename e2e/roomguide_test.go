package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// roomGuide is a room call as "Manage calls in rooms" of the documentation has it: two
// people on a quickstart's page, a third who is invited and not there yet, a phone
// number outside, and an application.
type roomGuide struct {
	*testing.T
	connection
	room, ada, bob, fred string
	adas, bobs           *tab
	freds                *webrtctest.Client
	farPhone             *siptest.Phone
	phone                *siptest.Call // once it was added
}

// enters fills in the page and joins with its buttons.
func (g *roomGuide) enters(x *tab, user string) {
	x.fill("#token", g.token(user))
	x.fill("#room", g.room)
	x.click("#start")
	x.click("#join") // when it can be clicked
	x.until(`document.getElementById("state").textContent === "Connected"`)
}

// shows waits until a page lists exactly these people.
func (g *roomGuide) shows(x *tab, want ...string) {
	slices.Sort(want)
	x.until(fmt.Sprintf(`Array.from(document.querySelectorAll("#people li"), (item) => item.textContent).sort().join() === %q`, strings.Join(want, ",")))
}

// part is a step of the guide.
func (g *roomGuide) part(name string, step func(*roomGuide)) {
	g.Run(name, func(t *testing.T) {
		part := *g
		part.T, part.connection = t, connection{g.agent.with(t), g.id}
		part.adas, part.bobs = g.adas.with(t), g.bobs.with(t)
		step(&part)
		g.phone = part.phone
	})
	if g.Failed() {
		g.FailNow() // what follows builds on it
	}
}

// TestGuideToRoomsWorks follows "Manage calls in rooms" from top to bottom: clients in Chromium
// by our library, the application by the official SDK.
func TestGuideToRoomsWorks(t *testing.T) {
	needsEspeak(t)
	understander := newUnderstander(t, "Technical support, please.")
	farPhone, port := newFarPhone(t)
	p := start(t, setup{trunk: port, config: "speech:\n  providers:\n    - {name: local, kind: espeak-ng}\n    - {name: whisper, kind: openai, url: '" + understander.URL + "/v1', key: hush}\n  text-to-speech: [local]\n"})
	a := startAgent(p, application{})
	subscribeRecordings(p, a)
	b := startBrowsers(t)
	page := servePage(t, "quickstart.js")
	g := &roomGuide{T: t, ada: a.createUser(), bob: a.createUser(), farPhone: farPhone}
	g.connection = connection{a, ""}
	g.fred, g.freds = a.page("Fred")
	var made room
	a.do("createRoom", values{"dialOut": true, "participants": []values{{"id": g.ada, "role": "Presenter"}, {"id": g.bob, "role": "Attendee"}, {"id": g.fred, "role": "Attendee"}}}, &made)
	g.room = made.ID
	g.adas, g.bobs = b.openAt("ada", page, firstPitch), b.openAt("bob", page, secondPitch)

	g.part("people join from a quickstart's page, and talk", (*roomGuide).join)
	g.part("an application connects to the room", (*roomGuide).connects)
	g.id = a.connections[0]
	g.part("it adds a phone number", (*roomGuide).addsNumber)
	g.part("it sends keys to the phone", (*roomGuide).sendsKeys)
	g.part("it records, pauses, resumes and stops", (*roomGuide).records)
	g.part("it plays to all and to one, files and texts", (*roomGuide).plays)
	g.part("it recognizes keys and speech", (*roomGuide).recognizes)
	g.part("it adds, shows, cancels and removes users", (*roomGuide).managesUsers)
	g.part("it removes the phone number", (*roomGuide).removesNumber)
	g.part("it ends the call for everybody", (*roomGuide).ends)
	g.adas.noErrors()
	g.bobs.noErrors()
}

func (g *roomGuide) join() {
	g.enters(g.adas, g.ada)
	g.enters(g.bobs, g.bob)
	g.shows(g.adas, g.bob)
	g.shows(g.bobs, g.ada)
	g.adas.hears(secondPitch)
	g.bobs.hears(firstPitch)
	const capabilities = `call.feature(Features.Capabilities).capabilities`
	g.adas.until(capabilities + `.shareScreen.isPresent && ` + capabilities + `.pstnDialOut.isPresent`)
	g.bobs.until(`!` + capabilities + `.shareScreen.isPresent && !` + capabilities + `.pstnDialOut.isPresent && ` + capabilities + `.unmuteMic.isPresent`)
	g.bobs.run(`await call.mute()`)
	g.adas.hearsNothing(secondPitch)
	g.bobs.run(`await call.unmute()`)
	g.adas.hears(secondPitch)
}

func (g *roomGuide) connects() {
	var got connected
	g.agent.do("connect", values{"kind": "roomCallLocator", "id": g.room, "callback": g.url + "/callbacks"}, &got)
	g.connection = g.agent.connection(got.CallConnectionID)
	if at := g.got("CallConnected"); at.ServerCallID != g.adas.text(`return await call.info.getServerCallId()`) {
		g.Errorf("the page and the application know the call by other names: %s", at.ServerCallID)
	}
	g.roster(2)
}

func (g *roomGuide) addsNumber() {
	g.phone = g.add(g.farPhone)
	g.shows(g.adas, g.bob, farNumber)
	g.bobs.run(`await call.mute()`)
	hears(g, g.phone, firstPitch, time.Second)
	g.bobs.run(`await call.unmute()`)
	untilHeard(g, "a page hears the phone", func() { g.phone.Tone(440, 3000) }, func() bool { return g.bobs.holds(heardTone(440)) })
}

func (g *roomGuide) sendsKeys() {
	g.do("sendDtmf", values{"tones": []string{"one", "two", "three", "pound"}, "target": far, "operationContext": "dtmfs-to-ivr"}, nil)
	g.gotFor("dtmfs-to-ivr", "SendDtmfTonesCompleted")
	eventually(g, 10*time.Second, "the phone hears the keys", func() bool { return g.phone.HeardTones() == "123#" })
}

func (g *roomGuide) records() {
	const active = `call.feature(Features.Recording).isRecordingActive`
	r := g.record(values{"serverCallId": g.got("CallConnected").ServerCallID, "content": "audio", "channel": "unmixed", "format": "wav"})
	g.bobs.until(active)
	g.adas.hears(secondPitch) // something that it records
	g.bobs.hears(firstPitch)
	r.do("pauseRecording")
	r.do("resumeRecording")
	r.do("stopRecording")
	g.bobs.until(`!` + active)
	if states := r.states(4); !slices.Equal(states, []string{"active", "inactive", "active", "inactive"}) {
		g.Errorf("the application was told %v", states)
	}
	wav, err := g.fetch(r.file().RecordingStorageInfo.RecordingChunks[0].ContentLocation, 0, 0)
	must(g, err)
	// A channel for each who spoke: of a tone, there is one on which nothing else is.
	for _, pitch := range []float64{firstPitch, secondPitch} {
		if !slices.ContainsFunc(channelsOf(g.T, wav), func(c []int16) bool { return audiotest.ContainsTone(c, recordingRate, pitch, 300*time.Millisecond) }) {
			g.Errorf("%g Hz has no channel of its own", pitch)
		}
	}
}

func (g *roomGuide) plays() {
	prompt := g.saveTone("prompt.wav", 8*time.Second)
	g.bobs.run(`await call.mute()`) // 900 Hz are near to the prompt's
	g.do("play", values{"urls": []string{prompt}, "targets": []string{g.bob}, "operationContext": "one"}, nil)
	g.bobs.until(heardTone(promptPitch))
	g.adas.hearsNothing(promptPitch)
	g.gotFor("one", "PlayCompleted")
	g.do("playSources", values{"sources": []values{{"url": prompt}, {"text": "Welcome to the room."}}, "operationContext": "all"}, nil)
	for _, x := range []*tab{g.adas, g.bobs} {
		x.until(heardTone(promptPitch))
	}
	g.gotFor("all", "PlayCompleted")
}

func (g *roomGuide) recognizes() {
	g.do("recognizeDtmf", values{"target": far, "maxTones": 3, "stopTones": []string{"pound"}, "initialSilence": 60, "operationContext": "pin"}, nil)
	must(g, g.phone.SendTones(within(g, 20*time.Second), "42#"))
	if keys := g.gotFor("pin", "RecognizeCompleted").DtmfResult.Tones; !slices.Equal(keys, []string{"four", "two"}) {
		g.Errorf("recognized are %v", keys)
	}
	g.do("recognizeSpeech", values{"target": far, "language": "en-US", "endSilence": 1, "initialSilence": 60, "operationContext": "said"}, nil)
	g.phone.SendSound(spokenBy(g, "technical support please"))
	if said := g.gotFor("said", "RecognizeCompleted"); said.SpeechResult.Speech != "Technical support, please." {
		g.Errorf("recognized is %+v", said.SpeechResult)
	}
	g.do("startTones", values{"target": far, "operationContext": "each"}, nil)
	must(g, g.phone.SendTones(within(g, 20*time.Second), "7"))
	if key := g.gotFor("each", "ContinuousDtmfRecognitionToneReceived"); key.Tone != "seven" {
		g.Errorf("the key is %q", key.Tone)
	}
	g.do("stopTones", values{"target": far, "operationContext": "enough"}, nil)
	g.gotFor("enough", "ContinuousDtmfRecognitionStopped")
}

func (g *roomGuide) managesUsers() {
	g.do("add", values{"target": g.fred, "operationContext": "fred"}, nil)
	freds, err := g.freds.Accept(within(g, webrtctest.Patience))
	must(g, err)
	defer freds.Close()
	g.gotFor("fred", "AddParticipantSucceeded")
	g.shows(g.adas, g.bob, farNumber, g.fred)
	g.bobs.hears(firstPitch) // the call is whole
	for _, who := range []string{g.fred, far} {
		var one struct {
			Identifier struct{ CommunicationUserID, PhoneNumber string }
		}
		g.do("getParticipant", values{"participant": who}, &one)
		if "4:"+one.Identifier.PhoneNumber != who && one.Identifier.CommunicationUserID != who {
			g.Errorf("getParticipant of %s shows %+v", who, one)
		}
	}
	var listed []any
	g.do("listParticipants", nil, &listed)
	var latest struct{ CallConnectionState string }
	g.do("getCallProperties", nil, &latest)
	if len(listed) != 4 || latest.CallConnectionState != "connected" {
		g.Errorf("%d participants, and the call is %s", len(listed), latest.CallConnectionState)
	}
	g.do("remove", values{"target": g.fred, "operationContext": "gone"}, nil)
	g.gotFor("gone", "RemoveParticipantSucceeded")
	if end := await(g.T, g.freds, func(*protocol.CallEnded) bool { return true }); end.Code != 0 || end.SubCode != 5300 {
		g.Errorf("who is removed by the application leaves with %+v", end)
	}
	g.cancelsInvitation(g.fred, func() { await(g.T, g.freds, func(*protocol.Incoming) bool { return true }) })
	g.cancelsInvitation(farther, func() {
		ringing, err := g.farPhone.Next(within(g, 20*time.Second))
		must(g, err)
		must(g, ringing.Ring())
	})
}

// farther is another number outside.
const farther = far + "0"

// cancelsInvitation adds somebody, waits until it rings there, and thinks better of it.
func (g *roomGuide) cancelsInvitation(who string, rings func()) {
	g.freds.Forget()
	var invitation struct{ InvitationID string }
	context := uuid.NewString()
	g.do("add", values{"target": who, "callerNumber": ourNumber, "operationContext": "add" + context}, &invitation)
	rings()
	g.do("cancelAdd", values{"invitation": invitation.InvitationID, "operationContext": "cancel" + context}, nil)
	if canceled := g.gotFor("cancel"+context, "CancelAddParticipantSucceeded"); canceled.InvitationID != invitation.InvitationID {
		g.Errorf("canceled %q", canceled.InvitationID)
	}
}

func (g *roomGuide) removesNumber() {
	g.do("remove", values{"target": far, "operationContext": "hung up"}, nil)
	g.gotFor("hung up", "RemoveParticipantSucceeded")
	must(g, g.phone.WaitEnded(within(g, 20*time.Second)))
	g.shows(g.adas, g.bob)
}

func (g *roomGuide) ends() {
	g.do("hangUp", values{"forEveryone": true}, nil)
	g.ended()
	for _, x := range []*tab{g.adas, g.bobs} {
		x.until(`document.getElementById("state").textContent === "Disconnected" && call.callEndReason.code === 0 && call.callEndReason.subCode === 7000`)
	}
}
