package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Microsoft's UI library (@azure/communication-react) runs, unmodified, on the package for
// browsers: uilibrary/build.mjs puts ours in the place of @azure/communication-calling.

// The buttons of the composite, by the marks that it gives them.
const (
	startButton  = "[data-ui-id=call-composite-start-call-button]:not([disabled])"
	cameraButton = "[data-ui-id=call-composite-camera-button]"
	shareButton  = "[data-ui-id=call-composite-screenshare-button]"
	handButton   = "[data-ui-id=call-composite-raisehand-button]"
	moreButton   = "[data-ui-id=common-call-composite-more-button]"
	resumeButton = "[data-ui-id=hold-page-resume-call-button]"
	leaveButton  = "[data-ui-id=call-composite-hangup-button]"
	lobbyCamera  = "[data-ui-id=call-composite-local-device-settings-camera-button]"
	lobbyMic     = "[data-ui-id=call-composite-local-device-settings-microphone-button]"
)

func needUILibrary(t testing.TB) {
	t.Helper()
	needCalling(t)
	if _, err := os.Stat("uilibrary/node_modules/.installed"); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("Microsoft's UI library is not installed: make e2e/uilibrary/node_modules/.installed")
	}
	t.Skip("Microsoft's UI library is not installed: make e2e/uilibrary/node_modules/.installed")
}

// TestUILibraryTypes: what the UI library declares fits the types of the package.
func TestUILibraryTypes(t *testing.T) {
	t.Parallel()
	needUILibrary(t)
	if out, err := exec.Command(filepath.Join(callingDir, "node_modules/.bin/tsc"), "-p", "uilibrary").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// composites are two people with pages of the UI library.
type composites struct {
	*agent
	users    map[string]string // by the name of the tab
	ada, bob *tab
}

func startComposites(t *testing.T) *composites {
	needUILibrary(t)
	p := start(t, setup{config: "speech:\n  providers:\n    - {name: whisper, kind: openai, url: '" + newUnderstander(t).URL + "/v1'}\n"})
	b := startBrowsers(t)
	c := &composites{agent: startAgent(p, application{})}
	dir := t.TempDir()
	if out, err := exec.Command("node", "uilibrary/build.mjs", dir).CombinedOutput(); err != nil {
		t.Fatalf("build the page: %v\n%s", err, out)
	}
	// Without a base URL, no fonts are asked of Microsoft's servers.
	url := serveDirectory(t, dir, `<script>globalThis.FabricConfig = {fontBaseUrl: ""}</script>`)
	c.ada = b.openSeen("Ada", url, firstPitch, scene(t, "0x7b3fe4", "0xff8a5c"))
	c.bob = b.openSeen("Bob", url, secondPitch, scene(t, "0x1f8fff", "0x35d0ba"))
	c.users = map[string]string{"Ada": c.createUser(), "Bob": c.createUser()}
	return c
}

// with is the same in a subtest.
func (c *composites) with(t testing.TB) *composites {
	return &composites{c.agent.with(t), c.users, c.ada.with(t), c.bob.with(t)}
}

func (c *composites) who(x *tab) values {
	return values{"user": c.users[x.name], "token": c.token(c.users[x.name]), "name": x.name}
}

// enters opens the composite's page of devices, turns both on, and begins the call.
func (c *composites) enters(x *tab, call values) {
	x.t.Helper()
	x.run(`await composite(%s, %s)`, c.who(x), call)
	x.click(lobbyCamera)
	x.until(`(await moving()).length === 1`)
	x.click(lobbyMic)
	x.click(startButton)
}

// leavesComposite hangs up by the composite's button, which asks once more.
func (x *tab) leavesComposite() {
	x.t.Helper()
	x.click(leaveButton)
	x.click(`role=dialog >> text="Leave"`)
	x.until(`adapter.getState().page === "leftCall" && adapter.getState().endedCall.callEndReason.code === 0`)
}

// holdsComposite puts the call on hold by the composite's menu.
func (x *tab) holdsComposite() {
	x.t.Helper()
	x.click(moreButton)
	x.click(`text="Hold call"`)
	x.until(`adapter.getState().call.state === "LocalHold" && adapter.getState().page === "hold"`)
}

// TestUILibraryInARoom: CallComposite from its page of devices to the end of the call.
func TestUILibraryInARoom(t *testing.T) {
	c := startComposites(t)
	var made room
	c.do("createRoom", values{"participants": []values{{"id": c.users["Ada"], "role": "Presenter"}, {"id": c.users["Bob"], "role": "Presenter"}}}, &made)
	for _, x := range []*tab{c.ada, c.bob} {
		c.enters(x, values{"locator": values{"roomId": made.ID}})
	}

	t.Cleanup(func() {
		for _, x := range []*tab{c.ada, c.bob} {
			if t.Failed() {
				t.Logf("%s: pictures that stand still: %s", x.name, x.run(`return [...document.querySelectorAll("video")].length + " in all, of which " + JSON.stringify(still)`))
			}
		}
	})
	t.Run("two people see and hear each other", func(t *testing.T) {
		c := c.with(t)
		for x, pitch := range map[*tab]float64{c.ada: secondPitch, c.bob: firstPitch} {
			x.until(`adapter.getState().call?.state === "Connected" && adapter.getState().page === "call"`)
			x.until(`(await moving()).join() === "640x360,640x360"`)
			x.run(`globalThis.before = await decoded()`)
			x.until(`await decoded() > before`)
			x.until(fmt.Sprintf(`await hears(%g)`, pitch))
		}
		c.ada.shot("ui-library", 1280, 720)
	})
	t.Run("raise hands", func(t *testing.T) {
		c := c.with(t)
		c.ada.click(handButton)
		c.bob.until(`Object.values(adapter.getState().call.remoteParticipants)[0].raisedHand?.raisedHandOrderPosition === 1`)
		c.ada.click(handButton)
		c.bob.until(`!Object.values(adapter.getState().call.remoteParticipants)[0].raisedHand`)
	})
	t.Run("share a screen", func(t *testing.T) {
		c := c.with(t)
		c.ada.sharesItself()
		c.ada.click(shareButton)
		c.bob.until(`(await moving()).includes("1280x720")`)
		c.ada.click(shareButton)
		c.bob.until(`!adapter.getState().call.screenShareRemoteParticipant && (await moving()).length === 2`)
	})
	t.Run("have captions", func(t *testing.T) {
		c := c.with(t)
		c.bob.click(moreButton)
		c.bob.click(`text="Live captions"`)
		c.bob.click("#common-call-composite-captions-toggle-button")
		c.bob.until(`adapter.getState().call.captionsFeature.isCaptionsFeatureActive && document.querySelector("[data-ui-id=captions-banner]")`)
	})
	t.Run("hold and resume", func(t *testing.T) {
		c := c.with(t)
		c.ada.holdsComposite()
		c.bob.until(`Object.values(adapter.getState().call.remoteParticipants)[0].state === "Hold" && (await moving()).length === 1`)
		c.ada.click(resumeButton)
		c.ada.until(`adapter.getState().page === "call" && (await moving()).length === 1`)
		c.ada.until(fmt.Sprintf(`await hears(%g)`, secondPitch))
		// The composite turns the camera off with the hold, and leaves it off.
		c.ada.click(cameraButton)
		for _, x := range []*tab{c.ada, c.bob} {
			x.until(`(await moving()).length === 2`)
		}
	})
	t.Run("and leave", func(t *testing.T) {
		c := c.with(t)
		c.ada.leavesComposite()
		c.bob.until(`Object.keys(adapter.getState().call.remoteParticipants).length === 0`)
		c.bob.leavesComposite()
	})
	t.Run("a Consumer who joins later sees what was before", func(t *testing.T) { c.with(t).showsWhatWasBefore() })
	c.ada.noErrors()
	c.bob.noErrors()
}

// showsWhatWasBefore: who joins later sees hands and the spotlight, whose pages the library
// makes of events alone; reactions are seen by all.
func (c *composites) showsWhatWasBefore() {
	var made room
	c.do("createRoom", values{"participants": []values{{"id": c.users["Ada"], "role": "Presenter"}, {"id": c.users["Bob"], "role": "Consumer"}}}, &made)
	for _, x := range []*tab{c.ada, c.bob} {
		x.run(`await composite(%s, %s)`, c.who(x), values{"locator": values{"roomId": made.ID}})
		x.click(startButton)
		x.until(`adapter.getState().call?.state === "Connected"`)
		if x == c.ada {
			x.run(`await adapter.raiseHand(); await adapter.startSpotlight([%s])`, c.users["Ada"])
			x.until(`adapter.getState().call.spotlight?.localParticipantSpotlight && adapter.getState().call.raiseHand.localParticipantRaisedHand`)
		}
	}
	c.bob.until(`(([ada]) => ada?.raisedHand?.raisedHandOrderPosition === 1 && ada.spotlight)(Object.values(adapter.getState().call.remoteParticipants))`)
	c.ada.run(`await adapter.onReactionClick("heart")`)
	c.ada.until(`adapter.getState().call.localParticipantReaction`)
	c.bob.until(`Object.values(adapter.getState().call.remoteParticipants)[0].reactionState?.reactionMessage.reactionType === "heart"`)
	c.bob.leavesComposite()
	c.ada.leavesComposite()
}

// TestUILibraryCallsSomebody: CallComposite calls a user whose page has the stateful client,
// which is what applications build their own incoming calls with.
func TestUILibraryCallsSomebody(t *testing.T) {
	c := startComposites(t)
	toBob := values{"targetCallees": []values{{"communicationUserId": c.users["Bob"]}}}
	c.bob.run(`await stateful(%s)`, c.who(c.bob))
	ring := func(c *composites) {
		c.enters(c.ada, toBob)
		c.ada.until(`adapter.getState().call?.state === "Ringing"`)
		c.bob.until(`Object.values(client.getState().incomingCalls)[0]?.callerInfo.displayName === "Ada" && agent.incomingCalls.length === 1`)
	}

	t.Run("who declines", func(t *testing.T) {
		c := c.with(t)
		ring(c)
		c.bob.run(`await agent.incomingCalls[0].reject()`)
		c.bob.until(`agent.incomingCalls.length === 0 && Object.values(client.getState().incomingCallsEnded)[0]?.callEndReason.code === 603`)
		c.ada.until(`adapter.getState().endedCall?.callEndReason.code === 603`)
	})
	t.Run("who is not there when the caller gives up", func(t *testing.T) {
		c := c.with(t)
		ring(c)
		c.ada.leavesComposite()
		c.bob.until(`agent.incomingCalls.length === 0 && Object.keys(client.getState().incomingCalls).length === 0`)
	})
	t.Run("who accepts", func(t *testing.T) {
		c := c.with(t)
		ring(c)
		c.bob.run(`
			const devices = await client.getDeviceManager();
			await devices.askDevicePermission({audio: true, video: true});
			const [camera] = await devices.getCameras();
			await agent.incomingCalls[0].accept({videoOptions: {localVideoStreams: [new LocalVideoStream(camera)]}});
			globalThis.theCall = () => Object.values(client.getState().calls)[0];`)
		c.bob.until(`theCall()?.state === "Connected" && theCall().direction === "Incoming" && Object.keys(client.getState().incomingCalls).length === 0`)
		c.ada.until(`(await moving()).length === 2`)
		c.bob.run(`
			const [person] = Object.values(theCall().remoteParticipants);
			const {view} = await client.createView(theCall().id, person.identifier, Object.values(person.videoStreams)[0]);
			Object.assign(view.target.style, {width: "640px", height: "360px"});
			document.body.append(view.target);`)
		c.bob.until(`(await moving()).join() === "640x360"`)
		c.ada.until(fmt.Sprintf(`await hears(%g)`, secondPitch))
		c.bob.until(fmt.Sprintf(`await hears(%g)`, firstPitch))
	})
	t.Run("is held, and goes on", func(t *testing.T) {
		c := c.with(t)
		c.ada.holdsComposite()
		c.bob.until(`theCall().state === "RemoteHold"`)
		c.ada.click(resumeButton)
		c.bob.until(`theCall().state === "Connected"`)
		c.ada.until(`adapter.getState().page === "call" && (await moving()).length === 1`)
	})
	t.Run("until one hangs up", func(t *testing.T) {
		c := c.with(t)
		c.ada.leavesComposite()
		c.bob.until(`Object.keys(client.getState().calls).length === 0 && Object.keys(client.getState().callsEnded).length === 1 && agent.incomingCalls.length === 0`)
	})
	t.Run("who hands the caller on", func(t *testing.T) {
		c := c.with(t)
		ring(c)
		eve := c.createUser()
		c.bob.run(`
			globalThis.handing = await agent.incomingCalls[0].accept();
			await stateful(%s);
			globalThis.transfer = handing.feature(Features.Transfer).transfer({targetParticipant: {communicationUserId: %s}});`,
			values{"user": eve, "token": c.token(eve), "name": "Eve"}, eve)
		c.bob.until(`agent.incomingCalls.length === 1`)
		c.bob.run(`await agent.incomingCalls[0].accept()`)
		c.bob.until(`transfer.state === "Transferred"`)
		c.bob.run(`await handing.hangUp()`)
		c.ada.until(`adapter.getState().page === "call" && Object.values(adapter.getState().call.remoteParticipants).map(({displayName}) => displayName).join() === "Eve"`)
		c.ada.leavesComposite()
	})
	c.ada.noErrors()
	c.bob.noErrors()
}
