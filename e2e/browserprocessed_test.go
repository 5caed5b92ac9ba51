package e2e

import "testing"

// processedOffAndOn: what a page makes of its camera is not sent for a while, in which the
// camera is closed, and moves when it is sent again.
func (m *twoInARoom) processedOffAndOn(t *testing.T) {
	_, first, second := m.with(t)
	second.run(`
		globalThis.raw = Object.assign(document.createElement("video"), {muted: true, srcObject: await stream.getMediaStream()});
		await raw.play();
		globalThis.camera = raw.srcObject.getVideoTracks()[0];
		const canvas = Object.assign(document.createElement("canvas"), {width: 320, height: 240}), context = canvas.getContext("2d");
		context.filter = "grayscale(1)";
		globalThis.painting = setInterval(() => context.drawImage(raw, 0, 0, 320, 240), 100);
		await stream.setMediaStream(canvas.captureStream(10));`)
	first.until(`find("Video").size.width / find("Video").size.height < 1.4 && await moves(seen.video)`)
	second.run(`await call.stopVideo(stream)`)
	first.until(`!find("Video").isAvailable`)
	second.until(`camera.readyState === "ended"`)
	second.run(`await call.startVideo(stream)`)
	second.until(`await moves(raw)`)
	first.until(`find("Video").isAvailable && find("Video").isReceiving && await moves(seen.video)`)
	second.run(`
		clearInterval(painting);
		await stream.switchSource(cameras[0]);
		if (stream.mediaStreamType !== "Video") throw new Error(stream.mediaStreamType);`)
	first.until(`find("Video").size.width / find("Video").size.height > 1.7 && await moves(seen.video)`)
}
