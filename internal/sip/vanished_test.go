package sip

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestPhoneThatVanishesOnHoldIsNoticed asks for an end although silence is its right.
func TestPhoneThatVanishesOnHoldIsNoticed(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Refresh, c.MediaTimeout = 300*time.Millisecond, 200*time.Millisecond })
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	if err := made.Hold(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.HoldChanged](t, taken)
	phone.Vanish()
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.Vanished {
		t.Errorf("reason is %+v", why)
	}
}

// TestPhoneThatForgotTheCallIsNoticed asks the same of 481.
func TestPhoneThatForgotTheCallIsNoticed(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Refresh = 100 * time.Millisecond })
	phone := r.phone(t, nil)
	phone.Answering(func(*siptest.Message) int { return 481 })
	_, taken := r.connect(t, phone)
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.Vanished {
		t.Errorf("reason is %+v", why)
	}
}

// TestPhoneThatVanishesLosesItsCall asks that silence ends a call.
func TestPhoneThatVanishesLosesItsCall(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.MediaTimeout = 300 * time.Millisecond })
	phone := r.phone(t, nil)
	_, taken := r.connect(t, phone)
	phone.Vanish()
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.MediaLost {
		t.Errorf("reason is %+v", why)
	}
	eventually(t, func() bool { return r.Legs() == 0 })
}

// TestSilentPhoneIsHungUp asks that MediaLost sends BYE to a phone that still signals.
func TestSilentPhoneIsHungUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.MediaTimeout = 300 * time.Millisecond })
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	made.Mute()
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.MediaLost {
		t.Errorf("reason is %+v", why)
	}
}

// TestHangUpOfAVanishedPhoneEnds asks that an unanswered BYE does not hold a call.
func TestHangUpOfAVanishedPhoneEnds(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Grace = 100 * time.Millisecond })
	phone := r.phone(t, nil)
	_, taken := r.connect(t, phone)
	phone.Vanish()
	// The transaction lives for 64*T1; its leg is told off after the grace. A busy
	// machine may see both at once, though hardly three times.
	early := false
	for range 3 {
		taken.End(call.Reason{Kind: call.EndedByApplication})
		if why := expect[call.Ended](t, taken).Reason; why.Kind != call.Vanished {
			t.Errorf("reason is %+v", why)
		}
		early = r.Legs() > 0
		eventually(t, func() bool { return r.Legs() == 0 })
		if early {
			return
		}
		phone = r.phone(t, nil)
		_, taken = r.connect(t, phone)
		phone.Vanish()
	}
	t.Error("the end was told with the end of the transaction")
}

// TestRefusedBYEEndsAllTheSame asks for 481 and 408.
func TestRefusedBYEEndsAllTheSame(t *testing.T) {
	t.Parallel()
	for _, status := range []int{481, 408} {
		r := newRig(t, func(c *Config) { c.Grace = patience })
		phone := r.phone(t, nil)
		phone.Answering(func(*siptest.Message) int { return status })
		_, taken := r.connect(t, phone)
		taken.End(call.Reason{Kind: call.EndedByApplication})
		if why := expect[call.Ended](t, taken).Reason; why.Kind != call.EndedByApplication {
			t.Errorf("%d: reason is %+v", status, why)
		}
	}
}
