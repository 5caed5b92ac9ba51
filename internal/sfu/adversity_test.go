package sfu

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtcp"

	"github.com/switchhook/switchhook/internal/sfu/sfutest"
)

// watching is a camera, and one who sees it over a path, in a view of 640×360.
func watching(t *testing.T, do func(cam *camera, p *path)) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		cam := newCamera(room, "ann", 1, &news{})
		defer cam.close()
		p := newPath(room, "bob", 1)
		defer p.close()
		p.client.Want([]View{{Stream: 1, Width: 640, Height: 360}})
		do(cam, p)
	})
}

// watched is how long pictures are watched.
func watched() time.Duration {
	if testing.Short() {
		return 10 * time.Second
	}
	return time.Minute
}

// look copies what the decoder has seen, and lets it count anew.
func (p *path) look() (d decoder, longest time.Duration, arrived int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := &p.decoders[0]
	d, longest, arrived = *one, one.longest(time.Now()), p.arrived
	one.pictures, one.freezes, p.arrived = 0, nil, 0
	return d, longest, arrived
}

// TestPicturesSurviveBadPaths asks that no picture stands for longer than a second, and
// nearly all are shown, on both sides' losses.
func TestPicturesSurviveBadPaths(t *testing.T) {
	for _, test := range []struct {
		name  string
		up    float64
		trip  time.Duration // of the sender's path, there and back
		path  func(*path)
		most  time.Duration
		least int // bits a second that come, on average
	}{
		{"good", 0, 0, func(*path) {}, 300 * time.Millisecond, 1_000_000},
		{"5 % lost downwards", 0, 0, func(p *path) { p.lose = newDice(0.05, 1).lose }, time.Second, 0},
		{"5 % lost upwards", 0.05, 0, func(*path) {}, time.Second, 0},
		// A packet may be lost three times on either side, of which each costs a round trip.
		{"5 % lost both ways, 200 ms there and back", 0.05, 200 * time.Millisecond, func(p *path) { p.lose, p.delay = newDice(0.05, 1).lose, 100*time.Millisecond }, 2 * time.Second, 0},
		{"20 % in another order", 0, 0, func(p *path) { p.late = 0.2 }, 300 * time.Millisecond, 1_000_000},
		{"a receiver that is busy for 200 ms of each second", 0, 0, func(p *path) { p.busyFor = 200 * time.Millisecond }, 500 * time.Millisecond, 1_000_000},
	} {
		t.Run(test.name, func(t *testing.T) {
			watching(t, func(cam *camera, p *path) {
				dice := newDice(test.up, 3)
				lose := loses(dice.lose)
				cam.lose.Store(&lose)
				cam.setTrip(test.trip)
				time.Sleep(5 * time.Second)
				p.set(test.path)
				time.Sleep(time.Second)
				p.look()
				time.Sleep(watched())
				d, longest, arrived := p.look()
				t.Logf("%d pictures, longest %v, %d freezes, %d kbit/s, width %d", d.pictures, longest, len(d.freezes), arrived*8/int(watched().Milliseconds()), d.width)
				if all := int(watched().Seconds()) * sfutest.PerSecond; longest > test.most || d.pictures < all*8/10 {
					t.Errorf("%d of %d pictures, the longest for %v (%v)", d.pictures, all, longest, d.freezes)
				}
				if rate := arrived * 8 / int(watched().Seconds()); rate < test.least {
					t.Errorf("%d bits a second came over a path that carries more", rate)
				}
				asked := 0
				for _, e := range cam.layers {
					_, again := e.asked()
					asked += again
				}
				if lost := dice.lost.Load(); int64(asked) > lost*13/10+20 {
					t.Errorf("%d packets were lost, and %d were asked for", lost, asked)
				}
			})
		})
	}
}

// TestAPacketThatNeverComesCostsAKeyPicture: what is lost however often it is repeated holds
// pictures up until hope is lost, and a new key picture has come.
func TestAPacketThatNeverComesCostsAKeyPicture(t *testing.T) {
	for _, up := range []bool{true, false} {
		watching(t, func(cam *camera, p *path) {
			cam.setTrip(200 * time.Millisecond)
			p.set(func(p *path) { p.delay = 100 * time.Millisecond })
			time.Sleep(10 * time.Second)
			p.look()
			if up {
				e := cam.layers[2]
				e.mu.Lock()
				lose := hole(e.layer.ssrc, e.seq+20)
				e.mu.Unlock()
				cam.lose.Store(&lose)
			} else {
				p.set(func(p *path) { p.lose = hole(0, uint16(p.decoders[0].highest)+40) })
			}
			time.Sleep(5 * time.Second)
			d, longest, _ := p.look()
			t.Logf("up %v: longest %v, %d pictures, width %d", up, longest, d.pictures, d.width)
			if longest < 500*time.Millisecond || longest > 2*time.Second || len(d.freezes) != 1 || d.width != 640 {
				t.Errorf("up %v: pictures of %d stood for %v", up, d.width, d.freezes)
			}
		})
	}
}

// TestBandwidthThatFallsAndRises asks that pictures move on a path of 300 kbit/s, in a
// smaller encoding and without swinging, and are large again when it is wide.
func TestBandwidthThatFallsAndRises(t *testing.T) {
	watching(t, func(_ *camera, p *path) {
		p.set(func(p *path) { p.rate = 5_000_000 })
		time.Sleep(15 * time.Second)
		if d, longest, _ := p.look(); d.width != 640 || longest > time.Second {
			t.Errorf("at 5 Mbit/s the picture is %d wide, and stood for %v", d.width, longest)
		}
		p.set(func(p *path) { p.rate = 300_000 })
		time.Sleep(3 * time.Second)
		d, longest, _ := p.look()
		t.Logf("fall: longest %v, %d pictures, width %d", longest, d.pictures, d.width)
		if longest > 3*time.Second {
			t.Errorf("when the path became narrow, a picture stood for %v", longest)
		}
		late := p.queued(watched())
		d, longest, arrived := p.look()
		t.Logf("narrow: longest %v, %d pictures, width %d, %d kbit/s; the queue was over 100 ms for %d %% of the time", longest, d.pictures, d.width, arrived*8/int(watched().Milliseconds()), late)
		if late > 10 {
			t.Errorf("for %d %% of the time sound would wait for more than 100 ms", late)
		}
		if longest > 1500*time.Millisecond || d.pictures < int(watched().Seconds())*sfutest.PerSecond*8/10 || d.width != 160 {
			t.Errorf("at 300 kbit/s: %d pictures of %d, the longest for %v", d.pictures, d.width, longest)
		}
		p.set(func(p *path) { p.rate = 5_000_000 })
		began := time.Now()
		for time.Since(began) < 3*time.Second {
			time.Sleep(50 * time.Millisecond)
			if d, _, _ := p.look(); d.width == 640 {
				t.Logf("large again after %v", time.Since(began))
				return
			}
		}
		t.Error("on a path that is wide again the picture stays small for 3 s")
	})
}

// TestBurstsThatPassPromiseNothing: a path that lets bursts pass is not taken for a wide
// one, though trains of packets say so.
func TestBurstsThatPassPromiseNothing(t *testing.T) {
	watching(t, func(_ *camera, p *path) {
		p.set(func(p *path) { p.rate, p.bucket = 700_000, 200*time.Millisecond })
		time.Sleep(20 * time.Second)
		p.look()
		late := p.queued(watched())
		d, longest, arrived := p.look()
		t.Logf("longest %v, %d pictures, width %d, %d kbit/s; the queue was over 100 ms for %d %% of the time", longest, d.pictures, d.width, arrived*8/int(watched().Milliseconds()), late)
		if longest > time.Second || d.pictures < int(watched().Seconds())*sfutest.PerSecond*9/10 || late > 20 {
			t.Errorf("%d pictures, the longest for %v; for %d %% of the time sound would wait for more than 100 ms", d.pictures, longest, late)
		}
	})
}

// queued is the share of a period in which more than 100 ms wait before the narrow place,
// in percent.
func (p *path) queued(period time.Duration) (percent int) {
	all := int(period / (10 * time.Millisecond))
	for range all {
		time.Sleep(10 * time.Millisecond)
		p.set(func(p *path) {
			if time.Until(p.busy) > 100*time.Millisecond {
				percent++
			}
		})
	}
	return percent * 100 / all
}

// TestOutagesEnd asks that pictures move soon after a path is there again, whether or not
// the connection was told to be interrupted.
func TestOutagesEnd(t *testing.T) {
	for _, told := range []bool{false, true} {
		watching(t, func(_ *camera, p *path) {
			time.Sleep(10 * time.Second)
			p.set(func(p *path) { p.down = true })
			if told {
				p.client.SetAway(true)
			}
			time.Sleep(5 * time.Second)
			p.look()
			p.set(func(p *path) { p.down = false })
			if told {
				p.client.SetAway(false)
			}
			time.Sleep(2 * time.Second)
			d, longest, _ := p.look()
			t.Logf("told %v: %v", told, longest)
			if told {
				time.Sleep(2 * time.Second)
				if d, _, _ := p.look(); d.width != 640 {
					t.Errorf("4 s after the path is there again, the picture is %d wide", d.width)
				}
			}
			if longest > 6*time.Second || d.pictures < 15 {
				t.Errorf("told %v: after 5 s without a path, a picture stood for %v, and %d came in 2 s", told, longest, d.pictures)
			}
		})
	}
}

// TestALongerPathIsNoQueue: the delay of a path that has become longer, as by another network,
// is not taken for a queue, whether or not the connection was interrupted.
func TestALongerPathIsNoQueue(t *testing.T) {
	for _, told := range []bool{false, true} {
		watching(t, func(_ *camera, p *path) {
			p.set(func(p *path) { p.rate = 8_000_000 })
			time.Sleep(15 * time.Second)
			if d, _, _ := p.look(); d.width != 640 {
				t.Fatalf("before, the picture is %d wide", d.width)
			}
			if told {
				p.client.SetAway(true)
				p.set(func(p *path) { p.down = true })
				time.Sleep(5 * time.Second)
				p.client.SetAway(false)
			}
			p.set(func(p *path) { p.delay, p.down = 150*time.Millisecond, false })
			time.Sleep(time.Second)
			p.look()
			time.Sleep(9 * time.Second)
			d, longest, _ := p.look()
			t.Logf("told %v: %d pictures in 9 s, the longest for %v, %d wide", told, d.pictures, longest, d.width)
			if d.width != 640 || longest > time.Second || d.pictures < 9*sfutest.PerSecond*9/10 {
				t.Errorf("told %v: 10 s after the path became longer, the picture is %d wide; %d came, one stood for %v", told, d.width, d.pictures, longest)
			}
		})
	}
}

// TestWhoDoesNotReadHoldsUpNobody: a write that blocks is that receiver's alone.
func TestWhoDoesNotReadHoldsUpNobody(t *testing.T) {
	watching(t, func(cam *camera, p *path) {
		stuck := newWatcher(cam.client.room.Load(), "eve", 1)
		stuck.lines[0].block = make(chan struct{})
		stuck.client.Want([]View{{Stream: 1, Width: 640, Height: 360}})
		time.Sleep(10 * time.Second)
		p.look()
		time.Sleep(10 * time.Second)
		if d, longest, _ := p.look(); longest > 300*time.Millisecond || d.pictures < 190 {
			t.Errorf("beside a receiver that does not read, %d pictures came in 10 s, and one stood for %v", d.pictures, longest)
		}
		close(stuck.lines[0].block)
		before := len(stuck.lines[0].widths())
		time.Sleep(2 * time.Second)
		if len(stuck.lines[0].widths()) == before {
			t.Error("the receiver gets no key frame when it reads again")
		}
		stuck.client.Close()
	})
}

// TestAPublisherThatVanishesIsPaused asks what its viewers are told.
func TestAPublisherThatVanishesIsPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		cam := newCamera(room, "ann", 1, &news{})
		defer cam.close()
		w := newWatcher(room, "bob", 1)
		defer w.client.Close()
		w.client.Want([]View{{Stream: 1, Width: 160, Height: 90}})
		time.Sleep(2 * time.Second)
		for _, e := range cam.layers {
			e.turn(false)
		}
		time.Sleep(2 * time.Second)
		if got := w.shown(); got[0] != (Slot{"a", 1, NoSender}) {
			t.Errorf("slots are %+v", got)
		}
	})
}

// TestKeyFramesAreFewWhenManyJoin: fifty receivers at once cost two key frames a second.
func TestKeyFramesAreFewWhenManyJoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		cam := newCamera(room, "ann", 1, &news{})
		defer cam.close()
		time.Sleep(time.Second)
		for range 50 {
			w := newWatcher(room, "bob", 1)
			defer w.client.Close()
			w.client.Want([]View{{Stream: 1, Width: 160, Height: 90}})
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(time.Second)
		for _, e := range cam.layers {
			if keys, _ := e.asked(); keys > 5 {
				t.Errorf("%d key frames of %s were asked for in 2 s", keys, e.rid)
			}
		}
	})
}

// TestWhoAsksForKeyPicturesGetsFew: a client that asks for them all the time does not spoil the
// pictures of all others.
func TestWhoAsksForKeyPicturesGetsFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		cam := newCamera(room, "ann", 1, &news{})
		defer cam.close()
		w := newWatcher(room, "bob", 1)
		defer w.client.Close()
		w.client.Want([]View{{Stream: 1, Width: 160, Height: 90}})
		time.Sleep(3 * time.Second)
		before, _ := cam.layers[0].asked()
		for range 200 {
			w.client.Feedback([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: 100}}, time.Now())
			time.Sleep(100 * time.Millisecond)
		}
		if keys, _ := cam.layers[0].asked(); keys-before < 4 || keys-before > 16 {
			t.Errorf("%d key pictures were asked for in 20 s", keys-before)
		}
	})
}
