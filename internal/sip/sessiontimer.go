package sip

import (
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// sessionTimer is a session timer (RFC 4028): one side refreshes the session at
// half of its interval, and both end it when nobody does. Without an interval
// Config.Refresh applies.
//
//	none ⇄ peer refreshes ⇄ we refresh
type sessionTimer struct {
	interval  time.Duration // zero where none was agreed
	refresher refresher
	method    sip.RequestMethod // of our refreshes: UPDATE, which needs no offer, where the peer takes it; else INVITE
	minimum   time.Duration     // the shortest that the peer takes, from its 422
	refusals  int               // 422s so far
}

// refresher is whose duty it is to refresh a session.
type refresher uint8

const (
	peerRefreshes refresher = iota
	weRefresh
)

// refreshMethod is the one that a peer's Allow permits.
func refreshMethod(message sip.Message) sip.RequestMethod {
	if header.HasToken(message, "Allow", "UPDATE") {
		return sip.UPDATE
	}
	return sip.INVITE
}

// maxTooSmall bounds how often a peer may want a longer interval.
const maxTooSmall = 3

const statusIntervalTooSmall = 422

// tooBrief answers 422 to an interval that is shorter than we want to serve,
// where the peer can understand that.
func (s *Server) tooBrief(request *sip.Request, tx *transaction.Server) bool {
	interval, _ := header.SessionExpires(request)
	if interval == 0 || interval >= s.cfg.MinSession || !header.Supports(request, "timer") {
		return false
	}
	s.respond(request, tx, statusIntervalTooSmall, "Session Interval Too Small", sip.NewHeader("Min-SE", header.Seconds(s.cfg.MinSession)))
	return true
}

// grantTimer negotiates the session timer that a request of the peer's asks for and
// returns the headers of our 2xx (RFC 4028 §9).
func (l *leg) grantTimer(request *sip.Request) []sip.Header {
	t, known := &l.timer, header.Supports(request, "timer")
	asked, refresher := header.SessionExpires(request)
	t.method = refreshMethod(request)
	if l.server.cfg.SessionExpires < 0 || !known && asked == 0 {
		t.interval = 0
		return nil
	}
	switch {
	case !known, refresher == "uas": // who does not know the timer cannot refresh
		t.refresher = weRefresh
	case refresher == "uac":
		t.refresher = peerRefreshes
	case t.interval == 0: // ours to choose: we know that we do it
		t.refresher = weRefresh
	}
	t.interval = l.server.cfg.SessionExpires
	if asked != 0 && (asked < t.interval || header.MinSE(request) > t.interval) {
		t.interval = asked
	}
	who, headers := "uac", []sip.Header(nil)
	if t.refresher == weRefresh {
		who = "uas"
	} else {
		headers = append(headers, sip.NewHeader("Require", "timer"))
	}
	return append(headers, sip.NewHeader("Session-Expires", header.Seconds(t.interval)+";refresher="+who))
}

// wantTimer are the headers of an INVITE or UPDATE of ours about the timer.
func (l *leg) wantTimer() (list []sip.Header) {
	t := &l.timer
	list = append(list, supportedField)
	interval := t.interval
	if interval == 0 {
		interval = l.server.cfg.SessionExpires
	}
	if interval < 0 || l.phase == up && t.interval == 0 {
		return list
	}
	value := header.Seconds(max(interval, t.minimum))
	if l.phase == up { // roles stay as they are
		if t.refresher == weRefresh {
			value += ";refresher=uac"
		} else {
			value += ";refresher=uas"
		}
	}
	list = append(list, sip.NewHeader("Session-Expires", value))
	if t.minimum > 0 {
		list = append(list, sip.NewHeader("Min-SE", header.Seconds(t.minimum)))
	}
	return list
}

// takeTimer reads what a 2xx to a request of ours grants (RFC 4028 §7.2).
func (l *leg) takeTimer(response *sip.Response) {
	interval, refresher := header.SessionExpires(response)
	l.timer.interval, l.timer.refresher = interval, weRefresh
	if refresher == "uas" {
		l.timer.refresher = peerRefreshes
	}
	if header.HasTokens(response, "Allow") {
		l.timer.method = refreshMethod(response)
	}
}

// longer takes the interval of a 422: it returns false where asking again makes no
// sense.
func (t *sessionTimer) longer(response *sip.Response) bool {
	minimum := header.MinSE(response)
	if response.StatusCode != statusIntervalTooSmall || minimum <= t.minimum || t.refusals == maxTooSmall {
		return false
	}
	t.minimum = minimum
	t.refusals++
	return true
}

// armTimer starts the timers of a session that has just begun or been refreshed.
func (l *leg) armTimer() {
	t := &l.timer
	if t.interval == 0 {
		l.timers.stop(timerSessionExpired)
		if l.server.cfg.Refresh > 0 {
			l.timers.start(timerRefresh, l.server.cfg.Refresh)
		}
		return
	}
	l.timers.stop(timerRefresh)
	if t.refresher == weRefresh {
		l.timers.start(timerRefresh, t.interval/2)
	}
	// RFC 4028 §10: the BYE goes a little before the time is over.
	l.timers.start(timerSessionExpired, t.interval-min(32*time.Second, t.interval/3))
}

// sessionExpired ends a session that nobody has refreshed.
func (l *leg) sessionExpired() {
	if l.phase == up {
		l.vanished("the session expired: it was not refreshed")
	}
}
