package sip

import (
	"net/netip"

	"github.com/emiago/sipgo/sip"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// outbound is the client side of a leg's INVITE, until the leg is up.
type outbound struct {
	invitation call.Invitation
	number     string           // that is dialled over trunks
	trunks     []*trunk.Trunk   // still to try
	places     []netip.AddrPort // of the present trunk, still to try
	place      netip.AddrPort   // the present one
	path       []sip.Uri        // proxies on the way to a telephone (RFC 3327), the nearest first
	invite     *inviting        // the attempt under way; nil while a name is looked up
	auth       *authorization   // of the INVITE to the present trunk
	emergency  bool             // it is for an emergency service
	told       bool             // Ringing was reported
	rang       bool             // somebody was rung, or the peer heard: it must not ring elsewhere
	reused     bool             // the connection that carries the INVITE had been open before
	early      earlyAnswers
}

// invite sends the INVITE to the present address of the leg's peer.
func (l *leg) invite() {
	d, address := &l.dialog, l.out.place.Addr()
	d.source = l.out.place
	d.contact = l.server.contactIn(d, isSIPS(&d.target), address)
	host := l.server.ownHost(l.terms.shown, d.transport, address)
	if d.local.uri.Host == "" {
		d.local.uri.Host = host
	}
	d.routes = l.initialRoutes(l.out.place)
	body, err := l.reply(nil)
	if err != nil {
		l.failed(call.Reason{Kind: call.Failed, Text: err.Error()}, false)
		return
	}
	d.localSeq++
	via := l.server.via(d.transport, address)
	via.Params.Add("branch", l.server.tags.branch(header.User(&d.target)))
	request := d.request(sip.INVITE, d.localSeq, via)
	if hops := l.out.invitation.Hops; hops > 0 {
		left := sip.MaxForwardsHeader(min(hops-1, 70))
		request.ReplaceHeader(&left)
	}
	request.AppendHeader(&sip.ContactHeader{Address: *d.contact.Clone()})
	for _, field := range l.headers(host) {
		request.AppendHeader(field)
	}
	for _, field := range l.wantTimer() {
		request.AppendHeader(field)
	}
	request.AppendHeader(l.terms.allow())
	request.AppendHeader(sip.NewHeader("User-Agent", l.server.cfg.UserAgent))
	request.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	request.SetBody(body)
	request.SetDestination(l.out.place.String())
	if l.out.auth == nil {
		l.out.auth = l.credentials.authorize()
	}
	l.out.auth.sign(request)
	if l.tooLarge(request) {
		l.out.auth.withdraw()
		l.overTCP()
		return
	}
	attempt := &inviting{request: request, cseq: d.localSeq, account: l.trunk}
	l.out.invite = attempt
	if l.hasAlternative() || l.isOverTCP() {
		l.timers.start(timerNoReply, l.server.cfg.TrunkPatience)
	}
	l.transact(request, netip.AddrPort{}, attempt, func(response *sip.Response, err error) { l.inviteAnswered(attempt, response, err) })
}

// inviteAnswered takes a response to an INVITE of ours, or its failure.
func (l *leg) inviteAnswered(attempt *inviting, response *sip.Response, err error) {
	switch {
	case !l.isUnderWay(attempt) || l.phase != early:
		l.lateResponse(attempt, response)
	case err != nil:
		l.unreachable(err)
	case response.IsProvisional():
		l.inviteProgress(attempt, response)
	case l.leaving == nil && l.out.auth.again(response):
		l.timers.stop(timerNoReply)
		l.invite()
	case response.IsSuccess():
		l.inviteSucceeded(attempt, response)
	case l.leaving == nil && l.timer.longer(response):
		l.timers.stop(timerNoReply)
		l.invite()
	case l.leaving == nil && l.offersOnlySRTP(response):
		l.timers.stop(timerNoReply)
		l.invite()
	default:
		l.reportForward(response)
		if l.trunk != nil {
			l.server.locator.silent.noteBusy(l.trunk, l.out.place, response)
		}
		l.failed(reasonOf(response), l.out.emergency || failsOver(response.StatusCode))
	}
}

const statusEarlyDialogTerminated = 199

// inviteProgress takes a provisional response.
func (l *leg) inviteProgress(attempt *inviting, response *sip.Response) {
	if attempt.state == inviteCalling {
		attempt.state = inviteProvisional
	}
	l.timers.stop(timerNoReply)
	if l.leaving != nil {
		l.cancelInvite(attempt)
		return
	}
	if response.StatusCode == sip.StatusTrying {
		return
	}
	if !l.sendPRACK(attempt, response) {
		return // again, as our PRACK is on its way
	}
	if response.StatusCode == statusEarlyDialogTerminated { // of a fork that goes on (RFC 6228)
		return
	}
	if response.StatusCode == sip.StatusRinging || describes(response) { // others say that the peer works on it
		l.out.rang = true
	}
	if !l.out.told {
		l.out.told = true
		l.reports.report(call.Ringing{})
	}
	if !describes(response) {
		return
	}
	l.dialog.learn(response)
	if err := l.readEarlyAnswer(response); err != nil {
		l.log.Debug("early media not usable", "error", err)
		return
	}
	l.openEarlyMedia()
}

// inviteSucceeded takes the 2xx, which gets its ACK in any case.
func (l *leg) inviteSucceeded(attempt *inviting, response *sip.Response) {
	l.timers.stop(timerNoReply)
	l.dialog.learn(response)
	tag := l.dialog.remoteTag
	l.answeredTag.Store(&tag)
	l.acknowledge(attempt, response)
	l.product = header.Product(response, "Server", "User-Agent")
	if l.leaving != nil { // it crossed our CANCEL
		l.hangUp()
		return
	}
	l.takeTimer(response)
	l.learnAllow(response)
	err := l.readFinal(response)
	if err != nil {
		l.leaving = &call.Reason{Kind: call.Unsupported, Text: err.Error(), SIP: statusOf(response)}
		l.hangUp()
		return
	}
	l.comeUp()
}
