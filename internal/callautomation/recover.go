package callautomation

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/identifier"
)

// errRestarted is why work of the process before never ended.
var errRestarted = errors.New("the server was restarted")

// Recover tells the applications of connections that the last process left
// behind: first the failures of their open operations, then the end.
func (c *Callbacks) Recover(left []delivery.Hold) {
	restarted := call.Reason{Kind: call.ServerStopped, Text: "The server was restarted while the call went on"}
	var connections []call.Head
	for _, hold := range left {
		var head call.Head
		if err := json.Unmarshal(hold.Body, &head); err != nil {
			c.log.Error("promise cannot be read", "key", hold.Key, "error", err)
			continue
		}
		head.At = time.Now()
		if hold.Key == connectionKey(head.Connection) {
			connections = append(connections, head)
			continue
		}
		if head.Operation.Kind == call.ConnectOperation {
			continue // it never came up: the end of the connection tells
		}
		if head.Operation.Kind == call.TonesOperation {
			c.Publish(call.TonesFailed{Head: head, Reason: restarted})
		}
		c.Publish(interrupted(head, restarted))
	}
	for _, head := range connections {
		c.Publish(call.CallDisconnected{Head: head, Reason: restarted})
	}
	if len(connections) > 0 {
		c.log.Warn("calls of the process before are ended", "connections", len(connections))
	}
}

// interrupted is the failure of an operation that was cut off.
func interrupted(head call.Head, why call.Reason) call.Event {
	switch head.Operation.Kind {
	case call.CreateOperation:
		return call.CreateCallFailed{Head: head, Reason: why}
	case call.AnswerOperation:
		return call.AnswerFailed{Head: head, Reason: why}
	case call.RecognizeOperation:
		return call.RecognizeFailed{Head: head, By: call.Interrupted, Cause: errRestarted}
	case call.AddOperation, call.CancelAddOperation, call.RemoveOperation, call.TransferOperation, call.MoveOperation, call.TonesOperation:
		return interruptedControl(head, why)
	case call.SendTonesOperation:
		return call.SendTonesFailed{Head: head, Cause: errRestarted}
	}
	return call.PlayFailed{Head: head, Cause: errRestarted}
}

// interruptedControl is interrupted for the operations of call control.
func interruptedControl(head call.Head, why call.Reason) call.Event {
	about, from, _ := strings.Cut(head.Operation.About, " ")
	who, err := identifier.Parse(about)
	if err != nil { // an invitation id, or nothing
		who = identifier.ID{}
	}
	switch head.Operation.Kind {
	case call.AddOperation:
		return call.AddParticipantFailed{Head: head, Who: who, Reason: why}
	case call.CancelAddOperation:
		return call.CancelAddParticipantFailed{Head: head, InvitationID: about, Reason: why}
	case call.RemoveOperation:
		return call.RemoveParticipantFailed{Head: head, Who: who, Reason: why}
	case call.MoveOperation:
		return call.MoveParticipantFailed{Head: head, Who: who, From: from, Reason: why}
	case call.TransferOperation:
		return call.CallTransferFailed{Head: head, Reason: why}
	}
	return call.TonesStopped{Head: head}
}
