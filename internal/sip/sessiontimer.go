package sip

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
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

// sessionExpires reads Session-Expires: zero where there is none that can be read.
func sessionExpires(message sip.Message) (interval time.Duration, refresher string) {
	number, params, _ := strings.Cut(firstOf(message, "Session-Expires"), ";")
	for _, param := range strings.Split(params, ";") {
		if name, who, _ := strings.Cut(param, "="); strings.EqualFold(strings.TrimSpace(name), "refresher") {
			refresher = strings.ToLower(strings.TrimSpace(who))
		}
	}
	return deltaSeconds(number), refresher
}

// firstOf returns the first value of a header, "" where there is none.
func firstOf(message sip.Message, name string) string {
	if values := headersOf(message, name); len(values) > 0 {
		return values[0]
	}
	return ""
}

// minSE reads Min-SE.
func minSE(message sip.Message) time.Duration {
	number, _, _ := strings.Cut(firstOf(message, "Min-SE"), ";")
	return deltaSeconds(number)
}

func deltaSeconds(text string) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
	if err != nil {
		return 0
	}
	return min(time.Duration(n)*time.Second, maxInterval)
}

// tooBrief answers 422 to an interval that is shorter than we want to serve,
// where the peer can understand that.
func (s *Server) tooBrief(request *sip.Request, tx *sip.ServerTx) bool {
	interval, _ := sessionExpires(request)
	if interval == 0 || interval >= s.cfg.MinSession || !supports(request, "timer") {
		return false
	}
	s.respond(request, tx, statusIntervalTooSmall, "Session Interval Too Small", sip.NewHeader("Min-SE", seconds(s.cfg.MinSession)))
	return true
}

// grantTimer takes what the peer's request wants of the session's timer and
// returns the headers of our 2xx (RFC 4028 §9).
func (l *leg) grantTimer(request *sip.Request) []sip.Header {
	t, asked, refresher := &l.timer, time.Duration(0), ""
	asked, refresher = sessionExpires(request)
	t.known, t.update = supports(request, "timer"), names(request, "Allow", "UPDATE")
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
	if asked != 0 && (asked < t.interval || minSE(request) > t.interval) {
		t.interval = asked
	}
	who, headers := "uac", []sip.Header(nil)
	if t.ours {
		who = "uas"
	} else {
		headers = append(headers, sip.NewHeader("Require", "timer"))
	}
	return append(headers, sip.NewHeader("Session-Expires", seconds(t.interval)+";refresher="+who))
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
	value := seconds(max(interval, t.minimum))
	if l.phase == up { // roles stay as they are
		if t.ours {
			value += ";refresher=uac"
		} else {
			value += ";refresher=uas"
		}
	}
	list = append(list, sip.NewHeader("Session-Expires", value))
	if t.minimum > 0 {
		list = append(list, sip.NewHeader("Min-SE", seconds(t.minimum)))
	}
	return list
}

// takeTimer reads what a 2xx to a request of ours grants (RFC 4028 §7.2).
func (l *leg) takeTimer(response *sip.Response) {
	interval, refresher := sessionExpires(response)
	l.timer.interval, l.timer.ours = interval, refresher != "uas"
	l.timer.known = supports(response, "timer")
	if len(tokens(response, "Allow")) > 0 {
		l.timer.update = names(response, "Allow", "UPDATE")
	}
}

// longer takes a 422: it returns false where asking again makes no sense.
func (t *sessionTimer) longer(response *sip.Response) bool {
	minimum := minSE(response)
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
