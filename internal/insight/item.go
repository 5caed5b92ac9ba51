package insight

import (
	"encoding/json"
	"time"
)

// Kind is what an item of a timeline is.
type Kind string

// The kinds. The texts are in the archive and in the API.
const (
	KindRequest  Kind = "request"  // of an application, with its answer
	KindEvent    Kind = "event"    // of a call, to be delivered or kept
	KindDelivery Kind = "delivery" // an attempt to deliver an event, or its end
	KindSIP      Kind = "sip"      // a SIP message
	KindLeg      Kind = "leg"      // what a leg went through
	KindMeasure  Kind = "measure"  // of the sound of a leg
	KindBrowser  Kind = "browser"  // what a browser measured of its media
	KindLog      Kind = "log"      // a line of the server's log
	KindCall     Kind = "call"     // what the call itself went through
)

// Kinds lists every kind.
var Kinds = []Kind{KindRequest, KindEvent, KindDelivery, KindSIP, KindLeg, KindMeasure, KindBrowser, KindLog, KindCall}

// Item is one item of a timeline, as the API and the archive write it.
type Item struct {
	Seq    int             `json:"seq"` // its place in the timeline, from 1
	At     time.Time       `json:"at"`
	Kind   Kind            `json:"kind"`
	Text   string          `json:"text"`             // a line for people
	Failed bool            `json:"failed,omitempty"` // it may be the cause of a failure
	Detail json.RawMessage `json:"detail,omitempty"` // what its kind has besides
}

// detail is an item as it was given, which costs little. It is rendered when
// somebody looks at it.
type detail interface {
	line() (kind Kind, text string, failed bool) // for people
	more() any                                   // what the API says besides, with secrets masked
	code(c *coder)                               // writes its members, or reads them
}

// format is how the members of an item are written. The numbers are in the archive.
type format uint64

const (
	formatMessage  format = 1
	formatAttempt  format = 2
	formatLeg      format = 3
	formatEvent    format = 4
	formatRequest  format = 5
	formatLog      format = 6
	formatMeasure  format = 7
	formatBrowser  format = 8
	formatAnnounce format = 9
	formatEnd      format = 10
)

// formats has a new item of each format, to be read into.
var formats = [...]func() detail{
	formatMessage: func() detail { return new(sipMessage) }, formatAttempt: func() detail { return new(attempt) }, formatLeg: func() detail { return new(legNews) },
	formatEvent: func() detail { return new(event) }, formatRequest: func() detail { return new(request) }, formatLog: func() detail { return new(logLine) },
	formatMeasure: func() detail { return new(measurement) }, formatBrowser: func() detail { return new(clientMedia) },
	formatAnnounce: func() detail { return new(announced) }, formatEnd: func() detail { return new(callEnd) },
}

func (e entry) item(seq int) Item {
	kind, text, failed := e.line()
	i := Item{Seq: seq, At: e.at().UTC(), Kind: kind, Text: clean(text, maxLine), Failed: failed}
	if encoded, err := json.Marshal(e.more()); err == nil { // it is texts, numbers and lists of these
		i.Detail = encoded
	}
	return i
}
