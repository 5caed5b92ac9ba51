package insight

import "time"

// Summary is what lists show of a call, and the head of its page.
type Summary struct {
	ID          string    `json:"id"` // the correlation id of a call
	Subject     Subject   `json:"subject"`
	State       State     `json:"state"`
	ServerCall  string    `json:"serverCallId,omitempty"`
	Group       string    `json:"groupCallId,omitempty"`
	Room        string    `json:"roomId,omitempty"`
	From        string    `json:"from,omitempty"` // raw ids
	To          string    `json:"to,omitempty"`
	Begun       time.Time `json:"startTime"`
	End         time.Time `json:"endTime,omitzero"`
	DurationMS  int64     `json:"durationMs,omitempty"`
	People      []string  `json:"participants,omitempty"`
	Connections []string  `json:"callConnectionIds,omitempty"`
	CallIDs     []string  `json:"sipCallIds,omitempty"`
	Trunks      []string  `json:"trunks,omitempty"`
	EndKind     string    `json:"endKind,omitempty"`
	SIP         int       `json:"sipCode,omitempty"`
	Q850        int       `json:"q850Cause,omitempty"`
	MOS         float64   `json:"mos,omitempty"` // the lowest that was measured
	Failed      bool      `json:"failed,omitempty"`
	Reason      string    `json:"reason"` // why it ended or failed, in words
	Problems    []Problem `json:"problems,omitempty"`
	Items       int       `json:"items"`
	Omitted     int       `json:"omittedItems,omitempty"`
}

// State is how far a call has come.
type State string

// The states.
const (
	StateRinging   State = "ringing" // nobody was answered yet
	StateConnected State = "connected"
	StateEnded     State = "ended"
)

// Problem is something that went wrong, with its reason in words.
type Problem struct {
	Code string    `json:"code"` // of the table in reason.go
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// snapshot is a record as it was at one moment, to be read without the lock. What its
// fields refer to is not changed afterwards, but for legs.
type snapshot struct {
	record
	opened  bool
	detail  *ending // once that is opened
	entries []entry // once it is opened; none of a timeline that is in the archive alone
}

// snapshot runs under the hub's lock. Lists only grow, so the copy keeps what it has.
func (r *record) snapshot() snapshot {
	r.shared = true
	return snapshot{record: *r}
}

// open reads what is kept as bytes.
func (s *snapshot) open() {
	if !s.opened {
		s.openEnding()
		s.opened = true
		s.entries, _ = s.timeline.entries() // we have written them
	}
}

func (s *snapshot) openEnding() {
	if s.detail == nil {
		s.detail = readEnding(s.ending)
	}
}

// summarize is the summary of a record as it is now.
func (h *Hub) summarize(r *record) Summary {
	h.mu.Lock()
	s := r.snapshot()
	h.mu.Unlock()
	return s.summarize()
}

func (s snapshot) summarize() Summary {
	if s.summary != nil {
		return *s.summary
	}
	s.openEnding()
	sum := s.outline()
	sum.Problems = s.problems()
	sum.Failed = s.subject != SubjectCall || len(sum.Problems) > 0 || s.detail != nil && !s.up && isFailure(s.detail.why.Kind)
	sum.Reason = s.reason(sum)
	return sum
}

// outline is the summary without what has to be concluded from the timeline.
func (s snapshot) outline() Summary {
	if s.summary != nil {
		return *s.summary
	}
	sum := Summary{
		ID: s.id, Subject: s.subject, State: StateRinging, ServerCall: s.server, Group: s.group, Room: s.room,
		From: clean(s.from, 256), To: clean(s.to, 256), Begun: s.begun.UTC(), End: s.end.UTC(),
		People: s.people, Connections: s.connections, CallIDs: cleaned(s.dialogs), Trunks: s.trunks, MOS: s.quality, Items: s.timeline.count, Omitted: s.omitted,
	}
	switch {
	case s.over():
		sum.State, sum.DurationMS = StateEnded, s.end.Sub(s.begun).Milliseconds()
	case s.up:
		sum.State = StateConnected
	}
	s.openEnding()
	if end := s.detail; end != nil {
		sum.EndKind, sum.SIP, sum.Q850 = end.why.Kind.String(), end.why.SIP.Code, end.why.Q850.Value
		if leg := end.failedLeg(); leg != nil && sum.SIP == 0 {
			sum.SIP, sum.Q850 = leg.why.SIP.Code, leg.why.Q850.Value
		}
	}
	return sum
}

func cleaned(texts []string) []string {
	var list []string
	for _, text := range texts {
		list = append(list, clean(text, maxLine))
	}
	return list
}
