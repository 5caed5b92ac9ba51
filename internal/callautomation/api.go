package callautomation

import (
	"context"
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
)

// Journal makes what was queued durable. A request is answered with success only
// when the promise of its events is kept on disk.
type Journal interface {
	Flush(context.Context) error
	// Waiting is how many bytes the messages of a policy take that are not delivered: all of them,
	// and those to the host and port of an address.
	Waiting(policy, address string) (all, there int64)
}

// API is /calling/.
type API struct {
	calls    *call.Registry
	journal  Journal
	answers  *rest.Repeatability
	recorder Recorder
}

// New returns the API over the calls of a registry. answers remembers what
// repeatable requests were told; calls live with the process, and so may it.
// recorder tells which recordings can be made, and for whom.
func New(calls *call.Registry, journal Journal, answers *rest.Repeatability, recorder Recorder) *API {
	return &API{calls: calls, journal: journal, answers: answers, recorder: recorder}
}

// connectionPath begins the paths of a connection.
const connectionPath = "/calling/callConnections/{callConnectionId}"

// Routes registers every documented operation.
func (a *API) Routes(rt *rest.Router) {
	repeatable, reports, always := rest.Repeatable(a.answers), rest.ReportsRepeatability(), rest.EvenWhenBusy()
	created, accepted, noContent := rest.Success(http.StatusCreated), rest.Success(http.StatusAccepted), rest.Success(http.StatusNoContent)
	rt.Handle(http.MethodPost, "/calling/callConnections", coded(a.createCall), created, repeatable)
	rt.Handle(http.MethodPost, "/calling/callConnections:answer", coded(a.answerCall), repeatable, always)
	rt.Handle(http.MethodPost, "/calling/callConnections:reject", coded(a.rejectCall), noContent, repeatable, always)
	rt.Handle(http.MethodGet, connectionPath, coded(a.getCall))
	rt.Handle(http.MethodDelete, connectionPath, coded(a.hangUp), noContent, always)
	rt.Handle(http.MethodPost, connectionPath+":terminate", coded(a.terminate), noContent, repeatable, reports, always)
	rt.Handle(http.MethodGet, connectionPath+"/participants", coded(a.listParticipants))
	rt.Handle(http.MethodGet, connectionPath+"/participants/{participantRawId}", coded(a.getParticipant))
	rt.Handle(http.MethodPost, connectionPath+":play", coded(a.play), accepted, always)
	rt.Handle(http.MethodPost, connectionPath+":interruptAudioAndAnnounce", coded(a.interruptAudioAndAnnounce), accepted, always)
	rt.Handle(http.MethodPost, connectionPath+":recognize", coded(a.recognize), accepted, always)
	rt.Handle(http.MethodPost, connectionPath+":sendDtmfTones", coded(a.sendDtmfTones), accepted, repeatable, reports, always)
	rt.Handle(http.MethodPost, connectionPath+":cancelAllMediaOperations", coded(a.cancelAllMediaOperations), accepted, always)
	rt.Handle(http.MethodPost, connectionPath+":startMediaStreaming", coded(a.startMediaStreaming), accepted, always)
	rt.Handle(http.MethodPost, connectionPath+":stopMediaStreaming", coded(a.stopMediaStreaming), accepted, always)
	rt.Handle(http.MethodPost, connectionPath+":startTranscription", coded(a.startTranscription), accepted, always)
	rt.Handle(http.MethodPost, connectionPath+":updateTranscription", coded(a.updateTranscription), accepted, always)
	rt.Handle(http.MethodPost, connectionPath+":stopTranscription", coded(a.stopTranscription), accepted, always)
	rt.Handle(http.MethodPost, connectionPath+":summarizeCall", coded(a.summarizeCall), accepted, always)
	a.controlRoutes(rt)
	a.recordingRoutes(rt)
}

// controlRoutes registers what changes who is in a call, and who hears whom.
func (a *API) controlRoutes(rt *rest.Router) {
	repeatable, reports, always := rest.Repeatable(a.answers), rest.ReportsRepeatability(), rest.EvenWhenBusy()
	accepted, noContent := rest.Success(http.StatusAccepted), rest.Success(http.StatusNoContent)
	rt.Handle(http.MethodPost, "/calling/callConnections:redirect", coded(a.redirectCall), noContent, repeatable, always)
	rt.Handle(http.MethodPost, "/calling/callConnections:connect", coded(a.connect), repeatable, always)
	rt.Handle(http.MethodPost, connectionPath+":transferToParticipant", coded(a.transferToParticipant), accepted, repeatable, always)
	rt.Handle(http.MethodPost, connectionPath+"/participants:add", coded(a.addParticipant), accepted, repeatable, reports, always)
	rt.Handle(http.MethodPost, connectionPath+"/participants:cancelAddParticipant", coded(a.cancelAddParticipant), accepted, repeatable, reports, always)
	rt.Handle(http.MethodPost, connectionPath+"/participants:remove", coded(a.removeParticipant), accepted, repeatable, reports, always)
	rt.Handle(http.MethodPost, connectionPath+"/participants:mute", coded(a.mute), repeatable, reports, always)
	rt.Handle(http.MethodPost, connectionPath+"/participants:moveHere", coded(a.moveParticipants), accepted, repeatable, reports, always)
	rt.Handle(http.MethodPost, connectionPath+":hold", coded(a.hold), always)
	rt.Handle(http.MethodPost, connectionPath+":unhold", coded(a.unhold), always)
	rt.Handle(http.MethodPost, connectionPath+":startContinuousDtmfRecognition", coded(a.startContinuousDtmfRecognition), always)
	rt.Handle(http.MethodPost, connectionPath+":stopContinuousDtmfRecognition", coded(a.stopContinuousDtmfRecognition), always)
}

// connection finds the connection that a request names, and tells the caller the
// call's correlation id as the service does. What the request brings about is told after
// its answer.
func (a *API) connection(w http.ResponseWriter, r *http.Request) (*call.Connection, error) {
	conn, err := a.calls.Connection(r.PathValue("callConnectionId"))
	if err != nil {
		return nil, err
	}
	rest.SetChainID(w, conn.CorrelationID())
	if r.Method != http.MethodGet {
		rest.Afterwards(r.Context(), conn.Await())
	}
	return conn, nil
}

// accepted answers a request once its promise is durable. A nil body is none.
func (a *API) accepted(w http.ResponseWriter, r *http.Request, status int, body any) error {
	if err := a.journal.Flush(r.Context()); err != nil {
		return err
	}
	if body == nil {
		if status != http.StatusNoContent {
			w.Header().Set("Content-Length", "0") // its end is known where it is flushed (Afterwards)
		}
		w.WriteHeader(status)
		return nil
	}
	return rest.WriteJSON(w, status, body)
}
