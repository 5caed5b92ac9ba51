package webrtc

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// endedCalls is how many calls that have ended a client may still rate.
const endedCalls = 16

// Surveys of a client: so many in so long. Each is a line of the log.
const (
	surveysAtOnce = 16
	surveysIn     = time.Minute
)

// rated names a call for surveys.
type rated struct{ id, serverCallID, participantID string }

// ended remembers a call that is over. It runs under c.mu.
func (c *client) ended(call rated) {
	c.over = append(c.over, call)
	if len(c.over) > endedCalls {
		c.over = slices.Delete(c.over, 0, 1)
	}
}

// rate takes what a user thinks of a call, and writes it into the log, where whoever
// runs the server counts.
func (c *client) rate(m *protocol.Survey, answer func(protocol.Message)) {
	call, ok := c.ratedCall(m.Call)
	if !ok {
		answer(refusal(protocol.ReasonNoSuchCall, 404, 0, "the client has had no such call lately"))
		return
	}
	attributes := []any{"call", call.serverCallID, "participant", call.participantID}
	given := false
	for _, part := range []struct {
		name   string
		rating *protocol.Rating
	}{{"overall", m.Overall}, {"audio", m.Audio}, {"video", m.Video}, {"screenshare", m.Screenshare}} {
		if part.rating == nil {
			continue
		}
		r := part.rating
		if r.Lowest < 0 || r.Highest > 100 || r.Lowest >= r.Highest || r.Score < r.Lowest || r.Score > r.Highest || len(r.Issues) > 16 {
			answer(refusal(protocol.ReasonMalformed, 400, 0, part.name+" is not within its scale"))
			return
		}
		given = true
		attributes = append(attributes, part.name, r.Score, part.name+"_of", r.Highest, part.name+"_issues", short(r.Issues))
	}
	if !given {
		answer(refusal(protocol.ReasonMalformed, 400, 0, "a survey has at least one rating"))
		return
	}
	c.mu.Lock()
	may := c.said.Allow(time.Now(), surveysAtOnce)
	c.mu.Unlock()
	if !may {
		answer(refusal(protocol.ReasonBusy, 429, 0, "too many surveys"))
		return
	}
	c.log.Info("a user has rated a call", attributes...)
	answer(&protocol.OK{})
}

// ratedCall finds a call of now or of lately.
func (c *client) ratedCall(id string) (rated, bool) {
	c.mu.Lock()
	l := c.legs[id]
	at := slices.IndexFunc(c.over, func(call rated) bool { return call.id == id })
	var found rated
	if at >= 0 {
		found = c.over[at]
	}
	c.mu.Unlock()
	if l != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.seat == nil {
			return rated{}, false
		}
		return rated{id, l.seat.ServerCallID, l.seat.ParticipantID}, true
	}
	return found, at >= 0
}

// short bounds texts of clients for the log.
func short(list []string) []string {
	made := make([]string, 0, len(list))
	for _, text := range list {
		if len(text) > 64 {
			text = text[:64]
		}
		made = append(made, text)
	}
	return made
}
