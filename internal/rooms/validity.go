package rooms

import (
	"crypto/rand"
	"math/big"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// longestValidity is how long a room may be valid, and is by default.
const longestValidity = 180 * 24 * time.Hour

// validity is the time of a room in a request. What is absent or null does not change.
type validity struct {
	ValidFrom  *string `json:"validFrom"`
	ValidUntil *string `json:"validUntil"`
}

// set gives a new room its time, if any of it is given.
func (v validity) set(room *Room, now time.Time) error {
	if v.ValidFrom == nil && v.ValidUntil == nil {
		return nil
	}
	if err := v.read(room); err != nil {
		return err
	}
	return checkValidity(room.From, room.Until, now)
}

// change gives a room another time. The message is the real service's, which takes its beginning
// and its end together.
func (v validity) change(room *Room, now time.Time) error {
	next := *room
	if err := v.read(&next); err != nil {
		return err
	}
	if (v.ValidFrom == nil) != (v.ValidUntil == nil) {
		return rest.Detail("BadArgument", rest.Literal(fault.Invalid("validFrom and validUntil should be set together.")))
	}
	return v.set(room, now)
}

// read reads the times that are given.
func (v validity) read(room *Room) error {
	if err := instant("ValidFrom", v.ValidFrom, &room.From); err != nil {
		return err
	}
	return instant("ValidUntil", v.ValidUntil, &room.Until)
}

// tick is the resolution of times, as on the real service and in .NET.
const tick = 100 * time.Nanosecond

// instant reads a time of RFC 3339, to the tick; nil changes nothing.
func instant(field string, text *string, into *time.Time) error {
	if text == nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, *text)
	if err != nil {
		return rest.Field(field, fault.Invalid("%.60q is not a time such as 2026-11-30T12:00:00Z.", *text))
	}
	*into = at.UTC().Truncate(tick)
	return nil
}

// checkValidity checks the time of a room. The messages, and the code in the details, are
// the real service's.
func checkValidity(from, until, now time.Time) error {
	field, wrong := "ValidUntil", ""
	switch {
	case from.Sub(now) > longestValidity:
		field, wrong = "ValidFrom", "Value is incorrect or more than 180 days in the future."
	case !until.After(now):
		wrong = "The time range end is in the past."
	case !until.After(from), until.Sub(from) > longestValidity:
		wrong = "The time range is incorrect, or larger than 180 days."
	default:
		return nil
	}
	return rest.Detail("BadArgument", rest.Field(field, fault.Invalid("%s", wrong)))
}

// Ids have 17 digits, of which the first two are always the same, as on the real
// service; ids of 16 digits have been seen.
const (
	idPrefix   = "99"
	idDigits   = 17
	idShortest = 16
)

// newID makes an id that cannot be guessed: there are 10^15.
func newID() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1e15))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	digits := n.String()
	id := []byte(idPrefix + "000000000000000")
	copy(id[idDigits-len(digits):], digits)
	return string(id)
}

// checkID refuses what no room is called, as the service does.
func checkID(id string) error {
	if len(id) < idShortest || len(id) > idDigits {
		return rest.Field("roomId", fault.Invalid("Invalid room ID length."))
	}
	for _, c := range id {
		if c < '0' || c > '9' {
			return rest.Field("roomId", fault.Invalid("Invalid room ID."))
		}
	}
	return nil
}
