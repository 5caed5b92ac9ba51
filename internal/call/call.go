package call

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/inbox"
	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/stack"
)

// Call is one conversation. Everything below loop belongs to its goroutine.
type Call struct {
	id            string // serverCallId
	correlationID string
	registry      *Registry
	log           *slog.Logger
	measured      atomic.Bool // read by shards: how loud legs are is measured
	mail          inbox.Inbox[message]
	work          sync.WaitGroup // dialling, playing, sending: each ends by one message to the goroutine

	// loop
	endpoints     []*endpoint // in the order in which they were asked to come
	connections   []*Connection
	rings         []*ring    // that nobody has decided yet
	decided       []*ring    // whose contexts are still known
	invitees      []*invitee // on the way in, the first to be invited first
	invitations   map[string]*invitation
	kind          kind
	dialsOut      bool    // of a room: phone numbers may be called
	joinable      bool    // clients may join it by its name, and wait there alone
	connectedTo   bool    // an application has connected to it, once at least
	lastLeft      *Reason // why the call waits for those on the way in alone; nil: it does not
	rosterOwed    bool    // applications are told of the roster soon
	ended         bool
	roomList      map[string]Role // of a room: what its list said last, by raw id; nil: nothing yet
	groupID       string          // under which clients join; "" for none
	roomID        string
	speakers      *speakers // what was told of who speaks; nil while nobody wants to know
	names         []name
	mix           Mix
	rosterVersion int
	rosterPace    ratelimit.Bucket // of tellApplications
	shown         *Roster          // to legs that follow it, the last
	lastStream    int              // the id of the stream of pictures that came last
	walk          int              // counts walks over the endpoints
	kept          int              // who needs the goroutine to stay (keep)
	limit         *time.Timer
	record        record
	echo          *echo // of a call to an echo number
	detail        Detail
	recording     *callRecording // that goes on, or is being started; nil: none
	captions      *captions      // that go on; nil: none

	// usual has room for what most calls have.
	usual struct {
		endpoints      [2]*endpoint
		connections    [1]*Connection
		rings, decided [1]*ring
	}
}

func newCall(r *Registry) *Call {
	c := &Call{id: newServerCallID(), correlationID: newID(), registry: r}
	c.mail.Init()
	c.rosterPace.Fill(rosterRate)
	c.endpoints, c.connections = c.usual.endpoints[:0], c.usual.connections[:0]
	c.rings, c.decided = c.usual.rings[:0], c.usual.decided[:0]
	c.detail = Detail{ServerCallID: c.id, CorrelationID: c.correlationID, Began: time.Now()}
	c.log = slog.New(r.log.Handler().WithAttrs([]slog.Attr{slog.String("call", c.correlationID)}))
	return c
}

// run is the call's goroutine. It leaves when the call has ended, the last leg
// has reported its end and the last connection has told its application.
func (c *Call) run() {
	stack.Grow()
	defer c.registry.gone(c)
	for !c.finished() {
		<-c.mail.Wake()
		for m := range c.mail.Take {
			m.read()
		}
	}
	c.mail.Seal()
	for m := range c.mail.Take { // they find a call that has ended
		m.read()
	}
	c.work.Wait()
	c.publishDetail()
}

func (c *Call) finished() bool {
	if !c.ended || c.kept > 0 || len(c.connections) > 0 {
		return false
	}
	for _, e := range c.endpoints {
		if e.leg != nil && e.stage != gone {
			return false
		}
	}
	return true
}

// keep makes the call's goroutine stay for a message that will come, even where the
// call ends before it. The message calls release, once.
func (c *Call) keep() (release func()) {
	c.kept++
	return func() { c.kept-- }
}

// message is what a call's goroutine is to do, or a report of a leg, which needs no function
// of its own.
type message struct {
	do     func()
	leg    *endpoint // whose report it is; nil where there is something to do
	report Report
}

func (m message) read() {
	if m.leg != nil {
		m.leg.read(m.report)
		return
	}
	m.do()
}

// post queues news. It never blocks. It returns false, and the news is dropped,
// where the call's goroutine has left.
func (c *Call) post(read func()) bool { return c.mail.Put(message{do: read}) }

// ask runs a command on the call's goroutine and returns its answer. The command
// either runs to its end, and ask returns what it returned, or does not run at
// all: the call is over, or ctx was done before the command was queued. Its wait
// does not depend on ctx: the goroutine touches memory alone and never blocks, and
// a command that nobody waited for would still change the call.
func ask[T any](ctx context.Context, c *Call, command func() (T, error)) (answer T, err error) {
	if ctx.Err() != nil {
		return answer, context.Cause(ctx)
	}
	var got reply[T]
	got.there.Add(1)
	if !c.post(func() { got.value, got.err = command(); got.there.Done() }) {
		return answer, errCallOver()
	}
	got.there.Wait()
	return got.value, got.err
}

// reply is what a command will have returned.
type reply[T any] struct {
	value T
	err   error
	there sync.WaitGroup
}

// do is ask for a command that has nothing to return.
func (c *Call) do(ctx context.Context, command func() error) error {
	_, err := ask(ctx, c, func() (struct{}, error) { return struct{}{}, command() })
	return err
}

// after posts a message when a time has passed, unless the timer is stopped.
func (c *Call) after(d time.Duration, read func()) *time.Timer {
	return time.AfterFunc(d, func() { c.post(read) })
}

// afterFor is after for a method of what the message is for: no value of it is made before.
func afterFor[T any](c *Call, d time.Duration, what *T, read func(*T)) *time.Timer {
	return time.AfterFunc(d, func() { c.post(func() { read(what) }) })
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

// limitDuration ends the call when it has lasted for the longest time that is allowed.
func (c *Call) limitDuration() {
	if c.limit == nil {
		c.limit = afterFor(c, c.registry.cfg.MaxDuration, c, (*Call).lastedTooLong)
	}
}

func (c *Call) lastedTooLong() {
	c.finish(Reason{Kind: EndedByPeer, Text: "the call reached its longest duration"}, nil)
}

// info logs a fact of the call. Its attributes are put together only where somebody reads
// them.
func (c *Call) info(fact string, attributes ...slog.Attr) {
	c.log.LogAttrs(context.Background(), slog.LevelInfo, fact, attributes...)
}
