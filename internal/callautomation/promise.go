package callautomation

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/appendjson"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// promiseVersion is the version of a promise on disk. Version 0 had Go's names of
// call.Head and a bare number for the kind of operation.
const promiseVersion = 1

// promise is what is kept on disk of a connection or an operation until its last
// event is delivered, so that the next process can tell how it ended.
type promise struct {
	Version       int              `json:"version"`
	Connection    string           `json:"callConnectionId"`
	ServerCallID  string           `json:"serverCallId"`
	CorrelationID string           `json:"correlationId"`
	CallbackURI   string           `json:"callbackUri"`
	APIVersion    string           `json:"apiVersion"`
	Context       string           `json:"operationContext,omitempty"` // of the request that made the connection
	Speech        string           `json:"cognitiveServicesEndpoint,omitempty"`
	Operation     promiseOperation `json:"operation"`
	At            time.Time        `json:"at"`
}

type promiseOperation struct {
	ID          string `json:"id"`
	Kind        string `json:"kind"` // by its name in the table of package call
	Context     string `json:"operationContext,omitempty"`
	CallbackURI string `json:"operationCallbackUri,omitempty"`
	Who         string `json:"participant,omitempty"` // raw id
	Invitation  string `json:"invitationId,omitempty"`
	From        string `json:"fromCallConnectionId,omitempty"`

	Recording string    `json:"recordingId,omitempty"`
	Began     time.Time `json:"recordingStart,omitzero"`
}

// writePromise is the form of a promise on disk; the error is of a time that has none.
func writePromise(head call.Head) ([]byte, error) {
	o := appendjson.Open(make([]byte, 0, promiseSize))
	o.Int("version", promiseVersion)
	o.Text("callConnectionId", head.Connection)
	o.Text("serverCallId", head.ServerCallID)
	o.Text("correlationId", head.CorrelationID)
	o.Text("callbackUri", head.Control.CallbackURI)
	o.Text("apiVersion", head.Control.Version)
	o.SomeText("operationContext", head.Control.Context)
	o.SomeText("cognitiveServicesEndpoint", head.Control.SpeechEndpoint)
	o.Value("operation", func(b []byte) ([]byte, error) { return appendPromised(b, &head.Operation) })
	o.Time("at", head.At)
	return o.Close()
}

// promiseSize is what most promises take, in bytes.
const promiseSize = 768

func appendPromised(b []byte, of *call.Operation) ([]byte, error) {
	o := appendjson.Open(b)
	o.Text("id", of.ID)
	o.Text("kind", of.Kind.String())
	o.SomeText("operationContext", of.Context)
	o.SomeText("operationCallbackUri", of.CallbackURI)
	o.SomeText("participant", of.Who.Raw())
	o.SomeText("invitationId", of.Invitation)
	o.SomeText("fromCallConnectionId", of.From)
	o.SomeText("recordingId", of.Recording)
	o.SomeTime("recordingStart", of.Began)
	return o.Close()
}

// readPromise reads a promise of this version or an earlier one.
func readPromise(text []byte) (call.Head, error) {
	var written struct{ Version int }
	if err := json.Unmarshal(text, &written); err != nil {
		return call.Head{}, err
	}
	switch written.Version {
	case 0:
		return readPromise0(text)
	case promiseVersion:
		return readPromise1(text)
	}
	return call.Head{}, fmt.Errorf("its version is %d; this program reads versions up to %d", written.Version, promiseVersion)
}

func readPromise1(text []byte) (call.Head, error) {
	var p promise
	if err := json.Unmarshal(text, &p); err != nil {
		return call.Head{}, err
	}
	kind, known := call.OperationNamed(p.Operation.Kind)
	if !known {
		return call.Head{}, fmt.Errorf("%q is no operation", p.Operation.Kind)
	}
	head := call.Head{
		Connection: p.Connection, ServerCallID: p.ServerCallID, CorrelationID: p.CorrelationID, At: p.At,
		Control: call.Control{CallbackURI: p.CallbackURI, Version: p.APIVersion, Context: p.Context, SpeechEndpoint: p.Speech},
		Operation: call.Operation{
			ID: p.Operation.ID, Kind: kind, Context: p.Operation.Context, CallbackURI: p.Operation.CallbackURI,
			Invitation: p.Operation.Invitation, From: p.Operation.From, Recording: p.Operation.Recording, Began: p.Operation.Began,
		},
	}
	if p.Operation.Who != "" {
		who, err := identifier.Parse(p.Operation.Who)
		if err != nil {
			return call.Head{}, fmt.Errorf("participant: %w", err)
		}
		head.Operation.Who = who
	}
	return head, nil
}

// kinds0 are the operations by the numbers that they had in version 0.
var kinds0 = [...]call.OperationKind{
	call.NoOperation, call.CreateOperation, call.AnswerOperation, call.PlayOperation, call.RecognizeOperation,
	call.SendTonesOperation, call.AddOperation, call.CancelAddOperation, call.RemoveOperation, call.TransferOperation,
	call.MoveOperation, call.TonesOperation, call.HoldOperation, call.ConnectOperation,
}

// readPromise0 reads version 0, whose About was a raw id, an invitation id, or a
// raw id and the connection that its participant came from.
func readPromise0(text []byte) (call.Head, error) {
	var p struct {
		Connection, ServerCallID, CorrelationID string
		Control                                 call.Control
		Operation                               struct {
			ID, Context, CallbackURI, About string
			Kind                            int
		}
		At time.Time
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return call.Head{}, err
	}
	if p.Operation.Kind < 0 || p.Operation.Kind >= len(kinds0) {
		return call.Head{}, fmt.Errorf("%d is no operation of version 0", p.Operation.Kind)
	}
	head := call.Head{
		Connection: p.Connection, ServerCallID: p.ServerCallID, CorrelationID: p.CorrelationID, Control: p.Control, At: p.At,
		Operation: call.Operation{ID: p.Operation.ID, Kind: kinds0[p.Operation.Kind], Context: p.Operation.Context, CallbackURI: p.Operation.CallbackURI},
	}
	about, from, _ := strings.Cut(p.Operation.About, " ")
	if head.Operation.Kind == call.CancelAddOperation {
		head.Operation.Invitation = about
		return head, nil
	}
	head.Operation.From = from
	head.Operation.Who, _ = identifier.Parse(about) // nothing, for operations about nobody
	return head, nil
}
