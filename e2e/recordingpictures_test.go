package e2e

import (
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// flashes is code of a page whose microphone beeps and whose camera is white at the same
// moments, for 200 ms of each 730, so that they begin anywhere within the frames of a
// movie. Between them something moves.
const flashes = `
	const sound = new AudioContext();
	await sound.resume();
	const beep = new OscillatorNode(sound, {frequency: 1000}), gain = new GainNode(sound, {gain: 0});
	const microphone = sound.createMediaStreamDestination();
	beep.connect(gain).connect(microphone);
	beep.start();
	const canvas = Object.assign(document.createElement("canvas"), {width: 640, height: 360}), pen = canvas.getContext("2d");
	const period = 0.73;
	let planned = Math.ceil(sound.currentTime / period), moving = 0;
	setInterval(() => {
		const now = sound.currentTime;
		if (now > (planned - 0.5) * period) {
			planned++;
			gain.gain.setValueAtTime(0.5, planned * period).setValueAtTime(0, planned * period + 0.2);
		}
		pen.fillStyle = now > 1 && now %% period < 0.2 ? "white" : "#404040";
		pen.fillRect(0, 0, 640, 360);
		pen.fillStyle = "black";
		pen.fillRect(moving++ %% 600, 340, 20, 20);
	}, 15);
	const camera = canvas.captureStream(30);
	navigator.mediaDevices.getUserMedia = async ({audio, video}) => new MediaStream([
		...(audio ? microphone.stream.getAudioTracks() : []), ...(video ? camera.getVideoTracks() : [])].map((track) => track.clone()));`

// TestBrowsersAreRecordedWithPictures: two cameras in a room are recorded as mp4, with a
// pause, and until the camera of one is off; then once more, with a screen, until the
// server is killed.
func TestBrowsersAreRecordedWithPictures(t *testing.T) {
	needFFmpeg(t)
	p := start(t, setup{})
	a := startAgent(p, application{})
	subscribeRecordings(p, a)
	b := startBrowsers(t)
	ada, bob := a.createUser(), a.createUser()
	var made room
	a.do("createRoom", values{"participants": []values{{"id": ada, "role": "Presenter"}, {"id": bob, "role": "Attendee"}}}, &made)
	first, second := b.open("ada", firstPitch), b.open("bob", 0)
	first.run(flashes)
	for _, x := range []struct {
		*tab
		user string
	}{{first, ada}, {second, bob}} {
		x.agent(a, x.user, x.name)
		x.run(`
			globalThis.devices = await client.getDeviceManager();
			await devices.askDevicePermission({audio: true, video: true});
			globalThis.stream = new calling.LocalVideoStream((await devices.getCameras())[0]);
			globalThis.call = agent.join({roomId: %s}, {videoOptions: {localVideoStreams: [stream]}});`, made.ID)
		x.until(`call.state === "Connected" && call.isLocalVideoStarted`)
	}

	r := a.record(values{"room": made.ID, "content": "audioVideo", "channel": "mixed", "format": "mp4"})
	r.states(1)
	time.Sleep(4 * time.Second)
	r.do("pauseRecording")
	time.Sleep(1500 * time.Millisecond)
	r.do("resumeRecording")
	time.Sleep(2500 * time.Millisecond)
	second.run(`await call.stopVideo(stream)`)
	time.Sleep(2500 * time.Millisecond)
	r.do("stopRecording")
	file := r.file()
	if kind := file.RecordingContentType + " " + file.RecordingFormatType; kind != "AudioVideo Mp4" {
		t.Errorf("the event says %s", kind)
	}
	checkTwoCameras(t, a, file)

	r = a.record(values{"room": made.ID}) // by default with pictures
	r.states(1)
	time.Sleep(3 * time.Second)
	first.sharesItself()
	first.run(`await call.startScreenSharing()`)
	second.until(`call.remoteParticipants[0].videoStreams.some((one) => one.mediaStreamType === "ScreenSharing" && one.isAvailable)`)
	time.Sleep(5 * time.Second)
	a.stop()
	p.kill()
	p = start(t, setup{data: p.data})
	a = startAgent(p, application{port: a.port()})
	r.agent = a
	file = r.file()
	checkSharedScreen(t, a, file)
	if files, err := filepath.Glob(filepath.Join(p.data, "recordings", "*")); err != nil || len(files) != 2 {
		t.Errorf("on disk are %v, %v", files, err)
	}
}

// checkTwoCameras looks at a recording of two cameras, of which the second is off at the end.
func checkTwoCameras(t *testing.T, a *agent, file data) {
	t.Helper()
	chunk := file.RecordingStorageInfo.RecordingChunks[0]
	content, err := a.fetch(chunk.ContentLocation, 0, 0)
	must(t, err)
	m := watchMovie(t, content)
	length := time.Duration(file.RecordingDurationMs) * time.Millisecond
	if got := time.Duration(len(m.frames)) * time.Second / movieRate; (got - length).Abs() > 300*time.Millisecond {
		t.Errorf("the pictures last %v, the recording %v", got, length)
	}
	list := lags(m.flashes(), m.beeps())
	t.Logf("%v: lags of pictures behind the sound: %.3f s", length, list)
	if lag := median(list); len(list) < 8 || math.Abs(lag) > mostLag {
		t.Errorf("flashes are seen at %v, beeps heard at %v: %d pairs, a lag of %.3f s", m.flashes(), m.beeps(), len(list), lag)
	}
	if n := m.moving(true, movieRate, 6*movieRate); n < 2*movieRate {
		t.Errorf("the second camera moves in %d of %d frames", n, 5*movieRate)
	}
	last := len(m.frames)
	if n := m.moving(true, last-movieRate, last); n > 0 {
		t.Errorf("the second camera is off, and its tile moves in %d frames", n)
	}
	var said struct {
		RecordingInfo struct {
			VideoConfiguration struct{ LongerSideLength, ShorterSideLength, Framerate int }
		}
	}
	text, err := a.fetch(chunk.MetadataLocation, 0, 0)
	must(t, err)
	must(t, json.Unmarshal(text, &said))
	if v := said.RecordingInfo.VideoConfiguration; v.LongerSideLength != 1920 || v.ShorterSideLength != 1080 || v.Framerate != movieRate {
		t.Errorf("the metadata says %s", text)
	}
}

// checkSharedScreen looks at a recording with a screen that a kill has ended.
func checkSharedScreen(t *testing.T, a *agent, file data) {
	t.Helper()
	content, err := a.fetch(file.RecordingStorageInfo.RecordingChunks[0].ContentLocation, 0, 0)
	must(t, err)
	m := watchMovie(t, content)
	if file.SessionEndReason != "ServiceStopped" || len(m.frames) < 6*movieRate || len(m.flashes()) < 3 || len(m.beeps()) < 6 {
		t.Fatalf("after a kill the event says %+v; %d frames, flashes at %v, beeps at %v", file, len(m.frames), m.flashes(), m.beeps())
	}
	// Chromium without a window shares a test picture whose brightness changes all the time.
	var shared []int
	for frame := len(m.frames) - 3*movieRate; frame < len(m.frames); frame++ {
		shared = append(shared, brightness(m.part(frame, 40, 20, 110, 90)))
	}
	if beside := brightness(m.part(len(m.frames)-1, 200, 60, 30, 70)); slices.Max(shared)-slices.Min(shared) < 10 || beside > 10 {
		t.Errorf("where the screen is to be seen, the brightness is %d; below the tiles it is %d", shared, beside)
	}
}
