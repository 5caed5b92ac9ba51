package webrtc

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sfu"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// maxSide bounds the sides of a view, in pixels.
const maxSide = 16384

// showing is what a client was granted to show; under the leg's lock.
type showing struct{ camera, screen, sound bool }

// pictures tells a client of what it receives and sends. It implements sfu.Follower.
type pictures struct{ leg *leg }

// Slots tells what comes in which place.
func (p pictures) Slots(slots []sfu.Slot) {
	p.leg.send(&protocol.Slots{Call: p.leg.id, Slots: shownSlots(slots)})
}

// Layers tells what anybody wants of the client.
func (p pictures) Layers(camera []string, screen bool) {
	p.leg.send(layersOf(p.leg.id, camera, screen))
}

// Need asks for more places.
func (p pictures) Need(slots int) {
	p.leg.send(&protocol.Need{Call: p.leg.id, Slots: slots})
}

func shownSlots(slots []sfu.Slot) []protocol.Slot {
	list := make([]protocol.Slot, len(slots))
	for i, s := range slots {
		list[i] = protocol.Slot{Mid: s.MID, Stream: s.Stream, Paused: protocol.Pause(s.Paused)}
	}
	return list
}

func layersOf(call string, camera []string, screen bool) *protocol.Layers {
	if camera == nil {
		camera = []string{}
	}
	return &protocol.Layers{Call: call, Camera: camera, Screen: screen}
}

// showPictures turns camera and screen on or off, as the client wants. What it shows is
// what was granted: its wishes are answered in their order, in turns of the call, before
// that takes anything of it away.
func (l *leg) showPictures(m *protocol.MediaState, answer func(protocol.Message)) {
	l.wish(call.VideoWish{Camera: m.Camera, Screen: m.Screen, ScreenSound: m.ScreenSound}, func(a protocol.Message) {
		if _, ok := a.(*protocol.OK); ok {
			l.granted(m)
		}
		answer(a)
	})
}

// granted notes what the client may show.
func (l *leg) granted(m *protocol.MediaState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	set(&l.showing.camera, m.Camera)
	set(&l.showing.screen, m.Screen)
	set(&l.showing.sound, m.ScreenSound)
	l.gate()
}

func set(value *bool, to *bool) {
	if to != nil {
		*value = *to
	}
}

// want replaces what the client shows.
func (l *leg) want(m *protocol.MediaWant, answer func(protocol.Message)) {
	if len(m.Streams) > sfu.MaxViews {
		answer(refusal(protocol.ReasonMalformed, 400, 0, "a client shows 64 streams at most"))
		return
	}
	views := make([]sfu.View, len(m.Streams))
	for i, v := range m.Streams {
		if min(v.Width, v.Height, v.Priority) < 0 || max(v.Width, v.Height, v.Priority) > maxSide {
			answer(refusal(protocol.ReasonMalformed, 400, 0, "width, height and priority are numbers from 0 to 16384"))
			return
		}
		views[i] = sfu.View{Stream: v.ID, Width: v.Width, Height: v.Height, Priority: v.Priority}
	}
	l.pictures.Want(views)
	answer(&protocol.OK{})
}

// showStreams opens the gates of what the client may send now, and tells it what the
// call has ended since it sat elsewhere or otherwise. It runs under l.mu.
func (l *leg) showStreams(before *call.Seat) {
	l.pictures.SetStreams(l.seat.Camera, l.seat.Screen)
	if before == nil {
		return
	}
	stopped := func(asked *bool, was, id int, kind protocol.StreamKind) {
		if *asked && was != 0 && id == 0 {
			*asked = false
			l.client.session.Send(&protocol.Stopped{Call: l.id, Kind: kind})
		}
	}
	stopped(&l.showing.camera, before.Camera, l.seat.Camera, protocol.StreamKindCamera)
	stopped(&l.showing.screen, before.Screen, l.seat.Screen, protocol.StreamKindScreen)
}

// streams are those that others see of a participant, without the client's own.
func (l *leg) streams(list []call.VideoStream) []protocol.Stream {
	shown := []protocol.Stream{}
	for _, s := range list {
		if s.Endpoint == l.seat.ParticipantID {
			continue
		}
		kind := protocol.StreamKindCamera
		if s.Kind == call.ScreenVideo {
			kind = protocol.StreamKindScreen
		}
		shown = append(shown, protocol.Stream{ID: s.ID, Kind: kind})
	}
	return shown
}
