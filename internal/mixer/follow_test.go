package mixer

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// peer is a port whose packets come every 20 ms, at an offset. Its time is that of
// the shard's turns.
type peer struct {
	voice
	shard  *shard
	offset time.Duration // of 20 ms
	mute   bool
	turns  []int // at which it was read
}

func (p *peer) now() time.Duration { return time.Duration(p.shard.turn) * wakeEvery }

// wait is how long the newest packet has been there.
func (p *peer) wait() time.Duration {
	const period = phases * wakeEvery
	return (p.now() - p.offset + 1000*period) % period
}

func (p *peer) Waited() (time.Duration, bool) { return p.wait(), !p.mute }

func (p *peer) WriteFrame(audio.Frame) { p.turns = append(p.turns, p.shard.turn) }

// turn lets a shard's wakes pass.
func turn(s *shard, wakes int) {
	for range wakes {
		s.obey()
		s.tick(s.turn % phases)
		s.turn++
	}
}

// TestCallFollowsItsLegsArrivals tries every offset of a leg, and of two: nobody
// waits longer than the nearest wake makes necessary.
func TestCallFollowsItsLegsArrivals(t *testing.T) {
	for first := time.Duration(0); first < 20*time.Millisecond; first += 500 * time.Microsecond {
		for _, apart := range []time.Duration{-1, 0, 3, 10, 17} {
			e, _ := still(t)
			s := e.shards[0]
			m := e.NewMix(8000)
			legs := []*peer{{shard: s, offset: first}}
			if apart >= 0 {
				legs = append(legs, &peer{shard: s, offset: (first + apart*time.Millisecond) % (20 * time.Millisecond)})
			}
			for _, leg := range legs {
				m.Join(leg)
			}
			turn(s, 3*phases*followTicks)
			sum := time.Duration(0)
			for _, leg := range legs {
				last := leg.turns[len(leg.turns)-1]
				waited := (time.Duration(last)*wakeEvery - leg.offset + time.Second) % (20 * time.Millisecond)
				sum += waited
			}
			limit := safety + wakeEvery + worthIt // one leg: the next wake
			if apart > 0 {
				limit = 2*limit + min(apart, 20-apart)*time.Millisecond
			} else if apart == 0 {
				limit *= 2
			}
			if sum > limit {
				t.Errorf("legs at %v and %d ms later: they wait %v together, want %v at most", first, apart, sum, limit)
			}
			if moved := e.Stats().Moved; moved > 1 {
				t.Errorf("legs at %v and %d ms later: moved %d times", first, apart, moved)
			}
		}
	}
}

// TestMovingNeverSkipsAFrame asks that a move makes one frame come early, and that
// all others are 20 ms apart.
func TestMovingNeverSkipsAFrame(t *testing.T) {
	e, _ := still(t)
	s := e.shards[0]
	m := e.NewMix(8000)
	leg := &peer{shard: s, offset: 9 * time.Millisecond}
	m.Join(leg)
	turn(s, 3*phases*followTicks)
	early := 0
	for i := 1; i < len(leg.turns); i++ {
		switch between := leg.turns[i] - leg.turns[i-1]; {
		case between > phases || between < 1:
			t.Fatalf("two frames %d wakes apart", between)
		case between < phases:
			early++
		}
	}
	if early != int(e.Stats().Moved) {
		t.Errorf("%d early frames, %d moves", early, e.Stats().Moved)
	}
}

// TestDriftIsFollowed lets a peer's clock run fast and slow for ten minutes: its packets
// never wait long, the call moves only when it must, and it makes a frame for each packet:
// one more would have to be invented.
func TestDriftIsFollowed(t *testing.T) {
	for _, ppm := range []int{-500, -200, 200, 500} {
		e, _ := still(t)
		s := e.shards[0]
		m := e.NewMix(8000)
		leg := &peer{shard: s, offset: 3 * time.Millisecond}
		m.Join(leg)
		longest := time.Duration(0)
		for second := range 600 {
			leg.offset += time.Duration(ppm) * time.Microsecond
			leg.offset = (leg.offset + 20*time.Millisecond) % (20 * time.Millisecond)
			turn(s, phases*followTicks)
			last := time.Duration(leg.turns[len(leg.turns)-1]) * wakeEvery
			if second > 1 {
				longest = max(longest, (last-leg.offset+time.Second)%(20*time.Millisecond))
			}
		}
		// A fast clock's packet comes to the edge, where it is nearly missed, and waits 15 ms more
		// then; one that is very fast goes further than a wake between two moves.
		limit := 11 * time.Millisecond
		if ppm < -300 {
			limit = 15 * time.Millisecond
		}
		if longest > limit {
			t.Errorf("%d ppm: a packet waits %v", ppm, longest)
		}
		// 120 ms of drift are 24 wakes, 300 ms are 60.
		if moved := e.Stats().Moved; moved > uint64(65*max(ppm, -ppm)/500) {
			t.Errorf("%d ppm: moved %d times in ten minutes", ppm, moved)
		}
		packets := 600 * audio.FramesPerSecond * (1_000_000 - ppm) / 1_000_000
		if beyond := len(leg.turns) - packets; max(beyond, -beyond) > 2 {
			t.Errorf("%d ppm: %d frames more than packets", ppm, beyond)
		}
	}
}

// TestSilentLegsDoNotMoveACall asks that what is unknown counts for nothing, and
// that a crowded phase takes no more.
func TestSilentLegsDoNotMoveACall(t *testing.T) {
	e, _ := still(t)
	s := e.shards[0]
	m := e.NewMix(8000)
	m.Join(&peer{shard: s, mute: true, offset: 8 * time.Millisecond})
	m.Join(&voice{})
	turn(s, 4*phases*followTicks)
	if moved := e.Stats().Moved; moved != 0 {
		t.Errorf("moved %d times for nobody", moved)
	}
}

func TestPhasesDoNotCrowd(t *testing.T) {
	e, _ := still(t)
	s := e.shards[0]
	for range 400 { // all of them would like the same phase
		e.NewMix(8000).Join(&peer{shard: s, offset: 3 * time.Millisecond})
	}
	turn(s, 10*phases*followTicks)
	for phase, list := range s.mixes {
		if len(list) > 2*100+crowding+1 {
			t.Errorf("phase %d has %d of 400 mixes: %s", phase, len(list), fmt.Sprint(e.Stats().Moved))
		}
	}
}

// TestNewcomerIsFollowedAtTheNextLook: a call that has moved for its first leg does
// not rest when the second one comes.
func TestNewcomerIsFollowedAtTheNextLook(t *testing.T) {
	e, _ := still(t)
	s := e.shards[0]
	m := e.NewMix(8000)
	after := func(d time.Duration) time.Duration { // the call's first tick
		return (time.Duration(m.phase)*wakeEvery + d) % (phases * wakeEvery)
	}
	first, second := &peer{shard: s, offset: after(4 * time.Millisecond)}, &peer{shard: s, offset: after(12 * time.Millisecond)}
	m.Join(first)
	turn(s, phases*followTicks)
	if e.Stats().Moved != 1 {
		t.Fatalf("moved %d times for the first leg", e.Stats().Moved)
	}
	m.Join(second)
	turn(s, 2*phases*followTicks)
	if e.Stats().Moved != 2 {
		t.Errorf("moved %d times after the second leg came", e.Stats().Moved-1)
	}
}

// TestRestEndsWithTheLastMember: a mix that empties after a move to a later moment leaves out
// no frame of who comes next.
func TestRestEndsWithTheLastMember(t *testing.T) {
	e, _ := still(t)
	s := e.shards[0]
	m := e.NewMix(8000)
	member := m.Join(&peer{shard: s, offset: time.Duration(m.phase) * wakeEvery})
	for range 2 * phases * followTicks {
		if turn(s, 1); m.rests {
			break
		}
	}
	if !m.rests {
		t.Fatal("packets that are nearly missed did not move the mix to a later moment")
	}
	member.Leave()
	turn(s, 1)
	next := &peer{shard: s}
	m.Join(next)
	if turn(s, phases); len(next.turns) != 1 {
		t.Errorf("who comes next has %d frames in the first 20 ms", len(next.turns))
	}
}

// TestRestlessLegIsLeftAlone asks that a leg whose packets come at another moment
// each second, which no phase suits, does not move its call each second.
func TestRestlessLegIsLeftAlone(t *testing.T) {
	e, _ := still(t)
	s := e.shards[0]
	leg := &peer{shard: s}
	e.NewMix(8000).Join(leg)
	for range 600 {
		leg.offset = (leg.offset + 7*time.Millisecond) % (20 * time.Millisecond)
		turn(s, phases*followTicks)
	}
	if moved := e.Stats().Moved; moved == 0 || moved > 600/maxPause+8 {
		t.Errorf("moved %d times in ten minutes", moved)
	}
}

// BenchmarkWaits is how long packets wait for their call's tick, of a thousand rooms
// of two whose packets come at random moments, first without and then with a phase
// that follows them. Its time is simulated: the figures are the same on every machine.
func BenchmarkWaits(b *testing.B) {
	for b.Loop() {
		e, _ := still(b)
		s := e.shards[0]
		random := rand.New(rand.NewPCG(1, 2))
		var legs []*peer
		for range 1000 {
			m := e.NewMix(8000)
			for range 2 {
				leg := &peer{shard: s, offset: time.Duration(random.Int64N(int64(20 * time.Millisecond)))}
				legs = append(legs, leg)
				m.Join(leg)
			}
		}
		turn(s, phases)
		report := func(when string) {
			var waits []time.Duration
			for _, leg := range legs {
				last := time.Duration(leg.turns[len(leg.turns)-1]) * wakeEvery
				waits = append(waits, (last-leg.offset+time.Second)%(20*time.Millisecond))
			}
			slices.Sort(waits)
			b.ReportMetric(float64(waits[len(waits)/2].Microseconds())/1000, when+"-p50-ms")
			b.ReportMetric(float64(waits[len(waits)-1].Microseconds())/1000, when+"-max-ms")
		}
		report("before")
		turn(s, 4*phases*followTicks)
		report("after")
	}
}
