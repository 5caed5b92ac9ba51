package admin

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/recording/access"
	"github.com/switchhook/switchhook/internal/rest"
)

// RecordingsPath is where commands manage recordings. Azure has no such API.
const RecordingsPath = "/admin/recordings"

// maxRecordings bounds a list.
const maxRecordings = 10_000

// Recordings are the recordings of the resource.
type Recordings interface {
	List(context.Context) ([]recording.Record, error)
	Get(ctx context.Context, id string) (recording.Record, error)
	Expires(*recording.Record) time.Time
	Documents(recording.Record) []*recording.Document
	Keep(ctx context.Context, id string, change recording.Change) (recording.Record, error)
	Erase(ctx context.Context, id string) error
	Composing(guid string) (done float64, ok bool)
}

func (a *API) recordingRoutes(rt *rest.Router) {
	rt.Handle(http.MethodGet, RecordingsPath, a.listRecordings)
	rt.Handle(http.MethodGet, RecordingsPath+"/{id}", a.showRecording)
	rt.Handle(http.MethodDelete, RecordingsPath+"/{id}", a.removeRecording, rest.Success(http.StatusNoContent))
	rt.Handle(http.MethodPost, RecordingsPath+"/{id}:keep", a.keepRecording)
	rt.Handle(http.MethodPost, RecordingsPath+"/{id}:verify", a.verifyRecording)
}

// Recording is a recording that goes on, or has ended and is kept.
type Recording struct {
	ID           string             `json:"id"` // GUID
	RecordingID  string             `json:"recordingId"`
	CallID       string             `json:"callId"`
	ServerCallID string             `json:"serverCallId"`
	State        string             `json:"state"`
	Kind         string             `json:"kind"` // such as "audio mixed wav"
	StartedBy    string             `json:"startedBy,omitempty"`
	Began        time.Time          `json:"began"`
	Ended        time.Time          `json:"ended,omitzero"`
	EndReason    string             `json:"endReason,omitempty"`
	DurationMs   int64              `json:"durationMs"`
	Participants []string           `json:"participants,omitempty"` // raw ids
	Channels     map[string]int     `json:"channels,omitempty"`     // of an unmixed one, by raw id
	Pauses       []recording.Pause  `json:"pauses,omitempty"`
	ConcealedMs  int64              `json:"concealedMs,omitempty"` // silence for sound that came too late
	Destination  string             `json:"destination,omitempty"` // URL of the container that the files go to, without its signature
	Hold         bool               `json:"hold"`
	Expires      time.Time          `json:"expires,omitzero"` // when it is deleted
	Exporting    bool               `json:"exporting,omitempty"`
	Composed     string             `json:"composed,omitempty"` // how much of the pictures, such as "35 %", while that goes on
	Documents    []RecordedDocument `json:"documents,omitempty"`
}

// RecordedDocument is a file of a recording.
type RecordedDocument struct {
	Name   string `json:"name"`
	Format string `json:"format"`
	SHA256 string `json:"sha256,omitempty"`
	Intact *bool  `json:"intact,omitempty"` // in the answer to a verification
	Error  string `json:"error,omitempty"`  // of that
}

func (a *API) recording(r recording.Record) Recording {
	shown := Recording{
		ID: r.GUID(), RecordingID: r.ID, CallID: r.CallID, ServerCallID: r.ServerCallID, State: string(r.State),
		Kind: string(r.Content) + " " + string(r.Channels) + " " + string(r.Format), StartedBy: r.StartedBy, Began: r.Began, Ended: r.Ended,
		EndReason: string(r.EndReason), DurationMs: r.Duration().Milliseconds(), Hold: r.Hold, Expires: a.Recordings.Expires(&r),
		Exporting: a.Exporting(r.GUID()), Pauses: r.Pauses, ConcealedMs: r.ConcealedMs, Channels: map[string]int{},
	}
	if r.Container != "" {
		shown.Destination = outbound.Address(r.Container).String()
	}
	if done, ok := a.Recordings.Composing(r.GUID()); ok {
		shown.Composed = fmt.Sprintf("%.0f %%", done*100)
	}
	for _, p := range r.Participants {
		shown.Participants = append(shown.Participants, p.ID)
		if p.Channel != nil {
			shown.Channels[p.ID] = *p.Channel
		}
	}
	for i, chunk := range r.Chunks {
		if !chunk.Deleted && r.State != recording.Going {
			shown.Documents = append(shown.Documents, RecordedDocument{Name: r.Document(i), Format: string(r.Format), SHA256: chunk.SHA256})
		}
	}
	return shown
}

// about reports whether a recording has to do with an id, a number or a state.
func (r Recording) about(text string) bool {
	if text == "" || strings.EqualFold(r.State, text) || text == r.ID || text == r.RecordingID || text == r.CallID || text == r.ServerCallID {
		return true
	}
	for _, who := range r.Participants {
		if strings.HasSuffix(who, text) {
			return true
		}
	}
	return false
}

func (a *API) listRecordings(w http.ResponseWriter, r *http.Request) error {
	all, err := a.Recordings.List(r.Context())
	if err != nil {
		return err
	}
	list := listOf[Recording]{[]Recording{}}
	for _, each := range all {
		if shown := a.recording(each); shown.about(r.URL.Query().Get("about")) && len(list.Value) < maxRecordings {
			list.Value = append(list.Value, shown)
		}
	}
	return rest.WriteJSON(w, http.StatusOK, list)
}

func (a *API) showRecording(w http.ResponseWriter, r *http.Request) error {
	found, err := a.Recordings.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, a.recording(found))
}

// enter notes what the sender does, and refuses it where the rules do. The operation says
// what of the action it is; "": the action itself.
func (a *API) enter(r *http.Request, action access.Action, operation string) error {
	return a.RecordingGate(access.Request{Action: action, Operation: operation, Recording: r.PathValue("id"), Sender: rest.Sender(r.Context()), From: r.RemoteAddr})
}

func (a *API) removeRecording(_ http.ResponseWriter, r *http.Request) error {
	if err := a.enter(r, access.Delete, ""); err != nil {
		return err
	}
	return a.Recordings.Erase(r.Context(), r.PathValue("id"))
}

// Keeping changes how long a recording is kept. An absent member changes nothing.
type Keeping struct {
	Hold  *bool      `json:"hold,omitempty"`
	Until *time.Time `json:"until,omitempty"`
}

// operation is what the trail calls it.
func (k Keeping) operation() string {
	switch {
	case k.Hold == nil:
		return "keep"
	case *k.Hold:
		return "hold"
	}
	return "release"
}

func (a *API) keepRecording(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[Keeping](r)
	if err != nil {
		return err
	}
	if body.Hold == nil && body.Until == nil {
		return fault.Invalid("hold or until is required")
	}
	if err := a.enter(r, access.Keep, body.operation()); err != nil {
		return err
	}
	changed, err := a.Recordings.Keep(r.Context(), r.PathValue("id"), recording.Change(body))
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, a.recording(changed))
}

func (a *API) verifyRecording(w http.ResponseWriter, r *http.Request) error {
	found, err := a.Recordings.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if found.State != recording.Announced {
		return fault.Conflict("recording %s is not complete yet", found.GUID())
	}
	shown := a.recording(found)
	for i, d := range a.Recordings.Documents(found) {
		intact, err := d.Verify()
		shown.Documents[i].Intact = &intact
		if err != nil {
			shown.Documents[i].Error = err.Error()
		}
	}
	return rest.WriteJSON(w, http.StatusOK, shown)
}
