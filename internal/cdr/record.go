package cdr

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/store"
)

// Record is a line of a file, and what the API answers with. Times are UTC.
type Record struct {
	Version       int          `json:"version"`
	CorrelationID string       `json:"correlationId"`
	ServerCallID  string       `json:"serverCallId"`
	Start         time.Time    `json:"startTime"`
	End           time.Time    `json:"endTime"`
	DurationMS    int64        `json:"durationMs"`
	From          string       `json:"from,omitempty"` // raw ids
	To            string       `json:"to,omitempty"`
	Group         bool         `json:"group,omitempty"`
	Reason        Reason       `json:"reason"`
	Legs          []Leg        `json:"legs"`
	OmittedLegs   int          `json:"omittedLegs,omitempty"`
	Connections   []Connection `json:"connections"`
}

// Reason is why something ended.
type Reason struct {
	Kind string `json:"kind"`
	Text string `json:"text,omitempty"`
	SIP  int    `json:"sipCode,omitempty"`
	Q850 int    `json:"q850Cause,omitempty"`
}

// Leg is the connection of one phone to the call, or the attempt to make one.
type Leg struct {
	Participant string     `json:"participant"` // raw id
	Direction   string     `json:"direction"`   // inbound: it called us; outbound
	Trunk       string     `json:"trunk,omitempty"`
	SIPCallID   string     `json:"sipCallId,omitempty"`
	Device      string     `json:"device,omitempty"`
	Attestation string     `json:"attestation,omitempty"` // of an Identity header, unverified
	Start       time.Time  `json:"startTime"`
	Answered    *time.Time `json:"answerTime,omitempty"` // absent where it never was
	End         time.Time  `json:"endTime"`
	Reason      Reason     `json:"reason"`
	Sound       *Sound     `json:"sound,omitempty"` // absent where there was none
}

// Sound is what was measured of a leg's sound. Shares are 0 to 1, times are in ms.
type Sound struct {
	Codec       string  `json:"codec"`
	Protected   bool    `json:"srtp"`
	Sent        uint64  `json:"packetsSent"`
	Received    uint64  `json:"packetsReceived"`
	Loss        float64 `json:"loss"`       // of what came to us
	RemoteLoss  float64 `json:"remoteLoss"` // of what we sent, as the far end reports
	JitterMS    float64 `json:"jitterMs"`
	MaxJitterMS float64 `json:"maxJitterMs"`
	RoundTripMS float64 `json:"roundTripMs,omitempty"` // absent where none was measured
	ConcealedMS float64 `json:"concealedMs"`
	MOS         float64 `json:"mos,omitempty"`       // 1 to 4.5, by the E-model
	RemoteMOS   float64 `json:"remoteMos,omitempty"` // the far end's own estimate (RTCP XR)
}

// Connection is one application's control of the call.
type Connection struct {
	ID     string    `json:"callConnectionId"`
	Origin string    `json:"origin"` // create, answer or connect
	Start  time.Time `json:"startTime"`
	End    time.Time `json:"endTime"`
	Reason Reason    `json:"reason"`
}

// recordVersion is what records are written with. Version 0, whose records do not
// say so, had the same members. As in package store, members may be added without
// a new version.
const recordVersion = 1

// readRecord reads a line of this version or of an earlier one.
func readRecord(line []byte) (Record, error) {
	var r Record
	err := json.Unmarshal(line, &r)
	if err == nil && r.Version > recordVersion {
		err = fmt.Errorf("the record of call %s has version %d, and this build reads versions up to %d: %w", r.CorrelationID, r.Version, recordVersion, store.ErrNewer)
	}
	return r, err
}

// fill makes the record that of a call, in the lists that it has.
func (r *Record) fill(d *call.Detail) {
	legs, connections := r.Legs[:0], r.Connections[:0]
	*r = Record{
		Version:       recordVersion,
		CorrelationID: d.CorrelationID, ServerCallID: d.ServerCallID,
		Start: d.Began.UTC(), End: d.Ended.UTC(), DurationMS: d.Ended.Sub(d.Began).Milliseconds(),
		From: d.From.Raw(), To: d.To.Raw(), Group: d.Group, Reason: reasonOf(d.Why),
		Legs: legs, OmittedLegs: d.OmittedLegs, Connections: connections,
	}
	for i := range d.Legs {
		r.Legs = append(r.Legs, legOf(&d.Legs[i]))
	}
	for _, c := range d.Connections {
		r.Connections = append(r.Connections, Connection{c.ID, c.Origin.String(), c.Opened.UTC(), c.Closed.UTC(), reasonOf(c.Why)})
	}
}

func reasonOf(why call.Reason) Reason {
	return Reason{Kind: why.Kind.String(), Text: why.Text, SIP: why.SIP.Code, Q850: why.Q850.Value}
}

func legOf(d *call.LegDetail) Leg {
	leg := Leg{
		Participant: d.Who.Raw(), Direction: "outbound", Trunk: d.Wire.Trunk, SIPCallID: d.Wire.CallID, Device: d.Wire.Device, Attestation: d.Wire.Attestation,
		Start: d.Began.UTC(), End: d.Ended.UTC(), Reason: reasonOf(d.Why),
	}
	if d.Inbound {
		leg.Direction = "inbound"
	}
	if !d.Answered.IsZero() {
		answered := d.Answered.UTC()
		leg.Answered = &answered
	}
	if s := d.Wire.Sound; s.Codec != "" {
		leg.Sound = &Sound{
			Codec: s.Codec, Protected: s.Protected, Sent: s.Sent, Received: s.Received, Loss: s.Loss, RemoteLoss: s.RemoteLoss,
			JitterMS: ms(s.Jitter), MaxJitterMS: ms(s.MaxJitter), RoundTripMS: ms(s.RoundTrip), ConcealedMS: ms(s.Concealed),
			MOS: s.MOS, RemoteMOS: s.RemoteMOS,
		}
	}
	return leg
}

// ms is a time in ms, to the microsecond.
func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
