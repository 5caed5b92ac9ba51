package call

import "github.com/switchhook/switchhook/internal/identifier"

// waitingCaller is a caller on a wire for whom a ring waits.
type waitingCaller struct{ caller *endpoint }

func (w waitingCaller) answered(r *ring, by identifier.ID, control Control) Properties {
	conn := w.caller.call.openAnswer(r.invitation, by, control)
	w.caller.join.up = func(*endpoint) { conn.call.bringUp(conn) }
	w.caller.answer() // CallConnected follows when the caller has confirmed
	return conn.made
}

func (w waitingCaller) pickedUp(*endpoint) { w.caller.call.answerCaller(w.caller) }

func (w waitingCaller) redirected(in Invitation, called identifier.ID) {
	w.caller.call.redirectCaller(w.caller, in, called)
}

func (w waitingCaller) failed(why Reason) { w.caller.call.finish(why, nil) }
