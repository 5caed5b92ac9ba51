package call

import "github.com/switchhook/switchhook/internal/fault"

// VideoKind is what a stream of pictures shows.
type VideoKind uint8

// The kinds.
const (
	CameraVideo VideoKind = iota
	ScreenVideo
)

// VideoStream is a stream of pictures that an endpoint sends. Its ID is unique in the call,
// and stays the same while the camera is off for a time.
type VideoStream struct {
	ID       int
	Kind     VideoKind
	Endpoint string // participant id
}

// MayShow reports whether the others see the camera of somebody with the role.
func (r Role) MayShow() bool { return r != Consumer }

// MayShare reports whether somebody with the role may share a screen.
func (r Role) MayShare() bool { return r != Consumer && r != Attendee }

func (r Role) permits(kind VideoKind) bool {
	if kind == ScreenVideo {
		return r.MayShare()
	}
	return r.MayShow()
}

// VideoWish turns the pictures of the endpoint that asks on or off; nil: as they are. A
// screen that is shared anew ends what anybody else shares, as in Teams. ScreenSound says
// whether the endpoint's sound has that of its screen: it is heard while the endpoint has
// muted itself, but not while others have muted it.
type VideoWish struct{ Camera, Screen, ScreenSound *bool }

func (w VideoWish) grant(e *endpoint) error {
	wants := [2]*bool{CameraVideo: w.Camera, ScreenVideo: w.Screen}
	for kind, on := range wants {
		if on != nil && *on && !e.role.permits(VideoKind(kind)) {
			return fault.Forbidden("the role does not permit this stream")
		}
	}
	changed := false
	for kind, on := range wants {
		if on != nil && e.shows[kind] != *on {
			e.show(VideoKind(kind), *on)
			changed = true
		}
	}
	if w.ScreenSound != nil {
		e.screenSound = *w.ScreenSound
	}
	e.applyRights()
	if !changed {
		return nil
	}
	if w.Screen != nil && *w.Screen {
		for _, other := range e.call.endpoints {
			if other != e && other.shows[ScreenVideo] {
				other.show(ScreenVideo, false)
				other.applyRights()
				other.tellSeat()
			}
		}
	}
	e.tellSeat()
	e.call.tellFollowers()
	return nil
}

// show turns pictures on or off. The sound of a screen ends with it, so that the next one
// is not heard while its owner is muted unless that is said again.
func (e *endpoint) show(kind VideoKind, on bool) {
	e.shows[kind] = on
	if kind == ScreenVideo && !on {
		e.screenSound = false
	}
}

// plays reports whether the endpoint's sound has that of a screen that it shares.
func (e *endpoint) plays() bool {
	return e.screenSound && e.shows[ScreenVideo] && e.role.MaySpeak()
}

// limitStreams ends the streams that the endpoint's role no longer permits.
func (e *endpoint) limitStreams() {
	for kind, on := range e.shows {
		e.show(VideoKind(kind), on && e.role.permits(VideoKind(kind)))
	}
}

// stream is the id of a stream of the endpoint; 0: it is off.
func (e *endpoint) stream(kind VideoKind) int {
	if !e.shows[kind] {
		return 0
	}
	if e.streams[kind] == 0 {
		e.call.lastStream++
		e.streams[kind] = e.call.lastStream
	}
	return e.streams[kind]
}

// allStreams are those that the endpoint sends.
func (e *endpoint) allStreams() (list []VideoStream) {
	for kind := range e.shows {
		if id := e.stream(VideoKind(kind)); id != 0 {
			list = append(list, VideoStream{id, VideoKind(kind), e.seatID()})
		}
	}
	return list
}
