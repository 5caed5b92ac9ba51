package e2e

import (
	"strings"
	"testing"
)

// otherPitch is the tone that a page makes itself, in Hz.
const otherPitch = 1500.0

// devicesComeAndGo: what the manager of a page tells and chooses, and a microphone that is
// measured before there is a call.
func (x *tab) devicesComeAndGo(t *testing.T) {
	x = x.with(t)
	x.run(`
		globalThis.preview = new calling.LocalAudioStream((await devices.getMicrophones())[0]);
		globalThis.volume = await preview.getVolume();
		globalThis.levels = [];
		volume.on("levelChanged", () => levels.push(volume.level));`)
	x.until(`levels.some((level) => level > 0)`)
	x.run(`
		const [track] = (await preview.getMediaStream()).getTracks();
		preview.dispose();
		if (track.readyState !== "ended") throw new Error("the microphone is still open");

		const media = navigator.mediaDevices, list = media.enumerateDevices.bind(media), ids = (list) => list.map(({id}) => id);
		const cameras = await devices.getCameras(), microphones = await devices.getMicrophones(), speakers = await devices.getSpeakers();
		globalThis.gone = [cameras.at(-1), microphones.at(-1), speakers.at(-1)];
		await devices.selectMicrophone(gone[1]);
		await devices.selectSpeaker(gone[2]);
		globalThis.news = [];
		devices.on("videoDevicesUpdated", ({added, removed}) => news.push("video +" + ids(added) + " -" + ids(removed)));
		devices.on("audioDevicesUpdated", ({added, removed}) => news.push("audio +" + ids(added) + " -" + ids(removed)));
		devices.on("selectedMicrophoneChanged", () => news.push("microphone " + devices.selectedMicrophone.id));
		devices.on("selectedSpeakerChanged", () => news.push("speaker " + devices.selectedSpeaker.id));
		globalThis.pulled = true;
		media.enumerateDevices = async () => (await list()).filter(({deviceId}) => !pulled || !gone.some(({id}) => id.endsWith(":" + deviceId)));
		globalThis.usual = [microphones, speakers].map((list) => (list.find(({isSystemDefault}) => isSystemDefault) ?? list[0]).id);
		media.dispatchEvent(new Event("devicechange"));`)
	x.until(`news.length === 4 && news.join("; ") === ["video + -" + gone[0].id, "audio + -" + gone[1].id + "," + gone[2].id, "microphone " + usual[0], "speaker " + usual[1]].join("; ")`)
	x.run(`
		const code = await devices.selectSpeaker(gone[2]).then(() => "", (error) => error.code + "/" + error.subCode);
		if (code !== "400/43004") throw new Error("a speaker that is not there: " + code);
		news.splice(0);
		pulled = false;
		navigator.mediaDevices.dispatchEvent(new Event("devicechange"));`)
	x.until(`news.join("; ") === ["video +" + gone[0].id + " -", "audio +" + gone[1].id + "," + gone[2].id + " -"].join("; ")`)
	x.run(`await devices.selectSpeaker(gone[2]); if (devices.selectedSpeaker.id !== gone[2].id) throw new Error(devices.selectedSpeaker.id)`)
}

// isNotAlone: a page of the same site, in another tab, has a client too, and then no longer.
func (x *tab) isNotAlone(t *testing.T) {
	x = x.with(t)
	x.run(`
		const debug = client.feature(calling.Features.DebugInfo);
		globalThis.company = [];
		debug.on("isCallClientActiveInAnotherTabChanged", () => company.push(debug.isCallClientActiveInAnotherTab));
		if (debug.isCallClientActiveInAnotherTab) throw new Error("another tab has a client already");
		globalThis.frame = Object.assign(document.createElement("iframe"), {src: location.href});
		document.body.append(frame);`)
	x.until(`frame.contentWindow.calling`)
	x.run(`globalThis.another = new frame.contentWindow.calling.CallClient()`)
	x.until(`company.join() === "true"`)
	x.run(`frame.remove()`)
	x.until(`company.join() === "true,false"`)
}

// sendsAnotherSound: of the page itself, and of another microphone, while others listen.
func sendsAnotherSound(t *testing.T, sender, listener *tab) {
	sender, listener = sender.with(t), listener.with(t)
	sender.run(`
		const context = new AudioContext(), tone = context.createOscillator(), out = context.createMediaStreamDestination();
		tone.frequency.value = %s;
		tone.connect(out);
		tone.start();
		await context.resume();
		globalThis.sources = [];
		stream.on("audioSourceChanged", () => sources.push(stream.source.id));
		await stream.setMediaStream(out.stream);
		if (stream.source.deviceType !== "Virtual") throw new Error("its source is no device: " + stream.source);`, otherPitch)
	listener.hears(otherPitch)
	sender.run(`
		const microphones = await (await client.getDeviceManager()).getMicrophones();
		await stream.switchSource(microphones.at(-1));
		const failed = await stream.switchSource(microphones.at(-1)).then(() => "", (error) => error.subCode);
		if (failed !== 43005 || sources.length !== 2 || sources[1] !== microphones.at(-1).id) throw new Error(failed + " " + sources);`)
	listener.hears(secondPitch)
	listener.run(`
		const speakers = await devices.getSpeakers();
		await devices.selectSpeaker(speakers[0]);
		await devices.selectSpeaker(speakers.at(-1));`)
	listener.until(`document.querySelector("audio").sinkId === devices.selectedSpeaker.id.split(":")[1] && devices.selectedSpeaker.id === gone[2].id`)
	listener.hears(secondPitch)
}

// toldOfItsDevices: the diagnostics of a page in a call, whose devices and network fail one after the other.
func (x *tab) toldOfItsDevices(t *testing.T) {
	x = x.with(t)
	x.run(`
		const {network, media} = call.feature(calling.Features.UserFacingDiagnostics), own = navigator.mediaDevices;
		globalThis.diagnosed = [];
		const measured = ["networkSendQuality", "networkReceiveQuality", "networkReconnect", "microphoneNotMuteButSilent", "cameraFreeze", "speakingWhileMicrophoneIsMuted"]; // which a busy machine may tell at any time
		for (const group of [network, media]) group.on("diagnosticChanged", ({diagnostic, value}) => measured.includes(diagnostic) || diagnosed.push(diagnostic + " " + value));
		globalThis.dispatchEvent(new Event("offline"));
		globalThis.dispatchEvent(new Event("online"));

		globalThis.failing = async (name, does) => {
			own.getUserMedia = own.getDisplayMedia = async () => { throw new DOMException("", name); };
			try { await does(); return "nothing"; } catch (error) { return error.code + "/" + error.subCode; } finally { delete own.getUserMedia; delete own.getDisplayMedia; }
		};
		const [camera] = await devices.getCameras();
		globalThis.picture = new calling.LocalVideoStream(camera, {autoDisposeOnCallEnd: false});
		const codes = [await failing("NotAllowedError", () => call.startVideo(picture)), await failing("NotReadableError", () => call.startVideo(picture)),
			await failing("NotReadableError", () => call.startScreenSharing())];
		if (codes.join() !== "403/43001,412/43000,412/43000") throw new Error(codes.join());
		await call.startVideo(picture);
		await picture.getMediaStream();`)
	want := []string{"cameraPermissionDenied true", "cameraPermissionDenied false", "cameraStartFailed true", "capturerStartFailed true", "cameraStartFailed false"}
	x.until(`diagnosed.join() === ` + quoted(strings.Join(want, ",")))

	// The system takes the microphone, as for a call of the telephone, and gives it back.
	x.run(`
		diagnosed.splice(0);
		globalThis.microphoneTrack = async () => (await call.localAudioStreams[0].getMediaStream()).getAudioTracks()[0];
		const track = await microphoneTrack();
		track.dispatchEvent(new Event("mute"));
		track.dispatchEvent(new Event("unmute"));`)
	x.until(`diagnosed.join() === "microphoneMuteUnexpectedly true,microphoneMuteUnexpectedly false"`)
	// It is pulled out, and there is no other; then there is one.
	x.run(`
		diagnosed.splice(0);
		const track = await microphoneTrack();
		navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotFoundError"); };
		track.stop();
		track.dispatchEvent(new Event("ended"));`)
	x.until(`diagnosed.join() === "microphoneNotFunctioning true,noMicrophoneDevicesEnumerated true"`)
	x.run(`
		delete navigator.mediaDevices.getUserMedia;
		navigator.mediaDevices.dispatchEvent(new Event("devicechange"));`)
	x.until(`diagnosed.slice(2).sort().join() === "microphoneNotFunctioning false,noMicrophoneDevicesEnumerated false"`)
}
