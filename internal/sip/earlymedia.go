package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// earlyMedia is whether there is sound before a call is answered:
//
//	none → wanted → open
//
// wanted is the call's wish that the caller hears it, until a 183 may be sent;
// open was reported. The sound of a phone that we call opens it at once.
type earlyMedia uint8

const (
	earlyMediaNone earlyMedia = iota
	earlyMediaWanted
	earlyMediaOpen
)

// Progress lets a caller hear the call before it is answered.
func (l *leg) Progress() { l.post(l.sendProgress) }

// TakeEarly gives the session to the call before the leg is answered.
func (l *leg) TakeEarly() bool { return l.sessionTaken.CompareAndSwap(false, true) }

// sendProgress sends 183 with our description: one for the whole call, and reliably
// where the caller requires that (RFC 3262). A caller who has made no offer can
// hear nothing before it has answered ours.
func (l *leg) sendProgress() {
	if l.phase != early || l.in == nil || l.earlyMedia == earlyMediaOpen {
		return
	}
	if l.timers.isRunning(timerRing) { // before the sound, or never
		l.timers.stop(timerRing)
		l.sendRinging()
	}
	l.earlyMedia = earlyMediaWanted
	r := l.in.reliable
	switch {
	case r != nil && r.state != reliableAcknowledged: // RFC 3262 §3: one after the other
		return
	case l.in.offer == nil && (r == nil || r.sdp != sdpOffer):
		return
	case l.in.offer == nil: // the PRACK has settled it
		l.openEarlyMedia()
		return
	}
	body, err := l.reply(l.in.offer)
	if err != nil {
		l.log.Debug("early media was not offered to the caller", "error", err)
		return
	}
	response := transaction.Response(l.in.request, sip.StatusSessionInProgress, "Session Progress")
	response.AppendHeader(&sip.ContactHeader{Address: *l.dialog.contact.Clone()})
	withDescription(response, body)
	if header.HasToken(l.in.request, "Require", "100rel") {
		l.sendReliably(response, sdpAnswer)
	} else {
		l.server.send(response, l.in.tx)
	}
	l.openEarlyMedia()
}

// openEarlyMedia reports, once, that there is sound before the answer.
func (l *leg) openEarlyMedia() {
	if l.earlyMedia != earlyMediaOpen {
		l.earlyMedia = earlyMediaOpen
		l.reports.report(call.EarlySound{})
	}
}
