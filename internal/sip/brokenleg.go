package sip

import (
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// errBroken is why a leg ends whose goroutine has panicked.
var errBroken = call.Reason{Kind: call.Failed, Text: "an error of the server ended the leg"}

// caught is deferred around each piece of work of a leg's goroutine. Where one panics, the leg ends:
// its far end is told as ever. If that does not work either, its call alone is.
func (l *leg) caught() {
	cause := recover()
	if cause == nil {
		return
	}
	panics.Note(l.log, panics.Leg, cause)
	again := l.broken
	l.broken = true
	if !again && panics.Contain(l.log, panics.Leg, l.endBroken) == nil {
		time.AfterFunc(l.server.cfg.brokenPatience, func() { l.post(l.giveUpBroken) })
		return
	}
	l.giveUpBroken()
}

// brokenPatience is how long the end of a broken leg may take: as two transactions.
const brokenPatience = 64 * time.Second

// endBroken ends the leg, as its phase demands. One that was taking its ACK has none to wait for.
func (l *leg) endBroken() {
	if l.phase == accepting && l.pendingAnswer == nil {
		why := errBroken
		l.leaving = &why
		l.hangUp()
		return
	}
	l.end(errBroken)
}

// giveUpBroken ends a leg of which nothing more may come.
func (l *leg) giveUpBroken() {
	panics.Contain(l.log, panics.Leg, func() { l.reports.end(errBroken) })
	l.phase = over
}

// caughtAtEnd is deferred around the end of a leg's goroutine, which has told its call of it.
func (l *leg) caughtAtEnd() {
	if cause := recover(); cause != nil {
		panics.Note(l.log, panics.Leg, cause)
	}
}

// begins does the first work of a leg's goroutine.
func (l *leg) begins(first func()) {
	defer l.caught()
	first()
}

// caughtRequest is deferred around what a request of no leg leads to. Where that panics, it gets 500.
func (s *Server) caughtRequest(request *sip.Request, tx *transaction.Server) {
	if cause := recover(); cause != nil {
		log := s.log.With("call_id", request.CallID().Value(), "method", string(request.Method))
		panics.Note(log, panics.Message, cause)
		panics.Contain(log, panics.Message, func() {
			s.respond(request, tx, sip.StatusInternalServerError, "Server Internal Error")
		})
	}
}
