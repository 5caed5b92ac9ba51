package rooms

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// get shows a room.
func (a *API) get(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("roomId")
	room, err := a.find(r.Context(), id)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, answerOf(r, id, room))
}

type updateRequest struct {
	validity
	PSTNDialOut *bool `json:"pstnDialOutEnabled"`
}

// update changes what is given; null changes nothing.
func (a *API) update(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("roomId")
	request, err := rest.DecodePatch[updateRequest](r)
	if err != nil {
		return err
	}
	room, err := a.change(r.Context(), id, func(room *Room) error {
		if request.PSTNDialOut != nil {
			room.PSTNDialOut = *request.PSTNDialOut
		}
		return request.validity.change(room, a.now())
	})
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, answerOf(r, id, room))
}

// delete removes a room, also one that has expired. One that is not there is not found
// (recorded: DeleteRoomDoesNotExist_Fail of the tests of .NET).
func (a *API) delete(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("roomId")
	if err := checkID(id); err != nil {
		return err
	}
	room, err := a.rooms.Get(r.Context(), id)
	if err == nil {
		err = a.rooms.Delete(r.Context(), id)
	}
	switch {
	case fault.Is(err, fault.KindNotFound):
		return errNotFound()
	case err != nil:
		return err
	}
	a.order.remove(entry{room.Created, id})
	a.cfg.Changed(id)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
