package rooms

import (
	"context"
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
	if err := a.invite(&room, request.Participants, noUserOfNew); err != nil {
		return err
	}
	id, err := a.add(r.Context(), room)
	if err != nil {
		return err
	}
	w.Header().Set("Location", id)
	return rest.WriteJSON(w, http.StatusCreated, answerOf(r, id, room))
}

// add stores a new room under an id of its own.
func (a *API) add(ctx context.Context, room Room) (id string, err error) {
	for try := 0; ; try++ {
		id = newID()
		err := a.rooms.Create(ctx, id, room)
		if err == nil {
			a.order.add(entry{room.Created, id})
		}
		if err == nil || !fault.Is(err, fault.KindConflict) || try == 3 {
			return id, err
		}
	}
}
