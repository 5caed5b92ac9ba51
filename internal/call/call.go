package call

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/inbox"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

// Call is one conversation. It has no goroutine of its own: everything below turn belongs
// to who holds it, for a command (ask), or for news (post), and the news that come
// meanwhile.
type Call struct {
	id            string // serverCallId
	correlationID string
	registry      *Registry
	log           *slog.Logger
	measured      atomic.Bool // read by shards: how loud legs are is measured
	mail          inbox.Inbox[message]
	work          slowWork // dialling, playing, sending: each ends by one message to the call

	turn sync.Mutex // held by who works on the call
	shut bool       // the call is finished: nothing more is done
	// broken: something panicked in a turn, and the call was ended for that.
	broken bool
	over   func(Reason) // told when the call ends, in its turn; nil: nobody waits for that

	answering answersHere // the leg that is to be answered after the turn; nil: none
	held      []func()    // give back the permissions that this message has taken (hold)

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
	kept          int              // who needs the call to stay (keep)
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
	c.rosterPace.Fill(rosterRate)
	c.endpoints, c.connections = c.usual.endpoints[:0], c.usual.connections[:0]
	c.rings, c.decided = c.usual.rings[:0], c.usual.decided[:0]
	c.detail = Detail{ServerCallID: c.id, CorrelationID: c.correlationID, Began: time.Now()}
	c.log = slog.New(r.log.Handler().WithAttrs([]slog.Attr{slog.String("call", c.correlationID)}))
	return c
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
