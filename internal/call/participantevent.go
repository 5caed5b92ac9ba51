package call

import "github.com/switchhook/switchhook/internal/identifier"

// What becomes of those who are in the call, or are to come.
type (
	// AddParticipantSucceeded says that somebody joined.
	AddParticipantSucceeded struct {
		Head
		Who identifier.ID
	}
	// AddParticipantFailed says that somebody did not join.
	AddParticipantFailed struct {
		Head
		Who    identifier.ID
		Reason Reason
	}
	// CancelAddParticipantSucceeded says that an invitation was called off in time.
	// It ends the add as well, where the same connection had asked for it.
	CancelAddParticipantSucceeded struct {
		Head
		InvitationID string
		Who          identifier.ID
		Add          Operation // that it ends; zero where another connection hears of its own
	}
	// CancelAddParticipantFailed says that it was too late to call an invitation off.
	CancelAddParticipantFailed struct {
		Head
		InvitationID string
		Reason       Reason
	}
	// RemoveParticipantSucceeded says that somebody was taken out.
	RemoveParticipantSucceeded struct {
		Head
		Who identifier.ID
	}
	// RemoveParticipantFailed says that somebody could not be taken out.
	RemoveParticipantFailed struct {
		Head
		Who    identifier.ID
		Reason Reason
	}
	// MoveParticipantSucceeded says that somebody came over from another call.
	MoveParticipantSucceeded struct {
		Head
		Who  identifier.ID
		From string // callConnectionId of the other call
	}
	// MoveParticipantFailed says that somebody did not come over.
	MoveParticipantFailed struct {
		Head
		Who    identifier.ID
		From   string
		Reason Reason
	}
	// CallTransferAccepted says that the target answered.
	CallTransferAccepted struct {
		Head
		Target, Transferee identifier.ID
	}
	// CallTransferFailed says that the target did not answer; the call goes on.
	CallTransferFailed struct {
		Head
		Reason Reason
	}
)
