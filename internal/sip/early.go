package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// Progress lets a caller hear the call before it is answered.
func (l *leg) Progress() { l.box.Put(l.letHear) }

// TakeEarly gives the session to the call before the leg is answered.
func (l *leg) TakeEarly() bool { return l.taken.CompareAndSwap(false, true) }

// letHear sends 183 with our description: one for the whole call, and reliably
// where the caller requires that (RFC 3262). A caller who has made no offer can
// hear nothing before it has answered ours.
func (l *leg) letHear() {
	if l.phase != early || l.in == nil || l.sounds {
		return
	}
	l.in.hearing = true
	r := l.in.reliably
	switch {
	case r != nil && !r.received: // RFC 3262 §3: one after the other
		return
	case l.in.offer == nil && (r == nil || !r.offered):
		return
	case l.in.offer == nil: // the PRACK has settled it
		l.soundsNow()
		return
	}
	body, err := l.reply(l.in.offer)
	if err != nil {
		l.log.Debug("caller cannot hear the call yet", "error", err)
		return
	}
	response := sip.NewResponseFromRequest(l.in.request, sip.StatusSessionInProgress, "Session Progress", nil)
	response.AppendHeader(&sip.ContactHeader{Address: *l.dialog.contact.Clone()})
	response.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	response.SetBody(body)
	if header.HasToken(l.in.request, "Require", "100rel") {
		l.sendReliably(response, false)
	} else {
		l.server.send(response, l.in.tx)
	}
	l.soundsNow()
}

// soundsNow reports, once, that there is sound before the answer.
func (l *leg) soundsNow() {
	if !l.sounds {
		l.sounds = true
		l.tell.report(call.EarlySound{})
	}
}
