package e2e

import "testing"

func (m *members) whoSpeaks(t *testing.T) {
	first, _ := m.with(t)
	first.hears(secondPitch)
	first.until(`call.feature(calling.Features.DominantSpeakers).dominantSpeakers.speakersList.some(({communicationUserId}) => communicationUserId === ` + quoted(m.bob) + `)`)
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
}

func (m *members) mutesAllOthers(t *testing.T) {
	first, second := m.with(t)
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
}

func (m *members) anotherSoundAndNone(t *testing.T) {
	first, second := m.with(t)
	// A sound that the page makes, and after it the microphone again.
	second.run(`
		globalThis.sounds = new AudioContext();
		const beep = sounds.createOscillator(), out = sounds.createMediaStreamDestination();
		beep.frequency.value = 500;
		beep.connect(out);
		beep.start();
		await call.startAudio(new calling.LocalAudioStream(out.stream));`)
	first.hears(500)
	second.run(`call.stopAudio()`)
	first.hears(secondPitch)
	second.run(`
		await sounds.close();
		call.localAudioStreams[0].dispose();
		if (call.localAudioStreams.length > 0) throw new Error("it is listed still");`)
	first.hearsNothing(secondPitch)
	second.run(`
		const [microphone] = await (await client.getDeviceManager()).getMicrophones();
		globalThis.stream = new calling.LocalAudioStream(microphone);
		await call.startAudio(stream);
		if (call.localAudioStreams[0] !== stream || stream.mediaStreamType !== "Audio") throw new Error("another stream is listed");`)
	first.hears(secondPitch)
	second.until(`(await stream.getVolume()).level > 0`)
}

func (m *members) microphoneIsPermittedLate(t *testing.T) {
	first, second := m.with(t)
	second.run(`
		const media = navigator.mediaDevices, question = new Promise((resolve) => (globalThis.answer = resolve));
		media.getUserMedia = async (wanted) => { await question; delete media.getUserMedia; return media.getUserMedia(wanted); };`)
	first.joins(values{"groupId": m.group})
	second.joins(values{"groupId": m.group})
	second.hears(firstPitch)
	if !second.holds(`call.localAudioStreams.length === 0`) {
		t.Error("a microphone is sent that nobody has permitted")
	}
	second.run(`answer()`)
	first.hears(secondPitch)
	second.until(`call.localAudioStreams.length === 1`)
	first.run(`await call.hangUp()`)
	second.run(`await call.hangUp()`)
}
