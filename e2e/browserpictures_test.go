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
				document.body.removeChild(another.target);
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
