package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// What follows are abilities that not every leg has. A leg has one by implementing
// it; whoever needs it asks for it by a type assertion.

// Referring is a leg whose far end may be asked to call somebody else by itself
// and to leave us (SIP's REFER).
type Referring interface {
	// Refer asks the far end to call in.To, and waits for the outcome for as long
	// as patience. It returns at once; told hears exactly once what came of it
	// in the end, from any goroutine, and must not block.
	Refer(in Invitation, patience time.Duration, told func(Referral))
}

// Wideband is a leg's Port that knows its rate, in Hz: a call rises to WideRate
// with the first that has it.
type Wideband interface{ SampleRate() int }

// Identified is a leg that knows what the far end calls itself (SIP's User-Agent);
// "" where it did not say.
type Identified interface{ UserAgent() string }

// Named is a leg whose far end says what it wants to be called in the call; "" where it
// does not say.
type Named interface{ DisplayName() string }

// RosterFollower is a leg whose far end is shown who is in the call. It is told
// whenever the list changes while the leg is in it. It must not block.
type RosterFollower interface{ FollowRoster(*Roster) }

// SeatFollower is a leg whose far end is told where it sits: once it is in a call, and
// whenever something of that changes. It must not block.
type SeatFollower interface{ FollowSeat(Seat) }

// SpeakersFollower is a leg whose far end is told who speaks: those who speak now, and
// those who spoke most lately, the loudest first. It must not block.
type SpeakersFollower interface {
	FollowSpeakers(speaking, dominant []identifier.ID)
}

// TransferFollower is a leg whose far end is told that whoever it talked to has handed it
// over to somebody else, who has answered. It must not block.
type TransferFollower interface{ FollowTransfer(to identifier.ID) }

// MuteFollower is a leg whose far end is shown that others have muted it. It must
// not block.
type MuteFollower interface{ FollowMute(muted bool) }
