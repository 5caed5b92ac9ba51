package webrtc

import (
	"slices"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// FollowSeat tells the client where it sits: it is in the call, or something of that
// has changed.
func (l *leg) FollowSeat(seat call.Seat) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase == over {
		return
	}
	before := l.seat
	l.seat = &seat
	if l.pending != nil {
		l.pending(&protocol.OK{})
		l.pending = nil
	}
	moved := before != nil && before.ParticipantID != seat.ParticipantID
	if moved {
		l.roster = nil
	}
	if before == nil || before.ServerCallID != seat.ServerCallID {
		l.changeMeeting(before)
	}
	l.showStreams(before)
	l.gate() // after showStreams, which forgets a share that has ended: its sound ends with it
	if before == nil || moved || before.Kind != seat.Kind {
		l.client.session.Send(l.info())
	}
	if seat.Role != call.NoRole && (before == nil || before.Role != seat.Role) {
		l.client.session.Send(&protocol.RoleChanged{Call: l.id, Role: protocol.Role(seat.Role)})
	}
	l.tellCapabilities(before)
	l.tellRecorded(before)
	l.showConnected()
}

// changeMeeting goes from the meeting of the call before to that of now. It runs under l.mu.
func (l *leg) changeMeeting(before *call.Seat) {
	all := l.client.server.meetings
	if l.meeting != nil {
		all.leave(l, before.ServerCallID, l.meeting)
	}
	l.meeting = all.enter(l, l.seat.ServerCallID, before != nil)
	l.pictures.Enter(l.meeting.pictures)
}

// leaveMeeting is the end of the leg in its meeting, and says where it sat. It runs
// under l.mu.
func (l *leg) leaveMeeting() (sat call.Seat) {
	if l.seat == nil {
		return call.Seat{}
	}
	if l.meeting != nil {
		l.client.server.meetings.leave(l, l.seat.ServerCallID, l.meeting)
		l.meeting = nil
		l.pictures.Leave()
	}
	return *l.seat
}

// info runs under l.mu.
func (l *leg) info() *protocol.CallInfo {
	return &protocol.CallInfo{
		Call: l.id, ServerCallID: l.seat.ServerCallID, ParticipantID: l.seat.ParticipantID, Kind: kinds[l.seat.Kind],
	}
}

var kinds = map[call.Kind]protocol.CallKind{
	call.TwoParty: protocol.CallKindTwoParty, call.Group: protocol.CallKindGroup, call.Room: protocol.CallKindRoom,
}

// tellCapabilities tells what has changed of what the client may do. It runs under l.mu.
func (l *leg) tellCapabilities(before *call.Seat) {
	able := capabilities(*l.seat, l.client.session.MayBegin())
	changed := make(map[string]protocol.Capability)
	for name, capability := range able {
		if l.able[name] != capability {
			changed[name] = capability
		}
	}
	l.able = able
	if len(changed) == 0 {
		return
	}
	reason := "RoleChanged"
	switch {
	case before == nil:
		reason = "None"
	case before.Role == l.seat.Role:
		reason = "MeetingOptionOrOrganizerPolicyChanged"
	}
	l.client.session.Send(&protocol.Capabilities{Call: l.id, Capabilities: changed, Reason: reason})
}

// tellRecorded tells whether the call is recorded or transcribed, if that has changed.
// It runs under l.mu.
func (l *leg) tellRecorded(before *call.Seat) {
	if before == nil {
		before = &call.Seat{}
	}
	if before.Recording != l.seat.Recording || before.Paused != l.seat.Paused {
		l.client.session.Send(l.recorded())
	}
	if before.Transcribed != l.seat.Transcribed {
		l.client.session.Send(&protocol.Transcribed{Call: l.id, Active: l.seat.Transcribed})
	}
}

// recorded runs under l.mu.
func (l *leg) recorded() *protocol.Recorded {
	m := &protocol.Recorded{Call: l.id, Recordings: []protocol.RecordingInfo{}}
	if l.seat.Recording != "" {
		state := protocol.RecordingStateActive
		if l.seat.Paused {
			state = protocol.RecordingStatePaused
		}
		m.Recordings = append(m.Recordings, protocol.RecordingInfo{ID: l.seat.Recording, State: state})
	}
	return m
}

// FollowMute tells the client that others have muted it, or that the mute was lifted.
func (l *leg) FollowMute(muted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.muted == muted || l.phase == over {
		return
	}
	l.muted = muted
	l.client.session.Send(&protocol.Muted{Call: l.id, Muted: muted})
}

// FollowSpeakers tells the client who speaks.
func (l *leg) FollowSpeakers(speaking, dominant []identifier.ID) {
	l.mu.Lock()
	if l.meeting != nil {
		l.meeting.pictures.SetSpeakers(raws(dominant))
	}
	l.mu.Unlock()
	l.send(&protocol.Speakers{Call: l.id, Speaking: raws(speaking), Dominant: raws(dominant)})
}

func raws(list []identifier.ID) []string {
	made := make([]string, len(list))
	for i, id := range list {
		made[i] = id.Raw()
	}
	return made
}

// snapshot is what the client has to know of the call; nil: there is nothing.
func (l *leg) snapshot() *protocol.CallSnapshot {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase == over || l.phase == ringing {
		return nil
	}
	s := &protocol.CallSnapshot{Call: l.id, State: l.state, Muted: l.muted}
	if l.seat != nil {
		s.Info = l.info()
		if l.seat.Recording != "" {
			s.Recording = l.recorded()
		}
		if l.seat.Transcribed {
			s.Transcription = &protocol.Transcribed{Call: l.id, Active: true}
		}
		s.Capabilities = &protocol.Capabilities{Call: l.id, Capabilities: l.able, Reason: "None"}
	}
	if slots, camera, screen := l.pictures.Shown(); len(slots) > 0 {
		s.Slots = &protocol.Slots{Call: l.id, Slots: shownSlots(slots)}
		s.Layers = layersOf(l.id, camera, screen)
	}
	if l.meeting != nil {
		l.meeting.mu.Lock()
		if len(l.meeting.hands) > 0 {
			s.Hands = l.meeting.raised(l)
		}
		if len(l.meeting.spotlight) > 0 {
			s.Spotlight = l.meeting.shown(l)
		}
		l.meeting.mu.Unlock()
	}
	if l.roster != nil {
		s.Roster = &protocol.Roster{Call: l.id, Version: l.version, Full: true, Set: []protocol.Person{}, Removed: []string{}}
		for _, all := range l.roster.Since(nil) {
			l.addChange(s.Roster, all)
		}
		slices.SortFunc(s.Roster.Set, byPlace)
	}
	return s
}
