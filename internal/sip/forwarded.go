package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// reportForward tells the call whom a user's telephone wants called in its place, where it
// answers so (RFC 3261 §21.3). A trunk is not followed: calls that it sends on are at the
// cost of whoever pays for a route, and nobody has permitted them.
func (l *leg) reportForward(response *sip.Response) {
	if l.user == "" || l.leaving != nil || response.StatusCode < 300 || response.StatusCode > 302 {
		return
	}
	to, err := header.ForwardedTo(response, l.callee)
	if err != nil {
		l.log.Warn("phone forwards its call to nobody", "answer", response.StartLine(), "reason", err)
		return
	}
	want := call.ForwardWanted{To: to}
	want.CallerID, want.IssuedBy = l.server.credentialOf(l.user)
	l.reports.report(want)
}
