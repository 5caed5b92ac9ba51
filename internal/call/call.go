package call

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Call is one conversation. Everything below loop belongs to its goroutine.
type Call struct {
	id            string // serverCallId
	correlationID string
	registry      *Registry
	log           *slog.Logger
	mail          *mailbox
	over          chan struct{}  // closed when the goroutine has left
	work          sync.WaitGroup // dialling, playing, sending: each ends by one letter

	// loop
	participants []*participant
	connections  []*Connection
	rings        []*ring // applications that are being asked
	rung         []*ring // decided, their contexts still known
	invitations  map[string]*invitation
	group        bool // more than two ends: it goes on when one leaves
	mix          Mix
	roster       int // version of the list of participants
	ended        bool
	dialling     int // legs that are being started
	limit        *time.Timer
	record       record
	echo         *echo // of a call to an echo number
	detail       Detail
}

func newCall(r *Registry) *Call {
	c := &Call{
		id: newServerCallID(), correlationID: newID(), registry: r,
		mail: newMailbox(), over: make(chan struct{}), invitations: make(map[string]*invitation),
	}
	c.detail = Detail{ServerCallID: c.id, CorrelationID: c.correlationID, Began: time.Now()}
	c.log = r.log.With("call", c.correlationID)
	return c
}

// run is the call's goroutine. It leaves when the call has ended, the last leg
// has reported its end and the last connection has told its application.
func (c *Call) run() {
	defer c.registry.gone(c)
	for !c.finished() {
		<-c.mail.wake
		for _, read := range c.mail.take() {
			read()
		}
	}
	close(c.over)
	c.work.Wait()
	c.tellDetail()
}

func (c *Call) finished() bool {
	if !c.ended || c.dialling > 0 || len(c.connections) > 0 {
		return false
	}
	for _, p := range c.participants {
		if p.leg != nil && !p.legEnded {
			return false
		}
	}
	return true
}

// post queues news. It never blocks.
func (c *Call) post(read func()) { c.mail.put(read) }

// do runs a command on the call's goroutine and returns its answer.
func (c *Call) do(ctx context.Context, command func() error) error {
	answer := make(chan error, 1)
	c.post(func() { answer <- command() })
	select {
	case err := <-answer:
		return err
	case <-c.over:
		select { // the last letters were read before the goroutine left
		case err := <-answer:
			return err
		default:
			return errCallNotFound()
		}
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// after posts a letter when a time has passed, unless the timer is stopped.
func (c *Call) after(d time.Duration, read func()) *time.Timer {
	return time.AfterFunc(d, func() { c.post(read) })
}

// sound returns the call's mix, made when first needed.
func (c *Call) sound() Mix {
	if c.mix == nil {
		c.mix = c.registry.cfg.Mixes.NewMix(SampleRate)
	}
	return c.mix
}

// publish hands an event to the publisher.
func (c *Call) publish(e Event) { c.registry.cfg.Publisher.Publish(e) }

// bounded ends the call when it has lasted for the longest time that is allowed.
func (c *Call) bounded() {
	if c.limit == nil {
		c.limit = c.after(c.registry.cfg.MaxDuration, func() {
			c.finish(Reason{Kind: EndedByPeer, Text: "the call reached its longest duration"}, nil)
		})
	}
}
