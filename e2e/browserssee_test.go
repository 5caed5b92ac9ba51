package e2e

import "testing"

// TestBrowsersSeeEachOther: two people in a room show their cameras and a screen, by
// the library; what they may show is what their roles say.
func TestBrowsersSeeEachOther(t *testing.T) {
	m := newTwoInARoom(t)
	for _, x := range []*tab{m.first, m.second} {
		x.joinsSeen(m.room)
	}

	t.Run("from the beginning", m.seenFromTheBeginning)
	t.Run("with statistics of both sides", m.withStatistics)
	t.Run("in the size that is shown", m.inTheSizeThatIsShown)
	t.Run("within the constraints of who sends", m.withinConstraints)
	t.Run("and of what is not shown nothing is received", m.whatIsNotShownIsNotReceived)
	t.Run("through another camera", m.throughAnotherCamera)
	t.Run("and what the page makes of its camera", m.processedOffAndOn)
	t.Run("off and on again", m.offAndOnAgain)
	t.Run("until the device is gone", m.untilTheDeviceIsGone)
	t.Run("and not from a camera that is frozen", m.notFromAFrozenCamera)
	t.Run("a hundred times, with nothing left over", m.nothingIsLeftOver)
	t.Run("and the sound of what is shared, also of who is muted", m.soundOfWhatIsShared)
	t.Run("and a screen, until the browser ends it", m.screenUntilTheBrowserEndsIt)
	t.Run("as their roles permit", m.asTheirRolesPermit)
	t.Run("and their pages are told of every change", m.toldOfPictures)
	m.first.noErrors()
	m.second.noErrors()
}

// joinsSeen joins a room with the camera, and can look at the pictures of the other.
func (x *tab) joinsSeen(room string) {
	x.t.Helper()
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
		};`, room)
}

func (m *twoInARoom) seenFromTheBeginning(t *testing.T) {
	for _, x := range []*tab{m.first.with(t), m.second.with(t)} {
		x.until(`call.isLocalVideoStarted && call.localVideoStreams.length === 1`)
		x.until(`find("Video")?.isAvailable`)
		x.run(`globalThis.seen = await look("Video")`)
		x.until(`await moves(seen.video) && find("Video").isReceiving && find("Video").size.width >= 320`)
	}
}

func (m *twoInARoom) withStatistics(t *testing.T) {
	for _, x := range []*tab{m.first.with(t), m.second.with(t)} {
		x.run(`
			globalThis.samples = [];
			globalThis.collector = call.feature(calling.Features.MediaStats).createCollector();
			collector.on("sampleReported", (sample) => samples.push(sample));`)
		// What the server says of what it gets, and when: the round trip and the losses.
		x.until(`((sent) => sent?.codecName === "VP8" && sent.rttInMs >= 0 && sent.packetsLost >= 0 && sent.frameWidthSent >= 320)(samples.at(-1)?.video.send[0])`)
		x.until(`((came) => came?.frameRateDecoded > 0 && came.streamId === find("Video").id && came.frameWidthReceived >= 320)(samples.at(-1)?.video.receive[0])`)
		x.run(`collector.dispose()`)
	}
}

func (m *twoInARoom) inTheSizeThatIsShown(t *testing.T) {
	_, first, _ := m.with(t)
	first.until(`find("Video").size.width === 640 && seen.video.videoHeight === 360`)
	first.run(`Object.assign(seen.view.target.style, {width: "160px", height: "90px"})`)
	first.until(`find("Video").size.width === 320`)
}

func (m *twoInARoom) withinConstraints(t *testing.T) {
	_, first, second := m.with(t)
	first.run(`Object.assign(seen.view.target.style, {width: "640px", height: "360px"})`)
	second.run(`await call.setConstraints({video: {send: {frameHeight: {max: 180}}}})`)
	first.until(`find("Video").size.height <= 180 && await moves(seen.video)`)
	second.run(`await call.setConstraints({video: {send: {frameHeight: {max: 0}}}})`)
	first.until(`find("Video").size.height === 360`)
}

func (m *twoInARoom) whatIsNotShownIsNotReceived(t *testing.T) {
	_, first, _ := m.with(t)
	first.run(`seen.view.target.style.display = "none"`)
	first.until(`!find("Video").isReceiving && find("Video").isAvailable`)
	first.run(`Object.assign(seen.view.target.style, {display: "", width: "640px", height: "360px"})`)
	first.until(`find("Video").isReceiving && await moves(seen.video)`)
}

func (m *twoInARoom) throughAnotherCamera(t *testing.T) {
	_, first, second := m.with(t)
	second.run(`
		const old = (await stream.getMediaStream()).getTracks()[0];
		globalThis.switched = [];
		stream.on("videoSourceChanged", ({source}) => switched.push(source.source.id));
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
	// And through what the page makes of the camera's.
	second.run(`
		const raw = Object.assign(document.createElement("video"), {muted: true, srcObject: await stream.getMediaStream()});
		await raw.play();
		const canvas = Object.assign(document.createElement("canvas"), {width: 320, height: 240}), context = canvas.getContext("2d");
		context.filter = "grayscale(1)";
		globalThis.painting = setInterval(() => context.drawImage(raw, 0, 0, 320, 240), 100);
		await stream.setMediaStream(canvas.captureStream(10));
		if (stream.mediaStreamType !== "RawMedia") throw new Error(stream.mediaStreamType);`)
	first.until(`find("Video").size.width / find("Video").size.height < 1.4 && await moves(seen.video)`)
	second.run(`
		clearInterval(painting);
		await stream.switchSource(cameras[2]);
		if (stream.mediaStreamType !== "Video") throw new Error(stream.mediaStreamType);`)
	first.until(`find("Video").size.width / find("Video").size.height > 1.7 && await moves(seen.video)`)
}

func (m *twoInARoom) offAndOnAgain(t *testing.T) {
	_, first, second := m.with(t)
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
}

func (m *twoInARoom) untilTheDeviceIsGone(t *testing.T) {
	_, first, second := m.with(t)
	// As when it is pulled out: the browser ends the track.
	second.run(`(await stream.getMediaStream()).getVideoTracks()[0].dispatchEvent(new Event("ended"))`)
	second.until(`!call.isLocalVideoStarted && call.localVideoStreams.length === 0`)
	second.until(`call.feature(calling.Features.UserFacingDiagnostics).media.getLatest().cameraStoppedUnexpectedly?.value === true`)
	first.until(`!find("Video").isAvailable`)
	second.run(`globalThis.stream = new calling.LocalVideoStream(cameras[0]); await call.startVideo(stream)`)
	first.until(`find("Video").isAvailable`)
}

func (m *twoInARoom) notFromAFrozenCamera(t *testing.T) {
	_, first, second := m.with(t)
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
}

func (m *twoInARoom) nothingIsLeftOver(t *testing.T) {
	_, first, _ := m.with(t)
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
			document.body.removeChild(one.target);
		}
		renderer.dispose();
		if (tracks.size !== 1) throw new Error(tracks.size + " tracks were shown");`)
	first.until(`(await collected(), left.every((one) => !one.deref()))`)
	first.until(`find("Video").isReceiving && await moves(seen.video)`)
}
