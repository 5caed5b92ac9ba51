package cdr

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

// FuzzRecordIsThatOfTheStandardLibrary compares records of which each member is set, or
// none, or some.
func FuzzRecordIsThatOfTheStandardLibrary(f *testing.F) {
	f.Add("", int64(0), 0.0, uint16(0))
	f.Add("text", int64(1_700_000_000_123_456_789), 4.3, uint16(0xffff))
	f.Add("<a href=\"é\">\n", int64(-1), 1e-9, uint16(0xaaaa))
	f.Add("x", int64(1), math.Inf(1), uint16(0x5555))
	f.Fuzz(func(t *testing.T, text string, n int64, x float64, which uint16) {
		at := time.Unix(0, n).UTC()
		set := func(bit int) bool { return which&(1<<bit) != 0 }
		some := func(bit int) string {
			if set(bit) {
				return text
			}
			return ""
		}
		why := Reason{Kind: some(0), Text: some(1)}
		leg := Leg{Participant: some(2), Direction: some(3), Trunk: some(4), SIPCallID: some(5), Device: some(6), Attestation: some(7), Start: at, End: at, Reason: why}
		if set(8) {
			leg.Answered = &at
		}
		if set(9) {
			leg.Sound = &Sound{text, set(10), uint64(n), uint64(n), x, x, x, x, x, x, x, x}
		}
		r := Record{Version: int(n), CorrelationID: some(11), ServerCallID: some(12), Start: at, End: at, DurationMS: n, From: some(13), To: some(14), Group: set(15), Reason: why, Legs: []Leg{}, Connections: []Connection{}}
		if set(10) {
			r.Reason.SIP, r.Reason.Q850, r.OmittedLegs = int(n), int(n), int(n)
			r.Legs = []Leg{leg, {Answered: &at}}
			r.Connections = []Connection{{some(0), some(1), at, at, why}, {}}
		}
		want, err := json.Marshal(r)
		got, refused := appendRecord([]byte("before "), &r)
		if (refused == nil) != (err == nil) {
			t.Fatalf("%v; encoding/json says %v", refused, err)
		}
		if err == nil && string(got) != "before "+string(want) {
			t.Errorf("%s, want %s", got, want)
		}
	})
}
