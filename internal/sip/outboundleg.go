package sip

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
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
	rang       bool             // Ringing was reported: it must not ring elsewhere
	early      earlyAnswers
}

// inviteState is how far an INVITE of ours has come:
//
//	calling → provisional → canceling
//
// A CANCEL waits for a provisional response (RFC 3261 §9.1).
type inviteState uint8

const (
	inviteCalling inviteState = iota
	inviteProvisional
	inviteCanceling
)

// inviting is one INVITE under way: all that its transaction refers to when the leg is
// gone.
type inviting struct {
	request *sip.Request
	account *trunk.Trunk // whose credentials branches that are hung up may ask for; nil for a telephone
	cseq    uint32
	state   inviteState
	rseq    map[string]uint32 // of each branch's ringing that we acknowledged (RFC 3262)

	mu  sync.Mutex // retransmissions come on the goroutine that reads them
	tag string     // of the branch that was answered
	ack *sip.Request
}

// invite sends the INVITE to the present address of the leg's peer.
func (l *leg) invite() {
	d, address := &l.dialog, l.out.place.Addr()
	d.source = l.out.place
	d.contact = l.server.contact(d.local.uri.User, d.transport, address)
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
	if l.hasAlternative() {
		l.timers.start(timerNoReply, l.server.cfg.TrunkPatience)
	}
	l.transact(request, attempt, func(response *sip.Response, err error) { l.inviteAnswered(attempt, response, err) })
}

// inviteAnswered takes a response to an INVITE of ours, or its failure.
func (l *leg) inviteAnswered(attempt *inviting, response *sip.Response, err error) {
	switch {
	case attempt != l.out.invite || l.phase != early:
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
		l.failed(reasonOf(response), failsOver(response.StatusCode))
	}
}

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
	if !l.out.rang {
		l.out.rang = true
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

// unreachable ends an attempt whose INVITE was not answered or not sent.
func (l *leg) unreachable(err error) {
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

// acknowledge sends the ACK of a 2xx to an INVITE of ours, and keeps it for the repetitions
// of that (RFC 3261 §13.2.2.4).
func (l *leg) acknowledge(attempt *inviting, response *sip.Response) {
	attempt.keepACK(header.ToTag(response), l.writeACK(attempt.request))
}

// keepACK keeps the ACK of the branch that was answered.
func (a *inviting) keepACK(tag string, ack *sip.Request) {
	a.mu.Lock()
	a.tag, a.ack = tag, ack
	a.mu.Unlock()
}

// repeatedAnswer takes a 2xx after the first: the same once more, because our ACK got
// lost, or one of another branch of a fork.
func (a *inviting) repeatedAnswer(s *Server, response *sip.Response) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.ack == nil: // the leg is about to
	case header.ToTag(response) == a.tag:
		s.write(a.ack)
	default:
		s.endBranch(response, a)
	}
}
