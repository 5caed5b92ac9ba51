package callautomation

import (
	"github.com/switchhook/switchhook/internal/appendjson"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

// participantModel is one entry of a list of participants, as a version tells of it.
type participantModel struct {
	of      call.Participant
	version version
}

// AppendJSON appends the entry as JSON.
func (m participantModel) AppendJSON(b []byte) ([]byte, error) {
	o := appendjson.Open(b)
	o.Value("identifier", rest.Identifier{ID: m.of.ID}.AppendJSON)
	o.Bool("isMuted", m.of.Muted)
	if m.version.hasHold() {
		o.Bool("isOnHold", m.of.OnHold)
	}
	return o.Close()
}

// rosterModel is a list of participants, as a version tells of it.
type rosterModel struct {
	list    []call.Participant
	version version
}

// AppendJSON appends the list as JSON.
func (m rosterModel) AppendJSON(b []byte) ([]byte, error) {
	return appendjson.List(b, m.list, func(b []byte, p *call.Participant) ([]byte, error) {
		return participantModel{*p, m.version}.AppendJSON(b)
	})
}

// rosterMembers is what ParticipantsUpdated says of its own.
func rosterMembers(e call.ParticipantsUpdated) object {
	return object{{"participants", rosterModel{e.Participants, version(e.Control.Version)}}, {"sequenceNumber", e.Sequence}}
}
