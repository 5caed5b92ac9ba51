package rooms

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

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

// list shows the rooms that have not expired, the newest first, a page at a time.
func (a *API) list(w http.ResponseWriter, r *http.Request) error {
	page, err := rest.ReadPage(r, usualPage, mostRooms)
	if err != nil {
		return err
	}
	last, err := readToken(page.Token)
	if err != nil {
		return err
	}
	if err := a.order.readAll(r.Context(), a); err != nil {
		return err
	}
	answer, now := listAnswer[roomAnswer]{Value: []roomAnswer{}}, a.now()
	for read, more := 0, true; more && len(answer.Value) < page.Size && read < mostRead; {
		var older []entry
		older, more = a.order.before(last, page.Size-len(answer.Value))
		read += len(older)
		for _, e := range older {
			last = e
			room, err := a.rooms.Get(r.Context(), e.id)
			switch {
			case fault.Is(err, fault.KindNotFound): // deleted while the order was read
				a.order.remove(e)
			case err != nil:
				return err
			case now.Before(room.Until):
				answer.Value = append(answer.Value, answerOf(r, e.id, room))
			}
		}
		page.Token = ""
		if more {
			page.Token = last.token()
		}
	}
	answer.NextLink = rest.NextLink(r, page.Token)
	return rest.WriteJSON(w, http.StatusOK, answer)
}
