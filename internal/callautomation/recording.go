package callautomation

import (
	"cmp"
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/recording/access"
	"github.com/switchhook/switchhook/internal/rest"
)

// recordingPath is that of a recording that goes on.
const recordingPath = "/calling/recordings/{recordingId}"

// recordingRoutes registers the operations of recordings.
func (a *API) recordingRoutes(rt *rest.Router) {
	repeatable, reports, always := rest.Repeatable(a.answers), rest.ReportsRepeatability(), rest.EvenWhenBusy()
	accepted, noContent := rest.Success(http.StatusAccepted), rest.Success(http.StatusNoContent)
	rt.Handle(http.MethodPost, "/calling/recordings", coded(a.startRecording), repeatable, reports, always)
	rt.Handle(http.MethodGet, recordingPath, coded(a.getRecording))
	rt.Handle(http.MethodDelete, recordingPath, coded(a.stopRecording), noContent, always)
	rt.Handle(http.MethodPost, recordingPath+":pause", coded(a.pauseRecording), accepted, always)
	rt.Handle(http.MethodPost, recordingPath+":resume", coded(a.resumeRecording), accepted, always)
}

// recordingKind is what makes the recordings of this server.
const recordingKind = "azureCommunicationServices"

// recordingState is a RecordingStateResponse.
func recordingState(state call.RecordingState, active bool) object {
	return object{{"recordingId", state.ID}, {"recordingState", activity(active)}, {"recordingKind", recordingKind}}
}

func activity(active bool) string {
	if active {
		return "active"
	}
	return "inactive"
}

// startRecording is POST /calling/recordings. The answer says inactive, as the
// service's does: it comes before the first sound.
func (a *API) startRecording(w http.ResponseWriter, r *http.Request) error {
	body, err := rest.Decode[startRecordingRequest](r)
	if err != nil {
		return err
	}
	record, err := body.record(rest.APIVersion(r.Context()), asker(r.Context()), a.recorder)
	if err != nil {
		return err
	}
	if err := a.mayRecord(r, "start", cmp.Or(record.Connection, record.Of.ServerCallID, record.Of.GroupCallID, record.Of.RoomID)); err != nil {
		return err
	}
	if record.CallbackURI != "" {
		if err := a.checkBacklog(record.CallbackURI); err != nil {
			return err
		}
	}
	record.Barrier = barrier(r)
	state, err := a.calls.StartRecording(r.Context(), record)
	if err != nil {
		return err
	}
	return a.accepted(w, r, http.StatusOK, recordingState(state, false))
}

// mayRecord refuses senders who may not record, and notes the others.
func (a *API) mayRecord(r *http.Request, operation, what string) error {
	return a.recorder.Admit(access.Request{Action: access.Start, Operation: operation, Recording: what, Sender: rest.Sender(r.Context()), From: r.RemoteAddr})
}

// getRecording is GET /calling/recordings/{recordingId}. What is paused is inactive.
func (a *API) getRecording(w http.ResponseWriter, r *http.Request) error {
	state, err := a.calls.Recording(r.Context(), r.PathValue("recordingId"))
	if err != nil {
		return err
	}
	rest.SetChainID(w, state.CorrelationID)
	return rest.WriteJSON(w, http.StatusOK, recordingState(state, state.Active))
}

// stopRecording is DELETE /calling/recordings/{recordingId}.
func (a *API) stopRecording(w http.ResponseWriter, r *http.Request) error {
	if err := a.mayRecord(r, "stop", r.PathValue("recordingId")); err != nil {
		return err
	}
	a.awaitRecording(r)
	state, err := a.calls.StopRecording(r.Context(), r.PathValue("recordingId"))
	return a.recordingChanged(w, r, http.StatusNoContent, state, err)
}

// pauseRecording is POST /calling/recordings/{recordingId}:pause.
func (a *API) pauseRecording(w http.ResponseWriter, r *http.Request) error {
	if err := a.mayRecord(r, "pause", r.PathValue("recordingId")); err != nil {
		return err
	}
	a.awaitRecording(r)
	state, err := a.calls.PauseRecording(r.Context(), r.PathValue("recordingId"))
	return a.recordingChanged(w, r, http.StatusAccepted, state, err)
}

// resumeRecording is POST /calling/recordings/{recordingId}:resume.
func (a *API) resumeRecording(w http.ResponseWriter, r *http.Request) error {
	if err := a.mayRecord(r, "resume", r.PathValue("recordingId")); err != nil {
		return err
	}
	a.awaitRecording(r)
	state, err := a.calls.ResumeRecording(r.Context(), r.PathValue("recordingId"))
	return a.recordingChanged(w, r, http.StatusAccepted, state, err)
}

// awaitRecording lets the events of a recording follow the answer to a request about it.
func (a *API) awaitRecording(r *http.Request) {
	rest.Afterwards(r.Context(), a.calls.AwaitRecording(r.PathValue("recordingId")))
}

func (a *API) recordingChanged(w http.ResponseWriter, r *http.Request, status int, state call.RecordingState, err error) error {
	if err != nil {
		return err
	}
	rest.SetChainID(w, state.CorrelationID)
	return a.accepted(w, r, status, nil)
}

// recordingEvents are the events of recordings. They go to recordingStateCallbackUri
// and have a source of their own.
func recordingEvents(e call.Event) (occurrence, bool) {
	op := e.Header().Operation
	o := occurrence{own: object{{"recordingId", op.Recording}}, resultFirst: true, recording: op.Recording}
	switch e := e.(type) {
	case call.RecordingStateChanged:
		o.name, o.result, o.goesOn = "RecordingStateChanged", succeeded, e.Phase != call.RecordingEnded
		o.own = o.own.add("state", activity(e.Phase == call.RecordingActive)).add("startDateTime", op.Began.UTC().Format(eventTime)).add("recordingKind", recordingKind)
		if e.Cause != nil {
			o.result = recordingFailed(e.Cause)
		}
		return o, true
	case call.StartRecordingFailed:
		o.name, o.result = "StartRecordingFailed", recordingFailed(e.Cause)
		return o, true
	}
	return occurrence{}, false
}

// recordingFailed is the result of a recording that ended by itself.
func recordingFailed(cause error) resultInformation {
	return resultInformation{Code: 500, SubCode: 8588, Message: "Action failed, the recording ended" + because(cause)}
}
