package transaction

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// clock is a ringer that notes when it rings.
type clock struct {
	alarm
	want instant
	rang []instant
}

func (c *clock) ring(now instant) func() {
	c.rang = append(c.rang, now)
	return nil
}

// TestAlarmsRingWhenTheyAreSetTo moves and removes alarms at random, and asks that each
// rings once, at the time of its last setting, rounded up.
func TestAlarmsRingWhenTheyAreSetTo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const grain = 20 * time.Millisecond
		l := New(Config{T1: 25 * grain})
		random := rand.New(rand.NewPCG(1, 2))
		clocks := make([]clock, 50)
		for range 1000 {
			c := &clocks[random.IntN(len(clocks))]
			c.owner, c.want = c, 0
			if random.IntN(4) > 0 {
				c.want = time.Second + instant(random.IntN(int(time.Minute)))
			}
			l.mu.Lock()
			l.alarms.set(&c.alarm, c.want, l.now())
			l.mu.Unlock()
		}
		pass(2 * time.Minute)
		l.mu.Lock()
		defer l.mu.Unlock()
		for i := range clocks {
			var want []instant
			if at := clocks[i].want; at != 0 {
				want = append(want, (at+grain-1)/grain*grain)
			}
			if !slices.Equal(clocks[i].rang, want) {
				t.Errorf("clock %d rang at %v, want %v", i, clocks[i].rang, want)
			}
		}
		if len(l.alarms.list) > 0 {
			t.Errorf("%d alarms are left", len(l.alarms.list))
		}
	})
}
