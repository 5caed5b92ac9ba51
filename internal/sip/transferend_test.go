package sip

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// records takes the records of calls that are over.
type records chan call.Detail

func (r records) CallOver(d call.Detail) { r <- d }

// TestTransferredCallEndsWithoutItsFarSide has one of two transferred phones vanish: their
// application has left, so nobody but the server can notice. The other one is hung up,
// the record is left, and nothing else.
func TestTransferredCallEndsWithoutItsFarSide(t *testing.T) {
	t.Parallel()
	for _, targetVanishes := range []bool{true, false} {
		far, out := callee(t, "out", nil)
		left := make(records, 4)
		r, calls, announced := exchangeWith(t, func(c *Config) { c.MediaTimeout = time.Second }, left, out)
		phone := r.phone(t, nil)
		made, err := phone.Call("+15551230001")
		if err != nil {
			t.Fatal(err)
		}
		in := arrives(t, "the call", announced.Calls)
		answered, err := calls.Answer(t.Context(), in.Context, identifier.ID{}, call.Control{CallbackURI: "https://app.example/"})
		if err != nil {
			t.Fatal(err)
		}
		if err := made.WaitAnswered(within(t)); err != nil {
			t.Fatal(err)
		}
		conn, err := calls.Connection(answered.ID)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool {
			return conn.Transfer(t.Context(), call.Transfer{Target: mustPhone(t, "+15557770000")}) == nil
		})
		taken := next(t, far)
		if err := taken.Answer(); err != nil {
			t.Fatal(err)
		}
		if err := taken.WaitAnswered(within(t)); err != nil {
			t.Fatal(err)
		}
		gone, other := far, made
		if !targetVanishes {
			gone, other = phone, taken
		}
		gone.Vanish()
		if err := other.WaitEnded(within(t)); err != nil {
			t.Fatalf("target vanishes %t: the other phone still waits: %v", targetVanishes, err)
		}
		if d := arrives(t, "the record", (chan call.Detail)(left)); len(d.Legs) != 2 || d.Why.Kind != call.MediaLost {
			t.Errorf("target vanishes %t: the record is %+v", targetVanishes, d)
		}
		eventually(t, func() bool { return r.Legs() == 0 && calls.Active() == 0 })
	}
}
