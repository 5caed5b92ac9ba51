package eventgrid

import "github.com/switchhook/switchhook/internal/identifier"

// CallStarted says that a call has begun. Only users' calls raise it: no event
// of this sort is about phone numbers, bots or Teams users.
type CallStarted struct {
	CallFacts
}

// CallStarted publishes the event and returns how many subscriptions take it.
// It only queues.
func (g *Grid) CallStarted(in CallStarted) (matched int) { return g.publish(in.event()) }

func (in CallStarted) event() event {
	return event{
		id:      identifier.NewGUID(),
		kind:    typeCallStarted,
		subject: in.subject() + "/startedBy/" + in.StartedBy.ID.Raw(),
		at:      in.At,
		call:    in.ServerCallID,
		data:    in.data(),
	}
}
