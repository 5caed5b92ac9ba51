package sip

import (
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// sessionTimer is what a leg and its peer have agreed on about staying in touch
// (RFC 4028): one of them refreshes the session at half of its interval, and
// both end it when nobody does.
type sessionTimer struct {
	interval time.Duration // zero where none was agreed: then Config.Refresh asks
	ours     bool          // we refresh; else the peer does
	known    bool          // the peer understands session timers
	update   bool          // the peer takes UPDATE, which needs no offer
	minimum  time.Duration // the shortest that the peer takes, from its 422
	refusals int           // 422s so far
}

// maxTooSmall bounds how often a peer may want a longer interval.
const maxTooSmall = 3

// maxInterval bounds what a peer can make us believe.
const maxInterval = 24 * time.Hour

const statusIntervalTooSmall = 422

// tooBrief answers 422 to an interval that is shorter than we want to serve,
// where the peer can understand that.
func (s *Server) tooBrief(request *sip.Request, tx *sip.ServerTx) bool {
	interval, _ := header.SessionExpires(request)
	if interval == 0 || interval >= s.cfg.MinSession || !header.Supports(request, "timer") {
		return false
	}
	s.respond(request, tx, statusIntervalTooSmall, "Session Interval Too Small", sip.NewHeader("Min-SE", header.Seconds(s.cfg.MinSession)))
	return true
}

// grantTimer takes what the peer's request wants of the session's timer and
// returns the headers of our 2xx (RFC 4028 §9).
func (l *leg) grantTimer(request *sip.Request) []sip.Header {
	t, asked, refresher := &l.timer, time.Duration(0), ""
	asked, refresher = header.SessionExpires(request)
	t.known, t.update = header.Supports(request, "timer"), header.HasToken(request, "Allow", "UPDATE")
	if l.server.cfg.SessionExpires < 0 || !t.known && asked == 0 {
		t.interval = 0
		return nil
	}
	switch {
	case !t.known, refresher == "uas": // who does not know the timer cannot refresh
		t.ours = true
	case refresher == "uac":
		t.ours = false
	case t.interval == 0: // ours to choose: we know that we do it
		t.ours = true
	}
	t.interval = l.server.cfg.SessionExpires
	if asked != 0 && (asked < t.interval || header.MinSE(request) > t.interval) {
		t.interval = asked
	}
	who, headers := "uac", []sip.Header(nil)
	if t.ours {
		who = "uas"
	} else {
		headers = append(headers, sip.NewHeader("Require", "timer"))
	}
	return append(headers, sip.NewHeader("Session-Expires", header.Seconds(t.interval)+";refresher="+who))
}

// wantTimer are the headers of an INVITE or UPDATE of ours about the timer.
func (l *leg) wantTimer() (list []sip.Header) {
	t := &l.timer
	list = append(list, sip.NewHeader("Supported", extensions))
	interval := t.interval
	if interval == 0 {
		interval = l.server.cfg.SessionExpires
	}
	if interval < 0 || l.phase == up && t.interval == 0 {
		return list
	}
	value := header.Seconds(max(interval, t.minimum))
	if l.phase == up { // roles stay as they are
		if t.ours {
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
	l.timer.interval, l.timer.ours = interval, refresher != "uas"
	l.timer.known = header.Supports(response, "timer")
	if len(header.Tokens(response, "Allow")) > 0 {
		l.timer.update = header.HasToken(response, "Allow", "UPDATE")
	}
}

// longer takes a 422: it returns false where asking again makes no sense.
func (t *sessionTimer) longer(response *sip.Response) bool {
	minimum := header.MinSE(response)
	if response.StatusCode != statusIntervalTooSmall || minimum <= t.minimum || t.refusals == maxTooSmall {
		return false
	}
	t.minimum = minimum
	t.refusals++
	return true
}

// armTimer sets the alarms of a session that has just been begun or refreshed.
func (l *leg) armTimer() {
	t := &l.timer
	if t.interval == 0 {
		l.clock.stop(sessionOver)
		if l.server.cfg.Refresh > 0 {
			l.clock.set(refreshNow, l.server.cfg.Refresh)
		}
		return
	}
	l.clock.stop(refreshNow)
	if t.ours {
		l.clock.set(refreshNow, t.interval/2)
	}
	// RFC 4028 §10: the BYE goes a little before the time is over.
	l.clock.set(sessionOver, t.interval-min(32*time.Second, t.interval/3))
}

// expire ends a session that nobody has refreshed.
func (l *leg) expire() {
	if l.phase == up {
		l.vanished("nobody refreshed the session")
	}
}
