package mixer

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// ear is a listener that remembers the last frame.
type ear struct {
	at      audio.Tick
	heard   int16
	silent  bool
	samples int
	frames  int
	closed  atomic.Int32
	fails   bool
}

func (e *ear) HearFrame(at audio.Tick, f audio.Frame) {
	if e.fails {
		panic("a listener with a mistake in it")
	}
	e.at, e.samples, e.silent, e.heard = at, len(f), f == nil, 0
	e.frames++
	if e.closed.Load() > 0 {
		e.frames += 1000
	}
	if f != nil {
		e.heard = f[0]
	}
}

func (e *ear) Close() error { e.closed.Add(1); return nil }

func wantEar(t *testing.T, name string, e *ear, want int16) {
	t.Helper()
	if e.heard != want || e.silent != (want == 0) {
		t.Errorf("%s hears %d (silent: %v), want %d", name, e.heard, e.silent, want)
	}
}

func TestListenersHearMembersAndMixes(t *testing.T) {
	for _, test := range []struct {
		name    string
		says    []int16
		alone   []int16 // what private sources say to each member
		muted   int     // which member is; -1: none
		held    int
		first   int16 // what a listener of the first member hears,
		all     int16 // of the mix,
		private int16 // of the mix with private sources,
		others  int16 // of what the first member hears
	}{
		{"silence", []int16{0, 0}, nil, -1, -1, 0, 0, 0, 0},
		{"one speaks", []int16{5, 0}, nil, -1, -1, 5, 5, 5, 0},
		{"the other speaks", []int16{0, 7}, nil, -1, -1, 0, 7, 7, 7},
		{"both speak", []int16{5, 7}, nil, -1, -1, 5, 12, 12, 7},
		{"three speak", []int16{5, 70, 300}, nil, -1, -1, 5, 375, 375, 370},
		{"clipped", []int16{30000, 20000, -1000}, nil, -1, -1, 30000, 32767, 32767, 19000},
		{"the first is muted", []int16{5, 70, 300}, nil, 0, -1, 0, 370, 370, 370},
		{"the first is on hold", []int16{5, 70, 300}, nil, -1, 0, 0, 370, 370, 0},
		{"another is on hold", []int16{5, 70, 300}, nil, -1, 2, 5, 75, 75, 70},
		{"a private source in silence", []int16{0, 0}, []int16{0, 4000}, -1, -1, 0, 0, 4000, 0},
		{"private sources and voices", []int16{5, 70}, []int16{1000, 4000}, -1, -1, 5, 75, 5075, 1070},
		{"what is private is clipped", []int16{30000, 0}, []int16{20000, 20000}, -1, -1, 30000, 30000, 32767, 20000},
		{"what is private to one on hold", []int16{5, 70}, []int16{1000, 0}, -1, 0, 0, 70, 1070, 1000},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, members, tick := room(t, test.says...)
			for i, says := range test.alone {
				members[i].SetPrivateSource(&voice{says: says})
			}
			if test.muted >= 0 {
				members[test.muted].SetMuted(true)
			}
			if test.held >= 0 {
				members[test.held].SetHeld(true)
			}
			mix := members[0].mix
			var first, all, private, others ear
			members[0].Hear(&first)
			mix.Hear(&all, Hearing{})
			mix.Hear(&private, Hearing{Private: true})
			mix.Hear(&others, Hearing{As: members[0]})
			tick(2)
			wantEar(t, "a listener of the first", &first, test.first)
			wantEar(t, "a listener of the mix", &all, test.all)
			wantEar(t, "a listener of what is private too", &private, test.private)
			wantEar(t, "who hears what the first hears", &others, test.others)
			for _, e := range []*ear{&first, &all, &private, &others} {
				if e.at != 3 || e.frames != 2 {
					t.Errorf("%d frames, the last of tick %d; want 2, the last of tick 3", e.frames, e.at)
				}
			}
		})
	}
}

func TestListenersHearARisingMix(t *testing.T) {
	_, members, tick := room(t, 5, 7)
	var one, all ear
	members[0].Hear(&one)
	members[0].mix.Hear(&all, Hearing{})
	tick(1)
	members[0].mix.Rise()
	if one.samples != 160 || all.samples != 160 {
		t.Errorf("frames of %d and %d samples before", one.samples, all.samples)
	}
	if tick(1); one.samples != 320 || all.samples != 320 {
		t.Errorf("frames of %d and %d samples after", one.samples, all.samples)
	}
}

func TestListeningEndsOnceAndIsClosed(t *testing.T) {
	for _, test := range []struct {
		name string
		end  func(stop func(), member *Member, e *Engine)
		both bool // the listener of the mix ends as well
	}{
		{"stopped", func(stop func(), _ *Member, _ *Engine) { stop(); stop() }, false},
		{"its member leaves", func(_ func(), mb *Member, _ *Engine) { mb.Leave() }, false},
		{"its member leaves and it is stopped", func(stop func(), mb *Member, _ *Engine) { mb.Leave(); stop() }, false},
		{"the mix is closed", func(_ func(), mb *Member, _ *Engine) { mb.mix.Close() }, true},
		{"the engine ends", func(_ func(), _ *Member, e *Engine) { e.shards[0].commands.Put(command{do: (*shard).end}) }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, members, tick := room(t, 5, 7)
			var one, all ear
			mix := members[0].mix
			stop := members[0].Hear(&one)
			mix.Hear(&all, Hearing{Private: true})
			tick(1)
			test.end(stop, members[0], mix.shard.engine)
			tick(3)
			if one.frames != 1 || one.closed.Load() != 1 {
				t.Errorf("%d frames, closed %d times", one.frames, one.closed.Load())
			}
			if over := all.closed.Load() == 1; over != test.both || !over && all.frames != 4 {
				t.Errorf("the listener of the mix: closed %d times after %d frames", all.closed.Load(), all.frames)
			}
			var late ear
			members[0].Hear(&late)
			tick(1)
			if gone := !members[0].in; gone && (late.closed.Load() != 1 || late.frames != 0) {
				t.Errorf("who comes too late: %d frames, closed %d times", late.frames, late.closed.Load())
			}
		})
	}
}

func TestListenerInThePlaceOfAMemberThatLeftHearsTheRest(t *testing.T) {
	_, members, tick := room(t, 5, 70, 300)
	var others ear
	members[0].mix.Hear(&others, Hearing{As: members[0]})
	tick(1)
	members[0].Leave()
	tick(1)
	wantEar(t, "a listener", &others, 370)
}

func TestMixWithListenersGoesOnWithoutMembers(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(8000)
	var all ear
	stop := mix.Hear(&all, Hearing{})
	tick(1)
	mix.Join(&voice{says: 5}).Leave()
	tick(2)
	if all.frames != 3 || !all.silent || all.at != 3 {
		t.Errorf("%d frames, the last of tick %d", all.frames, all.at)
	}
	stop()
	tick(1)
	for phase, list := range e.shards[0].mixes {
		if len(list) != 0 || e.shards[0].walked != 0 {
			t.Errorf("phase %d still walks %d mixes", phase, len(list))
		}
	}
}

func TestPanickingListenerIsRemovedAlone(t *testing.T) {
	voices, members, tick := room(t, 5, 7)
	bad, good := ear{fails: true}, ear{}
	members[0].Hear(&bad)
	members[0].Hear(&good)
	tick(3)
	e := members[0].mix.shard.engine
	e.work.Wait()
	if bad.closed.Load() != 1 || good.closed.Load() != 0 || e.Stats().Panics != 1 {
		t.Errorf("closed %d and %d times, %d panics", bad.closed.Load(), good.closed.Load(), e.Stats().Panics)
	}
	if good.frames != 2 || good.at != 4 || voices[0].writes != 4 {
		t.Errorf("the others suffered: %d frames up to tick %d, %d written", good.frames, good.at, voices[0].writes)
	}
}

func TestListenerIsClosedWhenTheEngineIsGone(t *testing.T) {
	e := New(Config{Shards: 1}, quiet())
	mix := e.NewMix(8000)
	e.Close()
	var all ear
	mix.Hear(&all, Hearing{})()
	if all.closed.Load() != 1 || all.frames != 0 {
		t.Errorf("closed %d times after %d frames", all.closed.Load(), all.frames)
	}
}

// A listener alone keeps a shard awake, and a queue takes what it hears elsewhere.
func TestQueueHearsAMixOfNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Config{GoClock: true, Shards: 1}, quiet())
		mix := e.NewMix(8000)
		q := audio.NewQueue(50, 10)
		mix.Hear(q, Hearing{})
		time.Sleep(10 * time.Second)
		mix.Close()
		frames, last := 0, audio.Tick(0)
		for {
			heard, err := q.Read(t.Context())
			if err != nil {
				break
			}
			frames, last = frames+1, heard.At
		}
		if frames != 50 || q.Dropped() < 448 || last < 499 || last > 501 {
			t.Errorf("%d frames wait, %d were dropped, the last is of tick %d", frames, q.Dropped(), last)
		}
		e.Close()
	})
}

func TestHearingDoesNotAllocate(t *testing.T) {
	_, members, tick := room(t, crowd(20)...)
	mix := members[0].mix
	members[1].SetPrivateSource(&voice{says: 7})
	for _, want := range []Hearing{{}, {Private: true}, {As: members[0]}} {
		mix.Hear(audio.NewQueue(10, 1), want)
	}
	members[0].Hear(audio.NewQueue(10, 1))
	tick(1)
	if allocs := testing.AllocsPerRun(100, func() { tick(1) }); allocs != 0 {
		t.Errorf("%v allocations a frame", allocs)
	}
}

// Run with -race: listeners come and go while real shards tick.
func TestHearAndStopUnderLoad(t *testing.T) {
	e := New(Config{Shards: 2}, quiet())
	var work sync.WaitGroup
	var mu sync.Mutex
	var all []*ear
	for range 4 {
		work.Go(func() {
			for i := range 30 {
				mix := e.NewMix(8000)
				member := mix.Join(&voice{says: 5})
				one, whole := &ear{}, &ear{}
				mu.Lock()
				all = append(all, one, whole)
				mu.Unlock()
				stop := member.Hear(one)
				mix.Hear(whole, Hearing{Private: true, As: member})
				switch i % 3 {
				case 0:
					stop()
				case 1:
					member.Leave()
				}
				mix.Close()
			}
		})
	}
	work.Wait()
	e.Close()
	for _, ear := range all {
		if ear.closed.Load() != 1 || ear.frames >= 1000 {
			t.Fatalf("closed %d times, %d frames", ear.closed.Load(), ear.frames)
		}
	}
}

// BenchmarkHear is a call of two whose sides are both recorded, and the whole.
func BenchmarkHear(b *testing.B) {
	for _, test := range []struct {
		name  string
		sides int
		whole int
	}{{"nobody", 0, 0}, {"both-sides", 2, 0}, {"whole", 0, 1}, {"both-sides-and-whole", 2, 1}} {
		b.Run(test.name, func(b *testing.B) {
			e, tick := still(b)
			mix := e.NewMix(8000)
			members := []*Member{mix.Join(&steady{}), mix.Join(&steady{})}
			for i := range test.sides {
				members[i].Hear(audio.NewQueue(50, 10))
			}
			for range test.whole {
				mix.Hear(audio.NewQueue(50, 10), Hearing{})
			}
			tick(1)
			b.ReportAllocs()
			for b.Loop() {
				tick(1)
			}
		})
	}
}

// whispers is a private source whose every other frame is an aside.
type whispers struct{ frames int16 }

func (w *whispers) ReadFrame(f audio.Frame) bool {
	w.frames++
	f[0] = 1000 * w.frames
	return true
}

func (w *whispers) Aside() bool { return w.frames%2 == 0 }

func TestAsidesAreHeardWhereTheyAreWanted(t *testing.T) {
	_, members, tick := room(t, 5, 0)
	members[1].SetPrivateSource(&whispers{})
	var without ear
	mix := members[0].mix
	stop := mix.Hear(&without, Hearing{Private: true})
	tick(1)
	wantEar(t, "at a frame for all", &without, 1005)
	tick(1)
	wantEar(t, "at an aside", &without, 5)
	stop()
	var with, alone ear
	mix.Hear(&with, Hearing{Private: true, Asides: true})
	mix.Hear(&alone, Hearing{Private: true, Asides: true, Voiceless: true})
	tick(2)
	wantEar(t, "who wants asides", &with, 4005)
	wantEar(t, "who wants no voices", &alone, 4000)
}

// whisper is one of several private sources that say the same, for some frames.
type whisper struct {
	says, frames int16
	copies       *audio.Copies
}

func (w *whisper) ReadFrame(f audio.Frame) bool {
	for i := range f {
		f[i] = w.says
	}
	w.frames--
	return w.frames >= 0
}

func (w *whisper) Copies() *audio.Copies { return w.copies }

func TestWhatSeveralAreToldIsHeardOnce(t *testing.T) {
	_, members, tick := room(t, 5, 0, 0, 0)
	var all ear
	members[0].mix.Hear(&all, Hearing{Private: true})
	tick(1)
	same := &audio.Copies{}
	// The copies begin in different ticks, and end so; another prompt is beside them.
	members[2].SetPrivateSource(&whisper{1000, 10, same})
	members[3].SetPrivateSource(&whisper{300, 20, nil})
	tick(1)
	members[1].SetPrivateSource(&whisper{1000, 10, same})
	for range 9 {
		wantEar(t, "while all are told", &all, 1305)
		tick(1)
	}
	wantEar(t, "in the last frame of the copy that is heard", &all, 1305)
	tick(1)
	wantEar(t, "in the last frame of the other, which is not", &all, 305)
	// Where the one that was heard goes, the other is.
	same = &audio.Copies{}
	members[1].SetPrivateSource(&whisper{1000, 100, same})
	members[2].SetPrivateSource(&whisper{1000, 100, same})
	tick(1)
	wantEar(t, "again", &all, 1305)
	members[1].Leave()
	tick(2)
	wantEar(t, "after one has left", &all, 1305)
}
