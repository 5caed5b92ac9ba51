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
		return request.validity.set(room, a.now())
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
	switch err := a.rooms.Delete(r.Context(), id); {
	case fault.Is(err, fault.KindNotFound):
		return errNotFound()
	case err != nil:
		return err
	}
	a.cfg.Changed(id)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// Pages of rooms and of participants.
const (
	usualPage = 30
	mostRooms = 100
)

type listAnswer[T any] struct {
	Value    []T    `json:"value"`
	NextLink string `json:"nextLink,omitempty"`
}

// mostRead is how many rooms a page reads at most: where most have expired, it is short.
const mostRead = 500

// list shows the rooms that have not expired, a page at a time.
func (a *API) list(w http.ResponseWriter, r *http.Request) error {
	page, err := rest.ReadPage(r, usualPage, mostRooms)
	if err != nil {
		return err
	}
	answer, now := listAnswer[roomAnswer]{Value: []roomAnswer{}}, a.now()
	for read := 0; len(answer.Value) < page.Size && read < mostRead; {
		items, next, err := a.rooms.List(r.Context(), page.Token, page.Size-len(answer.Value))
		if err != nil {
			return err
		}
		read += len(items)
		for _, item := range items {
			if now.Before(item.Value.Until) {
				answer.Value = append(answer.Value, answerOf(r, item.ID, item.Value))
			}
		}
		if page.Token = next; next == "" {
			break
		}
	}
	answer.NextLink = rest.NextLink(r, page.Token)
	return rest.WriteJSON(w, http.StatusOK, answer)
}
