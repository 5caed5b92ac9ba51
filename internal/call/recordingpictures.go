package call

import (
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/recording"
)

// attend tells a recording with pictures who is in the call, and what they show.
// Applications are not to be seen.
func (rec *callRecording) attend(c *Call) {
	if rec == nil || rec.Recording == nil || !rec.Pictured() {
		return
	}
	var list []recording.Attendee
	for _, p := range c.listed() {
		one, person := recording.Attendee{Who: p.id.Raw(), Name: p.name}, false
		for _, e := range p.endpoints() {
			person = person || e.app == nil
			if one.Camera == 0 {
				one.Camera = e.stream(CameraVideo)
			}
			if one.Screen == 0 {
				one.Screen = e.stream(ScreenVideo)
			}
		}
		if person {
			list = append(list, one)
		}
	}
	rec.Attend(list)
}

// speak tells a recording with pictures who speaks.
func (rec *callRecording) speak(dominant []identifier.ID) {
	if rec == nil || rec.Recording == nil || !rec.Pictured() {
		return
	}
	raw := make([]string, len(dominant))
	for i, id := range dominant {
		raw[i] = id.Raw()
	}
	rec.Speak(raw)
}
