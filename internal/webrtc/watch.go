package webrtc

import (
	"slices"

	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/sfu"
)

// Watching is who has the pictures of a call without being in it: a recording.
type Watching struct {
	all  *meetings
	call string
	tap  *sfu.Client
}

// Watch gives the pictures of a call to a recording, in so many places, as soon as
// somebody shows any, until it is closed.
func (s *Server) Watch(serverCallID string, places int, take func(recording.Packet) bool) *Watching {
	w := &Watching{all: s.meetings, call: serverCallID}
	w.tap = sfu.NewTap(places, func(p sfu.Tapped) bool {
		return take(recording.Packet{
			Place: p.Line, Run: p.Run, Stream: p.Stream, H264: p.Codec == sfu.H264,
			Seq: p.Seq, Timestamp: p.Timestamp, Marker: p.Marker, Payload: p.Payload, At: p.At, Waits: p.Waits,
		})
	})
	s.meetings.watch(w)
	return w
}

// Want replaces what is given.
func (w *Watching) Want(views []recording.View) {
	list := make([]sfu.View, len(views))
	for i, v := range views {
		list[i] = sfu.View{Stream: v.Stream, Width: v.Width, Height: v.Height}
	}
	w.tap.Want(list)
}

// Pause says whether nothing is to be given. Afterwards pictures begin with key frames.
func (w *Watching) Pause(paused bool) { w.tap.SetHeld(paused) }

// Close ends it. Nothing is given afterwards.
func (w *Watching) Close() {
	w.all.unwatch(w)
	w.tap.Close()
}

// watch lets somebody have the pictures of a call, now or once a client is there.
func (all *meetings) watch(w *Watching) {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.watched[w.call] = append(all.watched[w.call], w)
	if m := all.byCall[w.call]; m != nil {
		w.tap.Enter(m.pictures)
	}
}

func (all *meetings) unwatch(w *Watching) {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.watched[w.call] = slices.DeleteFunc(all.watched[w.call], func(other *Watching) bool { return other == w })
	if len(all.watched[w.call]) == 0 {
		delete(all.watched, w.call)
	}
}

// showWatchers lets those who watch a call into its new meeting. It runs under all.mu.
func (all *meetings) showWatchers(call string, m *meeting) {
	for _, w := range all.watched[call] {
		w.tap.Enter(m.pictures)
	}
}
