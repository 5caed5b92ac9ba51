package signalling

import "time"

// answers are what the requests of a session were answered with, so that a request
// that comes twice is carried out once.
type answers struct {
	byID  map[string]*given
	order []*given // the oldest first
	open  int      // requests without an answer
	bytes int      // of the answers
}

// given is the answer to a request; frame is nil while it is carried out.
type given struct {
	id    string
	at    time.Time
	frame []byte
}

// find returns what is known of a request.
func (a *answers) find(id string) *given { return a.byID[id] }

// begin notes a request that is carried out from now on. It returns false where too
// many are.
func (a *answers) begin(id string, now time.Time) (*given, bool) {
	if a.open >= maxOpen {
		return nil, false
	}
	a.open++
	g := &given{id: id, at: now}
	if a.byID == nil {
		a.byID = make(map[string]*given)
	}
	a.byID[id] = g
	a.order = append(a.order, g)
	a.prune(now, maxKeptBytes)
	return g, true
}

// finish notes the answer, among so many bytes.
func (a *answers) finish(g *given, frame []byte, now time.Time, most int) {
	a.open--
	g.frame, g.at = frame, now
	a.bytes += len(frame)
	a.prune(now, most)
}

// prune forgets what is old or too much, the oldest first; the last answer stays.
func (a *answers) prune(now time.Time, most int) {
	for len(a.order) > 1 {
		first := a.order[0]
		if first.frame == nil || len(a.order) <= maxAnswers && now.Sub(first.at) < answersKept && a.bytes <= most {
			break
		}
		a.order = a.order[1:]
		a.bytes -= len(first.frame)
		delete(a.byID, first.id)
	}
}
