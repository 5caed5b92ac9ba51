package mixer

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLeaveClosesThePortAtTheNextTick(t *testing.T) {
	voices, members, tick := room(t, 1, 2)
	members[0].Leave()
	if voices[0].closed.Load() != 0 {
		t.Error("closed before the shard could know")
	}
	tick(1)
	members[0].Leave()
	members[0].SetMuted(true)
	tick(2)
	if n := voices[0].closed.Load(); n != 1 {
		t.Errorf("closed %d times", n)
	}
	if voices[0].reads != 1 || voices[0].touched.Load() != 0 {
		t.Errorf("the port was read %d times, %d times after Close", voices[0].reads, voices[0].touched.Load())
	}
	wantHeard(t, voices[1:], 0)
}

func TestCommandsKeepTheirOrder(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(8000)
	v := &voice{says: 1}
	mix.Join(v).Leave()
	tick(2)
	if v.closed.Load() != 1 || v.reads != 0 || e.Stats().Members != 0 {
		t.Errorf("closed %d times, read %d times, %d members", v.closed.Load(), v.reads, e.Stats().Members)
	}
}

func TestClosedMixLetsEverybodyGoAndNobodyIn(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(8000)
	a, b, late := &voice{says: 1}, &voice{says: 2}, &voice{says: 3}
	mix.Join(a)
	mix.Join(b)
	tick(1)
	mix.Close()
	mix.Close()
	mix.Join(late)
	tick(2)
	for _, v := range []*voice{a, b, late} {
		if v.closed.Load() != 1 {
			t.Errorf("voice %d closed %d times", v.says, v.closed.Load())
		}
	}
	if late.reads != 0 || a.reads != 1 {
		t.Errorf("reads after the end: %d, %d", late.reads, a.reads)
	}
	if s := e.Stats(); s.Mixes != 0 || s.Members != 0 {
		t.Errorf("left behind: %+v", s)
	}
}

func TestEmptyMixIsNotWalked(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(8000)
	member := mix.Join(&voice{says: 1})
	tick(1)
	member.Leave()
	tick(1)
	for phase, list := range e.shards[0].mixes {
		if len(list) != 0 {
			t.Errorf("phase %d still walks %d mixes", phase, len(list))
		}
	}
	again := &voice{says: 2}
	mix.Join(again)
	tick(1)
	if again.reads != 1 {
		t.Error("an emptied mix does not come back")
	}
}

func TestPanickingPortLosesItsPlaceAlone(t *testing.T) {
	e, tick := still(t)
	mix, other := e.NewMix(8000), e.NewMix(8000)
	a, b, c := &voice{says: 1}, &voice{says: 2}, &voice{says: 3}
	bad := &voice{failRead: true}
	mix.Join(a)
	mix.Join(bad)
	mix.Join(b)
	other.Join(c)
	tick(3)
	e.work.Wait()
	if bad.closed.Load() != 1 || e.Stats().Panics != 1 {
		t.Errorf("closed %d times, %d panics", bad.closed.Load(), e.Stats().Panics)
	}
	if a.writes != 2 || b.heard != 1 || c.reads != 3 {
		t.Errorf("the others suffered: %d writes, %d heard, %d reads", a.writes, b.heard, c.reads)
	}
}

func TestPanickingPrivateSourceIsEnded(t *testing.T) {
	voices, members, tick := room(t, 1, 2)
	members[0].SetPrivateSource(&voice{failRead: true})
	tick(2)
	wantHeard(t, voices, 2, 1)
	if voices[0].closed.Load() != 0 {
		t.Error("a private source's mistake cost the member its place")
	}
}

// A second of sound is fifty frames, whatever the phase.
func TestFramesKeepTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{GoClock: true, Shards: 1}, quiet())
		voices := make([]*voice, phases)
		for i := range voices {
			voices[i] = &voice{says: 1}
			e.NewMix(8000).Join(voices[i])
		}
		time.Sleep(time.Hour)
		e.Close()
		for i, v := range voices {
			if want := 3600 * 50; v.reads < want-1 || v.reads > want+1 {
				t.Errorf("mix %d read %d frames in an hour, want %d", i, v.reads, want)
			}
			if v.closed.Load() != 1 {
				t.Errorf("mix %d: port closed %d times", i, v.closed.Load())
			}
		}
	})
}

func TestIdleEngineDoesNotWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{GoClock: true, Shards: 2}, quiet())
		defer e.Close()
		member := e.NewMix(8000).Join(&voice{})
		time.Sleep(time.Second)
		member.Leave()
		time.Sleep(time.Second)
		synctest.Wait()
		turns := e.shards[0].turn + e.shards[1].turn
		time.Sleep(time.Hour)
		synctest.Wait()
		if now := e.shards[0].turn + e.shards[1].turn; now != turns {
			t.Errorf("%d wakes while nobody was there", now-turns)
		}
	})
}

func TestPortIsClosedWhenTheEngineIsGone(t *testing.T) {
	e := New(Config{Shards: 1}, quiet())
	mix := e.NewMix(8000)
	e.Close()
	e.Close()
	v := &voice{says: 1}
	mix.Join(v).Leave()
	if v.closed.Load() != 1 || v.reads != 0 {
		t.Errorf("closed %d times, read %d times", v.closed.Load(), v.reads)
	}
}

// Run with -race: real shards, while calls come and go.
func TestJoinAndLeaveUnderLoad(t *testing.T) {
	e := New(Config{Shards: 2}, quiet())
	var work sync.WaitGroup
	var mu sync.Mutex
	var all []*voice
	for range 8 {
		work.Go(func() {
			for range 40 {
				mix := e.NewMix(8000)
				for i := range 5 {
					v := &voice{says: int16(i)}
					mu.Lock()
					all = append(all, v)
					mu.Unlock()
					member := mix.Join(v)
					member.SetMuted(i == 1)
					member.SetPrivateSource(&voice{says: 5})
					member.SetHeld(i == 2)
					if i%2 == 0 {
						member.Leave()
					}
				}
				e.Overloaded()
				mix.Close()
			}
		})
	}
	work.Wait()
	e.Close()
	for _, v := range all {
		if v.closed.Load() != 1 || v.touched.Load() != 0 {
			t.Fatalf("closed %d times, touched %d times afterwards", v.closed.Load(), v.touched.Load())
		}
	}
	if s := e.Stats(); s.Members != 0 || s.Mixes != 0 {
		t.Errorf("left behind: %+v", s)
	}
}
