package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Details takes the detail record of each call when the call is over and its
// last leg and connection are gone. It only queues: who has worked on the call last
// tells it.
type Details interface {
	CallOver(Detail)
}

type noDetails struct{}

func (noDetails) CallOver(Detail) {}

// Detail is a call's detail record: who was in, when, over what, how it sounded.
type Detail struct {
	ServerCallID  string
	CorrelationID string
	Began, Ended  time.Time
	From, To      identifier.ID // of the first invitation
	Group         bool
	Why           Reason
	Legs          []LegDetail // in the order in which they ended
	OmittedLegs   int         // beyond maxDetails
	Connections   []ConnectionDetail
}

// LegDetail is one stay of a phone in a call, or the attempt to get it in.
type LegDetail struct {
	Who      identifier.ID
	Inbound  bool      // it called us
	Began    time.Time // when it called or was called, or came from another call
	Answered time.Time // zero where it never was
	Ended    time.Time
	Why      Reason
	Wire     Wire
}

// ConnectionDetail is one application's control of a call.
type ConnectionDetail struct {
	ID             string // callConnectionId
	Origin         OperationKind
	Opened, Closed time.Time
	Why            Reason
}

// Wire is how a leg was carried.
type Wire struct {
	Trunk  string // "" where it went through none
	CallID string // SIP's Call-ID
	// Attestation is what the caller's Identity header says (STIR/SHAKEN), marked
	// as unverified; "" where there was none.
	Attestation string
	Device      string // what the far end calls itself (User-Agent, Server)
	Sound       Sound
}

// Sound is what was measured of a leg's sound. Shares are 0 to 1. The zero value
// is a leg without sound.
type Sound struct {
	Codec             string // as SDP names it
	Protected         bool   // by SRTP
	Sent, Received    uint64 // packets
	Loss, RemoteLoss  float64
	Jitter, MaxJitter time.Duration
	RoundTrip         time.Duration // 0 where none was measured
	Concealed         time.Duration // sound that had to be invented
	MOS, RemoteMOS    float64       // estimates, 1 to 4.5; 0 where there is none
}

// maxDetails bounds what a call remembers of its past, of each kind.
const maxDetails = 1000

// detailInvitation notes who calls whom, the first time.
func (c *Call) detailInvitation(in Invitation) {
	if c.detail.To.IsZero() {
		c.detail.From, c.detail.To = in.From, in.To
	}
}

// detailLeg notes the end of a leg, or that it has moved to another call.
func (c *Call) detailLeg(e *endpoint, wire Wire, why Reason) {
	if len(c.detail.Legs) >= maxDetails {
		c.detail.OmittedLegs++
		return
	}
	c.detail.Legs = append(c.detail.Legs, LegDetail{
		Who: e.id, Inbound: e.inbound, Began: e.began, Answered: e.answered, Ended: time.Now(), Why: why, Wire: wire,
	})
}

// detailConnection notes that an application has heard its last.
func (c *Call) detailConnection(conn *Connection) {
	if len(c.detail.Connections) < maxDetails {
		c.detail.Connections = append(c.detail.Connections, ConnectionDetail{
			ID: conn.id, Origin: conn.origin, Opened: conn.opened, Closed: time.Now(), Why: *conn.closing,
		})
	}
}

// publishDetail gives the record away. A call that never had anybody has none.
func (c *Call) publishDetail() {
	if c.detail.To.IsZero() && len(c.detail.Connections) == 0 && len(c.detail.Legs) == 0 {
		return
	}
	c.detail.Group = !c.kind.endsWhenOneLeaves()
	c.registry.cfg.Details.CallOver(c.detail)
}
