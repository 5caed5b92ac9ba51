package call

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Add is somebody whom an application wants in its call.
type Add struct {
	Who         identifier.ID
	CallerID    identifier.ID // the number shown to a phone; needed to add one
	DisplayName string
	SIPHeaders  map[string]string
	VoIPHeaders map[string]string
	By          string        // who asks, as package permit names askers
	Patience    time.Duration // how long it may ring; 0: the default for its kind
	Context     Context
}

// invitation is an add under way, which can be canceled by its id.
type invitation struct {
	*invited
	op *operation
}

// maxInvitations bounds the adds under way in one call.
const maxInvitations = 100

// Add invites somebody into the call and returns the id of the invitation. A
// call of two ends becomes a group.
func (c *Connection) Add(ctx context.Context, add Add) (invitationID string, err error) {
	err = c.whenConnected(ctx, func() error {
		if err := checkTarget(add.Who, add.CallerID, c.call.registry.cfg.Resource); err != nil {
			return err
		}
		if c.call.find(add.Who) != nil {
			return fault.Conflict("%s is in the call already.", add.Who).WithCode("8519")
		}
		if err := c.call.roomFor(1); err != nil {
			return err
		}
		if len(c.call.invitations) >= maxInvitations {
			return fault.Busy(5*time.Second, "%d people are being invited into this call already", maxInvitations)
		}
		in := c.addInvitation(add)
		if err := c.call.registry.permit(&in); err != nil {
			return err
		}
		invitationID = c.add(add, in)
		return nil
	})
	return invitationID, err
}

// addInvitation is the application calling somebody in.
func (c *Connection) addInvitation(add Add) Invitation {
	in := Invitation{From: c.self.id, To: add.Who, DisplayName: add.DisplayName, SIPHeaders: add.SIPHeaders, VoIPHeaders: add.VoIPHeaders, Added: true, By: add.By}
	if add.Who.Kind() == identifier.PhoneNumber {
		in.From = add.CallerID
	}
	return in
}

func (c *Connection) add(add Add, in Invitation) string {
	call, id := c.call, newID()
	op := c.expect(AddOperation, add.Who.Raw(), add.Context, func(op *operation) Event {
		return AddParticipantFailed{op.head(), add.Who, Reason{Kind: Canceled, Text: "the application left the call"}}
	})
	wait := call.registry.patience(add.Who)
	if add.Patience != 0 {
		wait = patience{add.Patience, add.Patience}
	}
	call.group = true
	inv := &invitation{op: op}
	call.invitations[id] = inv
	inv.invited = call.invite(in, wait, &joining{
		up: func(*participant) {
			delete(call.invitations, id)
			c.settle(op, AddParticipantSucceeded{op.head(), add.Who})
			call.tellRoster()
		},
		down: func(_ *participant, why Reason) {
			delete(call.invitations, id)
			c.settle(op, AddParticipantFailed{op.head(), add.Who, why})
			call.endIfDeserted(why)
		},
	})
	return id
}

// MaxParticipants bounds a call, those on the way in included (ACS: 350).
const MaxParticipants = 350

// roomFor refuses more participants than a call may have.
func (c *Call) roomFor(more int) error {
	crowd := len(c.rings) + more
	for _, p := range c.participants {
		if !p.hidden && !p.legEnded {
			crowd++
		}
	}
	if crowd > MaxParticipants {
		return fault.Invalid("A call has %d participants at most; this one has no room for %d more.", MaxParticipants, more).WithCode("8585")
	}
	return nil
}

// endIfDeserted ends a call in which nobody is left to talk to.
func (c *Call) endIfDeserted(why Reason) {
	if !c.ended && c.deserted() {
		c.finish(why, nil)
	}
}

// CancelAdd calls off an invitation that was not accepted yet. It always has an
// event of its own: Succeeded, or Failed where it came too late. Succeeded is the
// end of the connection's own add as well; another connection's add fails.
func (c *Connection) CancelAdd(ctx context.Context, invitationID string, what Context) error {
	return c.whenConnected(ctx, func() error {
		op := c.expect(CancelAddOperation, invitationID, what, func(op *operation) Event {
			return CancelAddParticipantFailed{op.head(), invitationID, Reason{Kind: Canceled, Text: "the application left the call"}}
		})
		inv := c.call.invitations[invitationID]
		if inv == nil {
			c.settle(op, CancelAddParticipantFailed{op.head(), invitationID, Reason{Kind: NotFound, Text: "the invitation was already accepted, declined or canceled"}})
			return nil
		}
		delete(c.call.invitations, invitationID)
		end := CancelAddParticipantSucceeded{Head: op.head(), InvitationID: invitationID, Who: inv.who}
		if c.withdraw(inv.op) { // the service tells no AddParticipantFailed beside it
			end.Add = inv.op.Operation
		}
		c.settle(op, end)
		inv.abort(Reason{Kind: Canceled, Text: "the invitation was canceled"})
		return nil
	})
}
