package sfu

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestWhoLacksACodecIsToldSo: a client of H.264 alone, in one encoding, is seen by browsers
// and in recordings, but not by who takes VP8 alone, and sees no VP8; neither is asked for
// pictures that nobody can take.
func TestWhoLacksACodecIsToldSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		told := &news{}
		ann := NewClient("ann", told) // sends H.264, and takes that alone
		defer ann.Close()
		ann.Source(Camera).Offer([]string{""})
		sender := &h264{layer: ann.Source(Camera).Open("", 1, H264, &encoding{})}
		ann.SetStreams(1, 0)
		ann.Enter(room)
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			for key := true; ; key = !key {
				select {
				case <-stop:
					return
				case <-time.After(50 * time.Millisecond):
					sender.picture(key)
				}
			}
		}()
		camera := newCamera(room, "tom", 2, &news{})
		defer camera.close()
		var ofH264, ofVP8 atomic.Int64
		tap := NewTap(1, func(p Tapped) bool {
			if p.Codec == H264 {
				ofH264.Add(1)
			} else {
				ofVP8.Add(1)
			}
			return true
		})
		defer tap.Close()
		tap.Enter(room)

		slot := func(of *Client, stream int, types map[Codec]Types) (Pause, int) {
			line := &received{}
			of.SetLine(Line{MID: "a", SSRC: 100, RTX: 200, Types: types, Write: line.write})
			of.Want([]View{{Stream: stream, Width: 160, Height: 90}})
			time.Sleep(2 * time.Second)
			shown, _, _ := of.Shown()
			return shown[0].Paused, len(line.all())
		}
		h264, vp8 := map[Codec]Types{H264: {102, 103}}, map[Codec]Types{VP8: {96, 97}}
		both := map[Codec]Types{VP8: {96, 97}, H264: {102, 103}}
		bob := NewClient("bob", &news{})
		defer bob.Close()
		bob.Enter(room)
		for _, test := range []struct {
			name   string
			client *Client
			stream int
			types  map[Codec]Types
			want   Pause
		}{
			{"H.264 by who takes VP8", bob, 1, vp8, NoCodec},
			{"H.264 by a browser", bob, 1, both, ""},
			{"VP8 by a browser", bob, 2, both, ""},
			{"VP8 by who takes H.264", ann, 2, h264, NoCodec},
		} {
			pause, packets := slot(test.client, test.stream, test.types)
			if pause != test.want || (packets > 0) != (test.want == "") {
				t.Errorf("%s: paused %q, %d packets", test.name, pause, packets)
			}
		}
		slot(bob, 1, vp8)
		time.Sleep(offAfter + time.Second)
		if wanted := told.layers(); len(wanted) > 0 {
			t.Errorf("%q is wanted of H.264, which nobody takes", wanted)
		}
		tap.Want([]View{{Stream: 1, Width: 640, Height: 360}})
		time.Sleep(2 * time.Second)
		if ofH264.Load() == 0 || ofVP8.Load() > 0 {
			t.Errorf("a recording takes %d packets of H.264 and %d of VP8", ofH264.Load(), ofVP8.Load())
		}
	})
}
