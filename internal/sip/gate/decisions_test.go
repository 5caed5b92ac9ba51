package gate

import (
	"testing"
	"time"
)

// TestDecisionsLiveAsLongAsRepetitionsCome asks that what was decided is known for
// decisionLife, whatever else is decided meanwhile, and forgotten within twice that.
func TestDecisionsLiveAsLongAsRepetitionsCome(t *testing.T) {
	t.Parallel()
	for _, pause := range []time.Duration{time.Second, 3 * time.Second, 7 * time.Second} {
		d, now := newDecisions(), start
		key := uint64(0)
		for ; now.Sub(start) < 2*time.Minute; now = now.Add(pause) {
			key++
			d.keep(key, key%2 == 0, now)
			for k := uint64(1); k <= key; k++ {
				made := start.Add(time.Duration(k-1) * pause)
				admitted, ok := d.find(k, now)
				switch old := now.Sub(made); {
				case old <= decisionLife && (!ok || admitted != (k%2 == 0)):
					t.Fatalf("one each %v: %v later decision %d is known %v, admitted %v", pause, old, k, ok, admitted)
				case old >= 2*decisionLife+pause && ok:
					t.Fatalf("one each %v: %v later decision %d is still known", pause, old, k)
				}
			}
		}
		if _, ok := d.find(key, now.Add(time.Minute)); ok {
			t.Errorf("one each %v: known after a minute without calls", pause)
		}
	}
}

// TestDecisionsAreBounded asks that a flood costs the oldest decisions, and no memory.
func TestDecisionsAreBounded(t *testing.T) {
	t.Parallel()
	d := newDecisions()
	for key := range uint64(5 * maxDecisions) {
		d.keep(key, true, start)
		if n := len(d.newer) + len(d.older); n > maxDecisions {
			t.Fatalf("%d decisions are kept", n)
		}
		if _, ok := d.find(key-min(key, maxDecisions/2-1), start); !ok {
			t.Fatalf("of the last %d one is forgotten", maxDecisions/2)
		}
	}
}
