package rooms

import (
	"net/http"
	"slices"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
)

// maxParticipants is how many users a room may invite.
const maxParticipants = 350

// participantProperties say how a user takes part; a null of them removes the user.
type participantProperties struct {
	Role string `json:"role"`
}

type participantsRequest struct {
	Participants rest.Members[participantProperties] `json:"participants"`
}

// noUser refuses what names no user of ACS. The real service has one message where a room is
// made, and another where its participants change.
type noUser func(raw string) error

func noUserOfNew(string) error {
	return fault.Invalid("Invalid format for communication identifier.")
}

func noUserOfChange(raw string) error {
	return fault.Invalid("Communication identifier %.200s is not supported.", raw)
}

// invite adds, changes and removes participants: at a time all who can be in a room, and as
// many others.
func (a *API) invite(room *Room, changes rest.Members[participantProperties], refuse noUser) error {
	if len(changes) > 2*maxParticipants {
		return rest.Field("participants", fault.Invalid("At most %d participants are changed at a time, not %d.", 2*maxParticipants, len(changes)))
	}
	for _, change := range changes {
		id, err := a.user(change.Name, refuse)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(room.Participants, func(p Participant) bool { return p.ID == id })
		if change.Null {
			if at >= 0 {
				room.Participants = slices.Delete(room.Participants, at, at+1)
			}
			continue
		}
		role := Attendee
		if change.Value.Role != "" {
			if role, err = parseRole(change.Value.Role); err != nil {
				return rest.Detail("BadArgument", rest.Field("$.participants."+change.Name+".role", err))
			}
		}
		if at >= 0 {
			room.Participants[at].Role = role
			continue
		}
		room.Participants = append(room.Participants, Participant{ID: id, Role: role})
	}
	if len(room.Participants) > maxParticipants {
		return rest.Field("participants", fault.Invalid("A room has %d participants at most.", maxParticipants))
	}
	return nil
}

// user reads the raw id of a user of this resource.
func (a *API) user(raw string, refuse noUser) (string, error) {
	id, err := identifier.Parse(raw)
	if err != nil || id.Kind() != identifier.CommunicationUser {
		return "", rest.Field("participants", refuse(raw))
	}
	if id.Resource() != a.cfg.Resource {
		return "", rest.Field("participants", fault.Invalid("Invalid format for communication identifier: %s does not belong to this resource.", raw))
	}
	return id.Raw(), nil
}

// listParticipants shows who is invited, a page at a time.
func (a *API) listParticipants(w http.ResponseWriter, r *http.Request) error {
	room, err := a.find(r.Context(), r.PathValue("roomId"))
	if err != nil {
		return err
	}
	page, err := rest.ReadPage(r, maxParticipants, maxParticipants)
	if err != nil {
		return err
	}
	all := room.Participants
	if page.Token != "" || page.Size < len(all) { // pages need an order that stays
		slices.SortFunc(all, byID)
	}
	part, next, err := rest.Slice(all, page, func(p Participant) string { return p.ID })
	if err != nil {
		return err
	}
	answer := listAnswer[Participant]{Value: slices.Concat([]Participant{}, part), NextLink: rest.NextLink(r, next)}
	if answer.Value == nil {
		answer.Value = []Participant{}
	}
	return rest.WriteJSON(w, http.StatusOK, answer)
}

// updateParticipants invites, changes and removes users, all or none of them.
func (a *API) updateParticipants(w http.ResponseWriter, r *http.Request) error {
	request, err := rest.DecodePatch[participantsRequest](r)
	if err != nil {
		return err
	}
	if _, err := a.change(r.Context(), r.PathValue("roomId"), func(room *Room) error { return a.invite(room, request.Participants, noUserOfChange) }); err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, struct{}{})
}
