package e2e

import "testing"

// sharedPitch is the tone of a screen that is shared.
const sharedPitch = 1500.0

func (m *twoInARoom) soundOfWhatIsShared(t *testing.T) {
	_, first, second := m.with(t)
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
	second.until(`call.remoteParticipants[0].isMuted`)
	first.run(`await call.stopScreenSharing()`)
	second.hearsNothing(sharedPitch)
	first.run(`await call.unmute()`)
	second.hears(firstPitch)
}

func (m *twoInARoom) screenUntilTheBrowserEndsIt(t *testing.T) {
	_, first, second := m.with(t)
	first.sharesItself()
	first.run(`
		const ask = RTCPeerConnection.prototype.getStats;
		RTCPeerConnection.prototype.getStats = function () { globalThis.connection = this; return ask.call(this); };
		await call.startScreenSharing();`)
	first.until(`call.isScreenSharingOn && call.localVideoStreams.some((one) => one.mediaStreamType === "ScreenSharing")`)
	second.until(`find("ScreenSharing")?.isAvailable`)
	second.run(`globalThis.screen_ = await look("ScreenSharing")`)
	second.until(`find("ScreenSharing").isReceiving && screen_.video.videoWidth >= 640 && screen_.video.style.opacity !== "0"`)
	// In temporal layers, so that a narrow path carries some of its pictures.
	first.until(`[...(await globalThis.connection?.getStats() ?? []).values()].some((one) => one.type === "outbound-rtp" && one.mid === "2" && one.scalabilityMode === "L1T3")`)
	first.run(`
		const shared = call.localVideoStreams.find((one) => one.mediaStreamType === "ScreenSharing");
		(await shared.getMediaStream()).getVideoTracks()[0].dispatchEvent(new Event("ended"));`)
	first.until(`!call.isScreenSharingOn && call.feature(calling.Features.UserFacingDiagnostics).media.getLatest().capturerStoppedUnexpectedly?.value === true`)
	second.until(`!find("ScreenSharing")`)
}

func (m *twoInARoom) asTheirRolesPermit(t *testing.T) {
	a, first, second := m.with(t)
	second.sharesItself()
	if got := second.text(`try { await call.startScreenSharing(); return "" } catch (error) { return String(error.code) }`); got != "403" {
		t.Errorf("an attendee's screen is answered with %q", got)
	}
	second.until(`!call.isScreenSharingOn && call.localVideoStreams.length === 1`)
	a.do("inviteToRoom", values{"room": m.room, "participants": []values{{"id": m.bob, "role": "Consumer"}}}, nil)
	second.until(`call.role === "Consumer" && !call.isLocalVideoStarted && call.localVideoStreams.length === 0`)
	first.until(`!find("Video").isAvailable`)
}

func (m *twoInARoom) toldOfPictures(t *testing.T) {
	_, first, second := m.with(t)
	second.run(`await call.hangUp()`)
	first.until(`call.remoteParticipants.length === 0`)
	first.witnesses("call stateChanged", "call isMutedChanged", "call isScreenSharingOnChanged", "call isLocalVideoStartedChanged", "call localVideoStreamsUpdated",
		"call localAudioStreamsUpdated", "call remoteAudioStreamsUpdated", "call remoteParticipantsUpdated", "participant stateChanged", "participant roleChanged",
		"participant isSpeakingChanged", "participant videoStreamsUpdated", "stream isAvailableChanged", "stream isReceivingChanged", "stream sizeChanged")
	second.witnesses("call roleChanged", "capabilities capabilitiesChanged", "participant isMutedChanged", "participant isSpeakingChanged", "stream isReceivingChanged", "stream sizeChanged")
}

// sharesItself lets the page share itself without asking, and without much work.
func (x *tab) sharesItself() {
	x.t.Helper()
	x.run(`
		const media = navigator.mediaDevices, ask = media.getDisplayMedia.bind(media);
		media.getDisplayMedia = (options) => ask({...options, preferCurrentTab: true, video: {width: {max: 1280}, height: {max: 720}, frameRate: {max: 5}}});`)
}
