package sip

import (
	"errors"
	"fmt"

	"github.com/emiago/sipgo/sip"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// unreachable ends an attempt whose INVITE was not answered or not sent.
func (l *leg) unreachable(err error) {
	if l.overUDPAfterAll(err) {
		return
	}
	text := l.peerName() + " cannot be reached"
	switch {
	case errors.Is(err, errPortUnreachable):
		text = fmt.Sprintf("%s: no program listens on UDP at %s; start the phone or the telephone system there, or correct the address", text, l.out.place)
	case errors.Is(err, transaction.ErrTimeout):
		text = l.peerName() + " does not reply"
	}
	l.log.Info("no response to the INVITE", "error", err)
	if l.trunk != nil {
		l.server.locator.silent.note(l.trunk, l.out.place)
	}
	l.failed(call.Reason{Kind: call.Unreachable, Text: text}, true)
}

// failed ends an attempt: the next trunk is tried where that may help.
func (l *leg) failed(why call.Reason, elsewhere bool) {
	l.timers.stop(timerNoReply)
	switch {
	case l.leaving != nil:
		l.reports.end(withStatus(*l.leaving, why.SIP))
	// A callee who was rung must not be rung a second time.
	case elsewhere && !l.out.rang && l.hasAlternative() && l.startNextTrunk():
		return
	default:
		l.reports.end(why)
	}
	l.phase = over
}

// peerName names the peer, for people.
func (l *leg) peerName() string {
	if l.user != "" {
		return "the telephone of " + l.user
	}
	return "trunk " + l.terms.name
}

// hasAlternative reports whether there is anything left to try.
func (l *leg) hasAlternative() bool { return len(l.out.places)+len(l.out.trunks) > 0 }

// failsOver says which answers make ACS try the next trunk (behaviour: direct
// routing falls back on 408, 503 and 504 only).
func failsOver(status int) bool {
	return status == sip.StatusRequestTimeout || status == sip.StatusServiceUnavailable || status == sip.StatusGatewayTimeout
}
