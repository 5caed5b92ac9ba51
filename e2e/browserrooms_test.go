package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// TestBrowserAndPhoneAndApplication: a browser calls a number of ours that an
// application answers, a phone number outside, and is called itself.
func TestBrowserAndPhoneAndApplication(t *testing.T) {
	phone, port := newFarPhone(t)
	p := start(t, setup{trunk: port})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	b := startBrowsers(t)
	ada := a.createUser()
	first := b.open("ada", firstPitch)
	first.agent(a, ada, "Ada")

	t.Run("an application calls the browser", func(t *testing.T) {
		a, first := a.with(t), first.with(t)
		c := a.create(values{"target": ada})
		first.until(`rings.length === 1`)
		first.run(`globalThis.call = await rings[0].accept(); globalThis.lines = watch(call)`)
		first.until(`call.state === "Connected"`)
		first.asks(c.got("CallConnected").ServerCallID, `return call.info.getServerCallId()`)
		prompt := a.saveTone("prompt.wav", 4*time.Second)
		c.do("playToAll", values{"urls": []string{prompt}}, nil)
		first.hears(promptPitch)
		c.do("hangUp", values{"forEveryone": true}, nil)
		first.until(`call.state === "Disconnected" && call.callEndReason.subCode === 7000`)
		c.ended()
	})
	t.Run("a phone is called, heard and hears", func(t *testing.T) {
		first := first.with(t)
		first.run(`globalThis.call = agent.startCall([{phoneNumber: %s}], {alternateCallerId: {phoneNumber: %s}}); globalThis.lines = watch(call)`, farNumber, ourNumber)
		call, err := phone.Next(within(t, 10*time.Second))
		must(t, err)
		must(t, call.Ring())
		first.until(`call.state === "Ringing"`)
		must(t, call.Answer())
		first.until(`call.state === "Connected"`)
		hears(t, call, firstPitch, 500*time.Millisecond)
		call.SendSound(audiotest.Tone(phoneRate, 5*time.Second, -12, secondPitch))
		first.hears(secondPitch)
		first.run(`await call.sendDtmf("Num7")`)
		eventually(t, 5*time.Second, "the phone hears the key", func() bool { return call.HeardTones() == "7" })
		must(t, call.Hangup(within(t, 5*time.Second)))
		first.until(`call.state === "Disconnected" && call.callEndReason.subCode === 560000`)
	})
	first.noErrors()
}

// TestCallRingsInAllTabs: two browsers of one user ring; one accepts.
func TestCallRingsInAllTabs(t *testing.T) {
	p := start(t, setup{})
	a := startAgent(p, application{})
	b := startBrowsers(t)
	ada, bob := a.createUser(), a.createUser()
	caller, one, other := b.open("ada", firstPitch), b.open("bob", secondPitch), b.open("bob2", secondPitch)
	caller.agent(a, ada, "Ada")
	one.agent(a, bob, "Bob")
	other.agent(a, bob, "Bob")

	caller.run(`globalThis.call = agent.startCall([{communicationUserId: %s}]); globalThis.lines = watch(call)`, bob)
	one.until(`rings.length === 1 && rings[0].callerInfo.displayName === "Ada"`)
	other.until(`rings.length === 1`)
	caller.until(`call.state === "Ringing"`)
	one.run(`globalThis.call = await rings[0].accept(); globalThis.lines = watch(call)`)
	other.until(`(await rings[0].ended).callEndReason.code === 487 && rings[0].callEndReason.subCode === 10003`)
	caller.until(`call.state === "Connected" && call.remoteParticipants.length === 1`)
	one.until(`call.state === "Connected" && call.direction === "Incoming"`)
	caller.hears(secondPitch)

	one.run(`await call.hold()`)
	caller.until(`call.state === "RemoteHold"`)
	one.run(`await call.resume()`)
	caller.until(`call.state === "Connected"`)
	caller.run(`await call.hangUp()`)
	caller.until(`call.state === "Disconnected" && call.callEndReason.code === 0`)
	one.until(`call.state === "Disconnected"`)

	caller.run(`globalThis.call = agent.startCall([{communicationUserId: %s}])`, bob)
	one.until(`rings.length === 2`)
	other.until(`rings.length === 2`)
	one.run(`await rings[1].reject()`)
	other.run(`await rings[1].reject()`)
	caller.until(`call.state === "Disconnected" && call.callEndReason.code !== 0`)

	// All that a usual call does, ended by the other with everything on.
	caller.run(`globalThis.call = agent.startCall([{communicationUserId: %s}])`, bob)
	one.until(`rings.length === 3`)
	one.run(`
		globalThis.camera = async () => new calling.LocalVideoStream((await (await client.getDeviceManager()).getCameras())[0]);
		globalThis.call = await rings[2].accept({videoOptions: {localVideoStreams: [await camera()]}})`)
	one.until(`call.isLocalVideoStarted`)
	caller.until(`call.state === "Connected"`)
	caller.sharesItself()
	caller.run(`
		const devices = await client.getDeviceManager();
		const camera = new calling.LocalVideoStream((await devices.getCameras())[0]);
		await call.startVideo(camera);
		await call.stopVideo(camera);
		await Promise.all([call.startVideo(camera), call.startScreenSharing(), call.mute()]);
		for (const microphone of await devices.getMicrophones()) await devices.selectMicrophone(microphone);
		await Promise.all([call.hold(), call.resume(), call.unmute()]);`)
	one.run(`await call.hangUp()`)
	caller.until(`call.state === "Disconnected"`)
	for _, x := range []*tab{caller, one, other} {
		x.run(`await client.dispose()`)
		x.isQuiet()
	}
}

// TestSampleOfRooms: the page that the binary serves; two tabs see and hear each other without any set-up.
func TestSampleOfRooms(t *testing.T) {
	p := start(t, setup{})
	b := startBrowsers(t)
	first := b.openSeen("ada", "http://"+p.addresses.HTTP+"/samples/rooms/?name=Ada+Lovelace", firstPitch, scene(t, "0x274690", "0xf4b9b8"))
	first.until(`document.querySelector("#preview video")?.videoWidth > 0`)
	first.shot("sample-lobby", 1280, 800)
	first.click("#enter")
	first.until(`document.getElementById("state").textContent === "Connected"`)
	second := b.openSeen("bob", first.text(`return document.getElementById("invite").href`)+"&name=Grace+Hopper", secondPitch, scene(t, "0x0f4c3a", "0xf2d0a4"))
	second.until(`document.querySelector("#preview video")?.videoWidth > 0`)
	second.click("#enter")
	second.until(`document.getElementById("people").innerText.includes("Ada Lovelace")`)
	for _, x := range []*tab{first, second} {
		x.until(`document.querySelector("#gallery .tile:not(.own).on video")?.videoWidth > 0`)
	}
	first.until(`document.querySelector("#people li.speaking .name")?.textContent === "Grace Hopper"`)
	second.click("#hand")
	first.until(`document.getElementById("people").innerText.includes("hand raised")`)
	first.shot("sample-call", 1280, 800)
	second.click("#mute")
	first.until(`document.getElementById("people").innerText.includes("muted")`)
	second.click("#leave")
	first.until(`!document.getElementById("alone").hidden`)
	// A camera that does not start is told in words of the page: the texts of errors are for programs.
	first.click("#camera")
	first.until(`document.querySelector("#gallery .tile.own:not(.on)")`)
	for why, said := range map[string]string{"NotAllowedError": "not permitted", "NotReadableError": "in use"} {
		first.run(`
			const media = navigator.mediaDevices;
			media.getUserMedia = async () => { delete media.getUserMedia; throw new DOMException("no", %s); };`, why)
		first.click("#camera")
		first.until(`document.getElementById("problem").textContent.includes(` + quoted(said) + `)`)
	}
	first.noErrors()
	second.noErrors()
}

// TestSamplesAreBuilt: the pages that the binary embeds are those of web/samples.
func TestSamplesAreBuilt(t *testing.T) {
	t.Parallel()
	needCalling(t)
	built := t.TempDir()
	if out, err := exec.Command("node", "../web/samples/build.mjs", built).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, file := range []string{"index.html", "style.css", "app.js"} {
		want, err := os.ReadFile(filepath.Join(built, "rooms", file))
		must(t, err)
		got, err := os.ReadFile(filepath.Join("../internal/samples/rooms", file))
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Errorf("internal/samples/rooms/%s is old: node web/samples/build.mjs", file)
		}
	}
}
