package recording

import "time"

// Cameras show recordings what cameras and screens in calls send.
type Cameras interface {
	// Watch gives what is wanted of a call, in so many places, one packet at a time. take
	// does not block; it returns false for a packet that it cannot take, whereupon its
	// place begins anew at a key frame. nil: calls have no pictures.
	Watch(serverCallID string, places int, take func(Packet) bool) Watching
}

// Watching is what a recording gets. Its methods do not block.
type Watching interface {
	Want([]View) // replaces what was wanted before
	Pause(bool)  // gives nothing; pictures begin with key frames afterwards
	Close()      // nothing is given afterwards
}

// View is a stream that is wanted, and the size in which it will be seen, in pixels.
type View struct {
	Stream        int
	Width, Height int
}

// Packet is a packet of a camera or a screen. Its numbers and timestamps go on as long as
// Run stays the same; a run begins with a key frame.
type Packet struct {
	Place     int
	Run       int64
	Stream    int
	H264      bool // otherwise VP8
	Seq       int64
	Timestamp uint32
	Marker    bool
	Payload   []byte        // nothing of it is kept
	At        time.Time     // when it came
	Waits     time.Duration // how long what is said waits then before it is heard
}

// Attendee is somebody in the call, as a recording with pictures shows them.
type Attendee struct {
	Who    string // raw id
	Name   string // display name
	Camera int    // stream; 0: it is off
	Screen int
}

// Pictured reports whether the recording wants to know who is in the call.
func (r *Recording) Pictured() bool { return r.pictures != nil }

// Attend tells who is in the call, whenever that changes.
func (r *Recording) Attend(list []Attendee) {
	if r.pictures != nil {
		r.pictures.changeScene(func(s *sceneBuilder) { s.people = list })
	}
}

// Speak tells who speaks, who speaks most first, whenever that changes.
func (r *Recording) Speak(raw []string) {
	if r.pictures != nil {
		r.pictures.changeScene(func(s *sceneBuilder) { s.speak(raw) })
	}
}
