package insight

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// follow answers with updates as they happen, a JSON object a line, until the client
// leaves or the server stops.
func (a *API) follow(w http.ResponseWriter, r *http.Request) error {
	about := r.URL.Query().Get("about")
	f, err := a.Hub.Follow()
	if err != nil {
		return fault.Busy(time.Second, "%s", err)
	}
	defer f.Close()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(a.Stopping, cancel)()
	lines, err := rest.NewLines(w)
	if err != nil {
		return err
	}
	line := []byte{} // the header reaches the client before the first update
	for {
		if lines.Send(line) != nil {
			return nil
		}
		if line, err = nextLine(ctx, f, about); err != nil {
			return nil
		}
	}
}

// nextLine is the next update of a call that somebody wants to hear of, or an empty line
// where none comes for a while.
func nextLine(ctx context.Context, f *Follower, about string) ([]byte, error) {
	beat, cancel := context.WithTimeoutCause(ctx, rest.LinesBeat, errBeat)
	defer cancel()
	missed := 0
	for {
		u, err := f.Next(beat)
		switch {
		case errors.Is(err, errBeat):
			return nil, nil
		case err != nil:
			return nil, err
		}
		if missed += u.Missed; about == "" || u.Call.concerns(about) {
			u.Missed = missed
			return json.Marshal(u)
		}
	}
}

var errBeat = errors.New("nothing has happened for a while")
