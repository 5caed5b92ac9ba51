package rooms

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

type createRequest struct {
	validity
	PSTNDialOut  *bool                               `json:"pstnDialOutEnabled"`
	Participants rest.Members[participantProperties] `json:"participants"`
}

// create makes a room. Where only its beginning is given, it ends 180 days from now.
func (a *API) create(w http.ResponseWriter, r *http.Request) error {
	request, err := rest.Decode[createRequest](r)
	if err != nil {
		return err
	}
	now := a.now()
	room := Room{Created: now, From: now, Until: now.Add(longestValidity)}
	if err := request.validity.set(&room, now); err != nil {
		return err
	}
	if request.PSTNDialOut != nil {
		room.PSTNDialOut = *request.PSTNDialOut
	}
	if err := a.invite(&room, request.Participants); err != nil {
		return err
	}
	id := newID()
	for try := 0; ; try++ {
		err := a.rooms.Create(r.Context(), id, room)
		if err == nil {
			break
		}
		if !fault.Is(err, fault.KindConflict) || try == 3 {
			return err
		}
		id = newID()
	}
	w.Header().Set("Location", id)
	return rest.WriteJSON(w, http.StatusCreated, answerOf(r, id, room))
}
