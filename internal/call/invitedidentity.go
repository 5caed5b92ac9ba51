package call

import "github.com/switchhook/switchhook/internal/identifier"

// invitedIdentity is an identity that is invited into a call, for whom a ring waits.
type invitedIdentity struct {
	call    *Call
	wait    patience
	join    *join
	current *invited // whom the invitation is to, after redirections
}

func (i *invitedIdentity) answered(r *ring, _ identifier.ID, control Control) Properties {
	conn := i.call.openAnswer(r.invitation, identifier.ID{}, control)
	made := conn.made
	i.call.joinApplication(conn.self)
	i.call.limitDuration()
	conn.connected()
	i.join.up(conn.self)
	return made
}

func (i *invitedIdentity) pickedUp(e *endpoint) {
	i.call.limitDuration()
	i.join.up(e)
}

func (i *invitedIdentity) redirected(in Invitation, _ identifier.ID) {
	next := i.call.invite(in, i.wait, i.join)
	i.current.who, i.current.abort = next.who, next.abort
}

func (i *invitedIdentity) failed(why Reason) { i.join.down(nil, why) }
