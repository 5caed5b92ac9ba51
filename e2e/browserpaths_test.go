package e2e

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// seenPictures is what a page saw of a picture for a while.
type seenPictures struct {
	Pictures  int
	Longest   float64 // between two pictures, in ms
	Width     int     // of the last one
	Concealed float64 // share of sound that did not come in time
}

// sees watches pictures and sound for a while.
func (x *tab) sees(d time.Duration) (saw seenPictures) {
	x.t.Helper()
	must(x.t, json.Unmarshal(x.run(`return await watchPictures(seen.video, %s)`, d.Milliseconds()), &saw))
	return saw
}

// seesSteadily waits until a picture has come each second, and none has stood for more than three,
// for a while. That says what a path lets through on a machine that has other work too: the figures
// are in docs/performance.md.
func (x *tab) seesSteadily() {
	x.t.Helper()
	eventually(x.t, 2*patience, "steady pictures", func() bool {
		saw := x.sees(watched())
		x.t.Logf("%+v", saw)
		return saw.Pictures >= int(watched().Seconds()) && saw.Longest <= 3000
	})
}

// onPaths are Ada, who films, and Bob, who watches, each behind a network of their own.
type onPaths struct {
	ada, bob   *tab
	adas, bobs *line
}

// TestPicturesOnBadPaths: Bob sees Ada's camera over paths that lose and delay, become
// narrow and wide again, and are cut.
func TestPicturesOnBadPaths(t *testing.T) {
	t.Parallel()
	p := startOnPaths(t)
	for _, path := range []struct {
		name string
		bad  webrtctest.Badness // of both ways of both people
	}{
		{"good", webrtctest.Badness{}},
		{"5 % lost, 40 ms there and back", webrtctest.Badness{Loss: 0.05, Delay: 20 * time.Millisecond}},
		{"5 % lost, 200 ms there and back", webrtctest.Badness{Loss: 0.05, Delay: 100 * time.Millisecond}},
		{"each 20 to 50 ms late", webrtctest.Badness{Delay: 20 * time.Millisecond, Jitter: 30 * time.Millisecond}},
	} {
		t.Run(path.name, func(t *testing.T) {
			bob := p.bob.with(t)
			p.adas.media.Be(path.bad)
			p.bobs.media.Be(path.bad)
			bob.sees(2 * time.Second) // until both sides know the path
			bob.seesSteadily()
		})
	}
	t.Run("narrow, and wide again", p.narrow)
	t.Run("cut until ICE begins anew", p.cut)
	t.Run("a tab that sleeps", func(t *testing.T) {
		bob := p.bob.with(t)
		bob.freeze(true)
		time.Sleep(2 * time.Second)
		bob.freeze(false)
		bob.until(`await moves(seen.video)`)
	})
	p.ada.noErrors()
	t.Run("a camera that vanishes", func(t *testing.T) {
		bob := p.bob.with(t)
		p.ada.close()
		bob.until(`!call.remoteParticipants[0]?.videoStreams[0]?.isReceiving && call.state === "Connected"`)
	})
	p.bob.noErrors()
}

// startOnPaths lets both join a room, and Bob see Ada's camera.
func startOnPaths(t *testing.T) *onPaths {
	p := start(t, setup{})
	a := startAgent(p, application{})
	b := startBrowsers(t)
	ada, bob := a.createUser(), a.createUser()
	var made room
	a.do("createRoom", values{"participants": []values{{"id": ada, "role": "Presenter"}, {"id": bob, "role": "Presenter"}}}, &made)
	on := &onPaths{
		ada: b.openSeen("ada", b.page, firstPitch, scene(t, "0x7b3fe4", "0xff8a5c")), bob: b.open("bob", secondPitch),
		adas: newLine(t, p), bobs: newLine(t, p),
	}
	on.ada.behind(on.adas, a, ada, "Ada")
	on.bob.behind(on.bobs, a, bob, "Bob")
	on.ada.run(`
		const devices = await client.getDeviceManager();
		await devices.askDevicePermission({audio: true, video: true});
		globalThis.call = agent.join({roomId: %s}, {videoOptions: {localVideoStreams: [new calling.LocalVideoStream((await devices.getCameras())[0])]}});`, made.ID)
	on.bob.joins(values{"roomId": made.ID})
	on.bob.until(`call.remoteParticipants[0]?.videoStreams[0]?.isAvailable`)
	on.bob.run(`
		const view = await new calling.VideoStreamRenderer(call.remoteParticipants[0].videoStreams[0]).createView({scalingMode: "Fit"});
		Object.assign(view.target.style, {width: "640px", height: "360px"});
		document.body.append(view.target);
		globalThis.seen = {view, video: view.target.querySelector("video")};`)
	on.bob.until(`seen.video.videoWidth === 640`)
	return on
}

// narrow makes Bob's path wide, narrow and wide.
func (p *onPaths) narrow(t *testing.T) {
	bob := p.bob.with(t)
	p.adas.media.Be(webrtctest.Badness{})
	for _, rate := range []int{5_000_000, 300_000, 5_000_000} {
		p.bobs.media.Be(webrtctest.Badness{Rate: rate, Delay: 20 * time.Millisecond})
		t.Logf("%d bits a second", rate)
		bob.seesSteadily()
	}
}

// cut cuts Bob's path, and then Ada's.
func (p *onPaths) cut(t *testing.T) {
	bob := p.bob.with(t)
	p.bobs.media.Be(webrtctest.Badness{})
	bob.run(`globalThis.restarts = 0; const create = RTCPeerConnection.prototype.createOffer; RTCPeerConnection.prototype.createOffer = function (options) { restarts++; return create.call(this, options) }`)
	for _, cut := range []*line{p.bobs, p.adas} {
		cut.media.Be(webrtctest.Badness{Cut: true})
		bob.until(`!(await moves(seen.video))`)
		if cut == p.bobs {
			bob.until(`restarts > 0`)
		}
		cut.media.Be(webrtctest.Badness{})
		began := time.Now()
		bob.until(`await moves(seen.video)`)
		t.Logf("pictures come %v after the cut", time.Since(began).Round(10*time.Millisecond))
	}
}

// watched is how long pictures are watched on each path.
func watched() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("SWITCHHOOK_WATCHED")); err == nil {
		return d
	}
	return 5 * time.Second
}
