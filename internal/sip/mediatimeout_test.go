package sip

import (
	"testing"
	"time"
)

// TestClockThatIsSetEndsNoCall: the times of packets are those of the clock of the machine. Sound that comes counts as heard
// whatever that clock says, and sound that comes no more does not.
func TestClockThatIsSetEndsNoCall(t *testing.T) {
	const every = 15 * time.Second
	for _, set := range []time.Duration{0, -time.Hour, time.Hour, -time.Second} {
		begun := time.Now()
		m := media{heard: begun}
		for look := range 4 { // packets come until now, from the second look on by another clock
			now := begun.Add(time.Duration(look+1) * every)
			last := time.Unix(0, now.UnixNano()-int64(10*time.Millisecond))
			if look > 0 {
				last = last.Add(set)
			}
			m.listen(last, now, every)
			if silent := now.Sub(m.heard); silent < 0 || silent > every {
				t.Errorf("set by %v: at look %d nothing has come for %v", set, look, silent)
			}
		}
		heard := m.heard
		for look := range 4 { // nothing comes any more
			m.listen(m.last, begun.Add(time.Duration(look+5)*every), every)
		}
		if m.heard != heard {
			t.Errorf("set by %v: sound that came long ago counts as heard %v later", set, m.heard.Sub(heard))
		}
	}
}

// TestPacketThatCameBeforeANewAgreementIsNoLaterThanIt: what has been heard stays heard.
func TestPacketThatCameBeforeANewAgreementIsNoLaterThanIt(t *testing.T) {
	agreed := time.Now()
	m := media{heard: agreed}
	m.listen(time.Unix(0, agreed.UnixNano()-int64(time.Second)), agreed.Add(100*time.Millisecond), 15*time.Second)
	if m.heard != agreed {
		t.Errorf("heard %v after the agreement", m.heard.Sub(agreed))
	}
}
