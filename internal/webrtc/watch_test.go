package webrtc_test

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestPicturesAreWatchedWithoutBeingInTheCall: a recording has the camera of a page in the
// size that it wants, nothing while it is paused, and nothing after its end.
func TestPicturesAreWatchedWithoutBeingInTheCall(t *testing.T) {
	w := newWorld(t)
	a, pa := w.seeing(ann, call.Attendee)
	b, _ := w.seeing(bob, call.Presenter)
	info, err := webrtctest.Wait(w.ctx, a, func(*protocol.CallInfo) bool { return true })
	w.must(err)
	packets := make(chan recording.Packet, 1000)
	watching := w.server.Watch(info.ServerCallID, 10, func(p recording.Packet) bool {
		p.Payload = nil
		select {
		case packets <- p:
		default:
		}
		return true
	})
	next := func(what string) (p recording.Packet) {
		select {
		case p = <-packets:
		case <-time.After(90 * time.Second):
			t.Fatalf("%s: no packet came", what)
		}
		return p
	}
	pa.Film(true)
	w.do(a, &protocol.MediaState{Call: pa.Call, Camera: &yes})
	camera := w.stream(b, ann, protocol.StreamKindCamera)
	watching.Want([]recording.View{{Stream: camera, Width: 640, Height: 360}})
	first := next("at first")
	if first.Stream != camera || first.H264 || first.At.IsZero() {
		t.Errorf("%+v", first)
	}
	watching.Pause(true)
	time.Sleep(300 * time.Millisecond)
	for len(packets) > 0 {
		<-packets
	}
	time.Sleep(300 * time.Millisecond)
	if len(packets) > 0 {
		t.Errorf("%d packets came in a pause", len(packets))
	}
	watching.Pause(false)
	if p := next("after a pause"); p.Run <= first.Run {
		t.Errorf("run %d follows run %d", p.Run, first.Run)
	}

	watching.Close()
	for len(packets) > 0 {
		<-packets
	}
	time.Sleep(300 * time.Millisecond)
	if len(packets) > 0 {
		t.Errorf("%d packets came after the end", len(packets))
	}
}
