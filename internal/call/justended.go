package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
)

// endGrace is how long the end of a call may be asked for once somebody else has ended it.
// The service was recorded to answer 204 to the terminate of another connection in the same
// second (tests of Java, add and mute), and 404 to a second one a second later.
const endGrace = time.Second

// maxJustEnded bounds how many of them are known.
const maxJustEnded = 10_000

func newJustEnded() *expiring.Map[string, string] {
	return expiring.New(expiring.Config[string, string]{TTL: endGrace, Entries: maxJustEnded})
}

// ending notes a connection whose call ended without its doing.
func (r *Registry) ending(c *Connection) {
	if c.call.ended && c.closing.Kind != EndedByApplication {
		r.justEnded.Put(c.id, c.call.correlationID, time.Now())
	}
}

// JustEnded reports whether somebody else ended the call of a connection a moment ago, once:
// an application that wants the end of its call at the same time has what it wants.
func (r *Registry) JustEnded(connection string) (correlationID string, ok bool) {
	return r.justEnded.Take(connection, time.Now())
}
