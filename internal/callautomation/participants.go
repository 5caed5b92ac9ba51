package callautomation

import (
	"net/http"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

// participantsPerPage is the length of a page of participants.
const participantsPerPage = 100

// listParticipants is GET …/participants.
func (a *API) listParticipants(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	all, err := conn.Participants(r.Context())
	if err != nil {
		return err
	}
	v := version(rest.APIVersion(r.Context()))
	asked, err := rest.ReadPage(r, participantsPerPage, participantsPerPage)
	if err != nil {
		return err
	}
	byID := func(p call.Participant) string { return p.ID.Raw() }
	slices.SortFunc(all, func(a, b call.Participant) int { return strings.Compare(byID(a), byID(b)) })
	page, next, err := rest.Slice(all, asked, byID)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, object{{"value", rosterModel{page, v}}}.addText("nextLink", rest.NextLink(r, next)))
}

// getParticipant is GET …/participants/{participantRawId}.
func (a *API) getParticipant(w http.ResponseWriter, r *http.Request) error {
	conn, err := a.connection(w, r)
	if err != nil {
		return err
	}
	who, err := identifier.Parse(r.PathValue("participantRawId"))
	if err != nil {
		return errBody("participantRawId: %s.", err)
	}
	p, err := conn.Participant(r.Context(), who)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, participantModel{p, version(rest.APIVersion(r.Context()))})
}

// participantEvents are the events of the list of participants.
func participantEvents(e call.Event) (occurrence, bool) {
	if e, ok := e.(call.ParticipantsUpdated); ok {
		return occurrence{name: "ParticipantsUpdated", own: rosterMembers(e), result: succeeded, resultFirst: true}, true
	}
	return occurrence{}, false
}

// aboutParticipant is an event with the participant that it is about.
func aboutParticipant(name string, who identifier.ID, result resultInformation) occurrence {
	return occurrence{name: name, own: object{{"participant", rest.Identifier{ID: who}}}, result: result}
}
