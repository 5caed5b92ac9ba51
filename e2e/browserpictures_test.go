package e2e

import (
	"testing"
)

// TestViewsOfTheOwnCamera: a page shows its camera before there is a call, a hundred
// times without anything left over.
func TestViewsOfTheOwnCamera(t *testing.T) {
	x := startBrowsers(t).open("ada", firstPitch)
	x.run(`
		const {CallClient, LocalVideoStream, VideoStreamRenderer} = calling;
		globalThis.devices = await new CallClient().getDeviceManager();
		if (!(await devices.askDevicePermission({audio: true, video: true})).video) throw new Error("the camera is not permitted");
		globalThis.cameras = await devices.getCameras();
		globalThis.stream = new LocalVideoStream(cameras[0]);
		globalThis.renderer = new VideoStreamRenderer(stream);`)
	if got := x.text(`return cameras.map((camera) => camera.id.split(":")[0] + " " + camera.deviceType + " " + (camera.name !== "")).join(", ")`); got != "camera UsbCamera true, camera UsbCamera true, camera UsbCamera true" {
		t.Errorf("cameras: %s", got)
	}

	t.Run("have the picture, and the form that was asked for", func(t *testing.T) {
		x := x.with(t)
		x.run(`
			globalThis.view = await renderer.createView({scalingMode: "Crop", isMirrored: true});
			document.body.append(view.target);
			globalThis.video = view.target.querySelector("video");`)
		if got := x.text(`return [view.target.tagName, view.scalingMode, view.isMirrored, video.style.objectFit, video.style.transform, video.videoWidth > 0].join()`); got != "DIV,Crop,true,cover,scaleX(-1),true" {
			t.Errorf("the view is %s", got)
		}
		x.run(`await view.updateScalingMode("Fit")`)
		x.until(`view.scalingMode === "Fit" && video.style.objectFit === "contain"`)
		x.until(`await moves(video)`)
	})
	t.Run("follow the stream to another camera", func(t *testing.T) {
		x := x.with(t)
		x.run(`
			globalThis.before = video.srcObject;
			await stream.switchSource(cameras[2]);`)
		x.until(`video.srcObject !== before && before.getTracks()[0].readyState === "ended" && await moves(video)`)
	})
	t.Run("leave nothing behind", func(t *testing.T) {
		x := x.with(t)
		x.run(`
			globalThis.seen = [];
			for (let i = 0; i < 100; i++) {
				const another = await renderer.createView();
				document.body.append(another.target);
				seen.push(new WeakRef(another), new WeakRef(another.target), new WeakRef(another.target.firstChild));
				another.dispose();
			}`)
		x.until(`document.querySelectorAll("video").length === 1 && (await collected(), seen.every((one) => !one.deref()))`)
	})
	t.Run("close the camera with the last of them", func(t *testing.T) {
		x := x.with(t)
		x.run(`
			globalThis.track = video.srcObject.getTracks()[0];
			renderer.dispose();`)
		x.until(`track.readyState === "ended" && document.querySelectorAll("video").length === 0`)
		if got := x.text(`try { await renderer.createView(); return "" } catch (error) { return error.code + "/" + error.subCode }`); got != "405/43209" {
			t.Errorf("a view of a renderer that was disposed of: %s", got)
		}
	})
	x.noErrors()
}

// sharedPitch is the tone of a screen that is shared.
const sharedPitch = 1500.0

// TestBrowsersSeeEachOther: two people in a room show their cameras and a screen, by
// the library; what they may show is what their roles say.
func TestBrowsersSeeEachOther(t *testing.T) {
	p := start(t, setup{})
	a := startAgent(p, application{})
	b := startBrowsers(t)
	ada, bob := a.createUser(), a.createUser()
	var made room
	a.do("createRoom", values{"participants": []values{{"id": ada, "role": "Presenter"}, {"id": bob, "role": "Attendee"}}}, &made)
	first, second := b.open("ada", firstPitch), b.open("bob", secondPitch)
	for x, user := range map[*tab]string{first: ada, second: bob} {
		x.agent(a, user, x.name)
		x.run(`
			globalThis.devices = await client.getDeviceManager();
			await devices.askDevicePermission({audio: true, video: true});
			globalThis.cameras = await devices.getCameras();
			globalThis.stream = new calling.LocalVideoStream(cameras[0]);
			globalThis.call = agent.join({roomId: %s}, {videoOptions: {localVideoStreams: [stream]}});
			globalThis.lines = watch(call);
			globalThis.witnessed = witness(call);
			globalThis.find = (kind) => call.remoteParticipants[0]?.videoStreams.find((one) => one.mediaStreamType === kind);
			globalThis.look = async (kind) => {
				const renderer = new calling.VideoStreamRenderer(find(kind));
				const view = await renderer.createView({scalingMode: "Fit"});
				Object.assign(view.target.style, {width: "640px", height: "360px"});
				document.body.append(view.target);
				return {renderer, view, video: view.target.querySelector("video")};
			};`, made.ID)
	}

	t.Run("from the beginning", func(t *testing.T) {
		for _, x := range []*tab{first.with(t), second.with(t)} {
			x.until(`call.isLocalVideoStarted && call.localVideoStreams.length === 1`)
			x.until(`find("Video")?.isAvailable`)
			x.run(`globalThis.seen = await look("Video")`)
			x.until(`await moves(seen.video) && find("Video").isReceiving && find("Video").size.width >= 320`)
		}
	})
	t.Run("with statistics of both sides", func(t *testing.T) {
		for _, x := range []*tab{first.with(t), second.with(t)} {
			x.run(`
				globalThis.samples = [];
				globalThis.collector = call.feature(calling.Features.MediaStats).createCollector();
				collector.on("sampleReported", (sample) => samples.push(sample));`)
			// What the server says of what it gets, and when: the round trip and the losses.
			x.until(`((sent) => sent?.codecName === "VP8" && sent.rttInMs >= 0 && sent.packetsLost >= 0 && sent.frameWidthSent >= 320)(samples.at(-1)?.video.send[0])`)
			x.until(`((came) => came?.frameRateDecoded > 0 && came.streamId === find("Video").id && came.frameWidthReceived >= 320)(samples.at(-1)?.video.receive[0])`)
			x.run(`collector.dispose()`)
		}
	})
	t.Run("in the size that is shown", func(t *testing.T) {
		first := first.with(t)
		first.until(`find("Video").size.width === 640 && seen.video.videoHeight === 360`)
		first.run(`Object.assign(seen.view.target.style, {width: "160px", height: "90px"})`)
		first.until(`find("Video").size.width === 320`)
	})
	t.Run("within the constraints of who sends", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		first.run(`Object.assign(seen.view.target.style, {width: "640px", height: "360px"})`)
		second.run(`await call.setConstraints({video: {send: {frameHeight: {max: 180}}}})`)
		first.until(`find("Video").size.height <= 180 && await moves(seen.video)`)
		second.run(`await call.setConstraints({video: {send: {}}})`)
		first.until(`find("Video").size.height === 360`)
	})
	t.Run("and of what is not shown nothing is received", func(t *testing.T) {
		first := first.with(t)
		first.run(`seen.view.target.style.display = "none"`)
		first.until(`!find("Video").isReceiving && find("Video").isAvailable`)
		first.run(`Object.assign(seen.view.target.style, {display: "", width: "640px", height: "360px"})`)
		first.until(`find("Video").isReceiving && await moves(seen.video)`)
	})
	t.Run("through another camera", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		second.run(`
			const old = (await stream.getMediaStream()).getTracks()[0];
			globalThis.switched = [];
			stream.on("videoSourceChanged", ({source}) => switched.push(source.id));
			await stream.switchSource(cameras[2]);
			if (old.readyState !== "ended") throw new Error("the camera before is still open");`)
		first.until(`await moves(seen.video)`)
		// And through pictures that the page makes itself.
		second.run(`
			const canvas = Object.assign(document.createElement("canvas"), {width: 320, height: 240}), context = canvas.getContext("2d");
			let n = 0;
			globalThis.painting = setInterval(() => { context.fillStyle = n++ & 1 ? "red" : "blue"; context.fillRect(0, 0, 320, 240); }, 100);
			await stream.setMediaStream(canvas.captureStream(10));
			if (stream.source.deviceType !== "Virtual") throw new Error("its source is no device: " + stream.source);`)
		first.until(`find("Video").size.width / find("Video").size.height < 1.4 && await moves(seen.video)`)
		second.run(`
			clearInterval(painting);
			await stream.switchSource(cameras[2]);
			if (switched.length !== 3 || switched[0] !== cameras[2].id || switched[2] !== cameras[2].id) throw new Error(switched.join());`)
		first.until(`find("Video").size.width / find("Video").size.height > 1.7 && await moves(seen.video)`)
	})
	t.Run("off and on again", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		for code, want := range map[string]string{
			`await call.startVideo(new calling.LocalVideoStream(cameras[2]))`: "400/41027",
			`await call.stopVideo(new calling.LocalVideoStream(cameras[2]))`:  "400/41032",
			`await call.startVideo({})`:                                       "400/41025",
			`await call.stopScreenSharing()`:                                  "400/41041",
		} {
			if got := second.text(`try { ` + code + `; return "" } catch (error) { return error.code + "/" + error.subCode }`); got != want {
				t.Errorf("%s: %s, want %s", code, got, want)
			}
		}
		second.run(`await call.stopVideo(stream)`)
		first.until(`!find("Video").isAvailable`)
		if got := first.text(`try { await new calling.VideoStreamRenderer(find("Video")).createView(); return "" } catch (error) { return error.code + "/" + error.subCode }`); got != "412/43200" {
			t.Errorf("a view of a stream that is off: %s", got)
		}
		if got := second.text(`try { await call.stopVideo(stream); return "" } catch (error) { return error.code + "/" + error.subCode }`); got != "400/41030" {
			t.Errorf("a second stop: %s", got)
		}
		second.run(`await call.startVideo(stream)`)
		first.until(`find("Video").isAvailable && find("Video").isReceiving && await moves(seen.video)`)
	})
	t.Run("until the device is gone", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		// As when it is pulled out: the browser ends the track.
		second.run(`(await stream.getMediaStream()).getVideoTracks()[0].dispatchEvent(new Event("ended"))`)
		second.until(`!call.isLocalVideoStarted && call.localVideoStreams.length === 0`)
		second.until(`call.feature(calling.Features.UserFacingDiagnostics).media.getLatest().cameraStoppedUnexpectedly?.value === true`)
		first.until(`!find("Video").isAvailable`)
		second.run(`globalThis.stream = new calling.LocalVideoStream(cameras[0]); await call.startVideo(stream)`)
		first.until(`find("Video").isAvailable`)
	})
	t.Run("and not from a camera that is frozen", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		second.run(`
			await call.stopVideo(stream);
			const canvas = Object.assign(document.createElement("canvas"), {width: 320, height: 180}), context = canvas.getContext("2d");
			const frames = canvas.captureStream(10);
			globalThis.frozen = new calling.LocalVideoStream(frames);
			let n = 0;
			globalThis.drawing = setInterval(() => { context.fillStyle = n++ & 1 ? "red" : "blue"; context.fillRect(0, 0, 320, 180); }, 100);
			await call.startVideo(frozen);
			globalThis.freezes = () => call.feature(calling.Features.UserFacingDiagnostics).media.getLatest().cameraFreeze?.value;`)
		first.until(`find("Video")?.isAvailable`)
		first.run(`globalThis.drawn = await look("Video")`)
		first.until(`await moves(drawn.video)`)
		second.run(`clearInterval(drawing)`)
		second.until(`freezes() === true`)
		second.run(`await call.stopVideo(frozen); await call.startVideo(stream)`)
		second.until(`freezes() === false`)
	})
	t.Run("a hundred times, with nothing left over", func(t *testing.T) {
		first := first.with(t)
		first.run(`
			globalThis.left = [];
			const renderer = new calling.VideoStreamRenderer(find("Video")), tracks = new Set();
			for (let i = 0; i < 100; i++) {
				const one = await renderer.createView();
				document.body.append(one.target);
				const video = one.target.querySelector("video");
				tracks.add(video.srcObject.getTracks()[0].id);
				left.push(new WeakRef(one), new WeakRef(one.target), new WeakRef(video));
				one.dispose();
			}
			renderer.dispose();
			if (tracks.size !== 1) throw new Error(tracks.size + " tracks were shown");`)
		first.until(`(await collected(), left.every((one) => !one.deref()))`)
		first.until(`find("Video").isReceiving && await moves(seen.video)`)
	})
	t.Run("and the sound of what is shared, also of who is muted", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		first.run(`
			const media = navigator.mediaDevices, ask = media.getDisplayMedia, context = new AudioContext();
			const tone = context.createOscillator(), out = context.createMediaStreamDestination();
			tone.frequency.value = %s;
			tone.connect(out);
			tone.start();
			await context.resume();
			media.getDisplayMedia = async () => {
				media.getDisplayMedia = ask;
				const canvas = Object.assign(document.createElement("canvas"), {width: 640, height: 360});
				canvas.getContext("2d").fillRect(0, 0, 640, 360);
				return new MediaStream([...canvas.captureStream(5).getTracks(), ...out.stream.getTracks()]);
			};
			await call.startScreenSharing();`, sharedPitch)
		second.until(heardTone(sharedPitch))
		first.run(`await call.mute()`)
		second.hears(sharedPitch)
		if !second.holds(`call.remoteParticipants[0].isMuted`) {
			t.Error("who shares does not show as muted")
		}
		first.run(`await call.stopScreenSharing()`)
		second.hearsNothing(sharedPitch)
		first.run(`await call.unmute()`)
		second.hears(firstPitch)
	})
	t.Run("and a screen, until the browser ends it", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		first.sharesItself()
		first.run(`await call.startScreenSharing()`)
		first.until(`call.isScreenSharingOn && call.localVideoStreams.some((one) => one.mediaStreamType === "ScreenSharing")`)
		second.until(`find("ScreenSharing")?.isAvailable`)
		second.run(`globalThis.screen_ = await look("ScreenSharing")`)
		second.until(`find("ScreenSharing").isReceiving && screen_.video.videoWidth >= 640 && screen_.video.style.opacity !== "0"`)
		first.run(`
			const shared = call.localVideoStreams.find((one) => one.mediaStreamType === "ScreenSharing");
			(await shared.getMediaStream()).getVideoTracks()[0].dispatchEvent(new Event("ended"));`)
		first.until(`!call.isScreenSharingOn && call.feature(calling.Features.UserFacingDiagnostics).media.getLatest().capturerStoppedUnexpectedly?.value === true`)
		second.until(`!find("ScreenSharing")`)
	})
	t.Run("as their roles permit", func(t *testing.T) {
		a, first, second := a.with(t), first.with(t), second.with(t)
		second.sharesItself()
		if got := second.text(`try { await call.startScreenSharing(); return "" } catch (error) { return String(error.code) }`); got != "403" {
			t.Errorf("an attendee's screen is answered with %q", got)
		}
		second.until(`!call.isScreenSharingOn && call.localVideoStreams.length === 1`)
		a.do("inviteToRoom", values{"room": made.ID, "participants": []values{{"id": bob, "role": "Consumer"}}}, nil)
		second.until(`call.role === "Consumer" && !call.isLocalVideoStarted && call.localVideoStreams.length === 0`)
		first.until(`!find("Video").isAvailable`)
	})
	t.Run("and their pages are told of every change", func(t *testing.T) {
		first, second := first.with(t), second.with(t)
		second.run(`await call.hangUp()`)
		first.until(`call.remoteParticipants.length === 0`)
		first.witnesses("call stateChanged", "call isMutedChanged", "call isScreenSharingOnChanged", "call isLocalVideoStartedChanged", "call localVideoStreamsUpdated",
			"call localAudioStreamsUpdated", "call remoteAudioStreamsUpdated", "call remoteParticipantsUpdated", "participant stateChanged", "participant roleChanged",
			"participant isSpeakingChanged", "participant videoStreamsUpdated", "stream isAvailableChanged", "stream isReceivingChanged", "stream sizeChanged")
		second.witnesses("call roleChanged", "capabilities capabilitiesChanged", "participant isMutedChanged", "participant isSpeakingChanged", "stream isReceivingChanged", "stream sizeChanged")
	})
	first.noErrors()
	second.noErrors()
}

// sharesItself lets the page share itself without asking, and without much work.
func (x *tab) sharesItself() {
	x.t.Helper()
	x.run(`
		const media = navigator.mediaDevices, ask = media.getDisplayMedia.bind(media);
		media.getDisplayMedia = (options) => ask({...options, preferCurrentTab: true, video: {width: {max: 1280}, height: {max: 720}, frameRate: {max: 5}}});`)
}
