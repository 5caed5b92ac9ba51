package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/call"
)

// startContinuousDtmfRecognition is POST …:startContinuousDtmfRecognition.
func (a *API) startContinuousDtmfRecognition(w http.ResponseWriter, r *http.Request) error {
	return a.target(w, r, func(conn *call.Connection, body targetRequest, what call.Context) error {
		if err := a.checkBacklogOf(conn, what); err != nil {
			return err
		}
		return conn.StartTones(r.Context(), body.TargetParticipant.ID, what)
	})
}

// stopContinuousDtmfRecognition is POST …:stopContinuousDtmfRecognition.
func (a *API) stopContinuousDtmfRecognition(w http.ResponseWriter, r *http.Request) error {
	return a.target(w, r, func(conn *call.Connection, body targetRequest, what call.Context) error {
		return conn.StopTones(r.Context(), body.TargetParticipant.ID, what)
	})
}

// continuousEvents are the events of continuous recognition.
func continuousEvents(e call.Event) (occurrence, bool) {
	switch e := e.(type) {
	case call.ToneReceived:
		return occurrence{name: "ContinuousDtmfRecognitionToneReceived", own: object{{"sequenceId", e.Sequence}, {"tone", toneNames[e.Tone]}}, result: succeeded}, true
	case call.TonesFailed:
		return occurrence{name: "ContinuousDtmfRecognitionToneFailed", result: ended(e.Reason)}, true
	case call.TonesStopped:
		return occurrence{name: "ContinuousDtmfRecognitionStopped", result: tonesStopped}, true
	}
	return occurrence{}, false
}

// tonesStopped is the service's result of a continuous recognition that is over:
// it says the same whether it was stopped or the call ended.
var tonesStopped = diag(200, 0, 7000, "The conversation has ended.")
