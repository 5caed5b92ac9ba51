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
	return askConnected(ctx, c, func() (string, error) {
		add.Who = c.call.registry.normal(add.Who)
		if err := checkTarget(add.Who, add.CallerID, c.call.registry.cfg.Resource); err != nil {
			return "", err
		}
		if c.call.kind == room && !c.call.dialsOut && add.Who.Kind() == identifier.PhoneNumber {
			return "", errNoDialOut()
		}
		if err := c.call.checkAbsent(add.Who); err != nil {
			return "", err
		}
		if err := c.call.roomFor(1); err != nil {
			return "", err
		}
		if len(c.call.invitations) >= maxInvitations {
			return "", fault.Busy(5*time.Second, "%d people are being invited into this call already", maxInvitations)
		}
		in := c.addInvitation(add)
		if err := c.call.permit(&in, c.call.registry.permit); err != nil {
			return "", err
		}
		return c.add(add, in), nil
	})
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
	op := c.begin(work{kind: AddOperation, what: add.Context, who: add.Who})
	wait := call.registry.patience(add.Who)
	if add.Patience != 0 {
		wait = patience{add.Patience, add.Patience}
	}
	call.becomeGroup()
	inv := &invitation{op: op}
	if call.invitations == nil {
		call.invitations = make(map[string]*invitation)
	}
	call.invitations[id] = inv
	inv.invited = call.expect(in, wait, &join{
		up: func(e *endpoint) {
			delete(call.invitations, id)
			call.letStay(e)
			op.end(AddParticipantSucceeded{op.head(), add.Who})
			call.tellRoster()
		},
		down: func(_ *endpoint, why Reason) {
			delete(call.invitations, id)
			op.end(AddParticipantFailed{op.head(), add.Who, why})
			call.notCome(why)
		},
	})
	return id
}

// MaxParticipants bounds a call, those on the way in included (ACS: 350).
const MaxParticipants = 350

// roomFor refuses more participants than a call may have.
func (c *Call) roomFor(more int) error {
	crowd := len(c.rings) + more
	for _, e := range c.endpoints {
		if e.place != inControl && e.stage != gone {
			crowd++
		}
	}
	if crowd > MaxParticipants {
		return CallFull.because("A call has %d participants at most; this one has no room for %d more.", MaxParticipants, more)
	}
	return nil
}

// IsInvited reports whether an invitation can still be called off.
func (c *Connection) IsInvited(ctx context.Context, invitationID string) bool {
	is, err := askConnected(ctx, c, func() (bool, error) { return c.call.invitations[invitationID] != nil, nil })
	return err == nil && is
}

// CancelAdd calls off an invitation that was not accepted yet. It always has an
// event of its own: Succeeded, or Failed where it came too late. Succeeded is the
// end of the connection's own add as well; another connection's add fails.
func (c *Connection) CancelAdd(ctx context.Context, invitationID string, what Context) error {
	return c.whenConnected(ctx, func() error {
		op := c.begin(work{kind: CancelAddOperation, what: what, invitation: invitationID})
		inv := c.call.invitations[invitationID]
		if inv == nil {
			op.end(CancelAddParticipantFailed{op.head(), invitationID, Reason{Kind: NotFound, Text: "the invitation was already accepted, declined or canceled"}})
			return nil
		}
		delete(c.call.invitations, invitationID)
		end := CancelAddParticipantSucceeded{Head: op.head(), InvitationID: invitationID, Who: inv.who}
		if inv.op.conn == c && inv.op.withdraw() { // the service tells no AddParticipantFailed beside it
			end.Add = inv.op.Operation
		}
		op.end(end)
		inv.abort(Reason{Kind: Canceled, Text: "the invitation was canceled"})
		return nil
	})
}
