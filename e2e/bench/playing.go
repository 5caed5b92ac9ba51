package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// setupRate is how many calls a second the media runs begin with.
const setupRate = 100

// promptStage starts a server whose application plays a prompt, and phones that call it.
func (b *bench) promptStage(ctx context.Context, run func(*server, *application, *crowd) error) error {
	sound, err := prompt()
	if err != nil {
		return err
	}
	return b.stage(ctx, "", sound, func(s *server, a *application) error {
		phones, err := newCrowd(s.addresses.SIP)
		if err != nil {
			return err
		}
		defer phones.close()
		return run(s, a, phones)
	})
}

// trunkStage is a stage whose trunk leads to phones that answer at once.
func (b *bench) trunkStage(ctx context.Context, run func(*server, *application, *crowd) error) error {
	phones, err := newCrowd("")
	if err != nil {
		return err
	}
	defer phones.close()
	return b.stage(ctx, phones.trunk(), nil, func(s *server, a *application) error {
		phones.answer(ctx)
		return run(s, a, phones)
	})
}

// playingCalls measures calls that hear a prompt and speak at the same time.
func (b *bench) playingCalls(ctx context.Context) error {
	return b.promptStage(ctx, func(s *server, a *application, phones *crowd) error {
		before, err := s.warmed(ctx, phones, a)
		if err := errors.Join(err, b.keep(ctx, "before.heap", "heap")); err != nil {
			return err
		}
		few := b.playing / 4 // with them comes what no further call needs again
		some, err := s.playing(ctx, phones, a, few)
		if err := errors.Join(err, b.keep(ctx, "few-playing.heap", "heap")); err != nil {
			return err
		}
		all, err := s.playing(ctx, phones, a, b.playing-few)
		if err != nil {
			return err
		}
		profiled := b.keepDuring(ctx, "playing.cpu", "profile?seconds=5")
		used, err := s.over(ctx, b.measured)
		if err := errors.Join(err, profiled(), b.keep(ctx, "playing.heap", "heap"), b.keep(ctx, "playing.goroutines", "goroutine")); err != nil {
			return err
		}
		b.played = time.Duration(used.Seconds() / b.measured.Seconds() / float64(b.playing) * float64(time.Second))
		b.row("CPU of a playing call", share(used, b.measured, b.playing), "%d phones, G.711 both ways, a 16 kHz prompt in a loop", b.playing)
		b.row("memory of a playing call", fmt.Sprintf("%.0f kB", float64(all-some)/1e3/float64(b.playing-few)),
			"resident: %.0f MB with %d calls, %.0f MB with %d", megabytes(some), few, megabytes(all), b.playing)
		if err := phones.hangUp(ctx); err != nil {
			return err
		}
		after, err1 := s.settled(ctx)
		_, file, err2 := s.statm()
		b.row("memory after them", fmt.Sprintf("%.0f MB", megabytes(after)),
			"resident, %v after all have hung up; %.0f MB before the first; %.0f MB are pages of the program's file", quiet, megabytes(before), megabytes(file))
		return errors.Join(err1, err2, b.keep(ctx, "after.heap", "heap"), b.keep(ctx, "after.goroutines", "goroutine"))
	})
}

// warmed makes a few calls and returns the resident set without any: what the
// first ones bring with them is nobody's.
func (s *server) warmed(ctx context.Context, phones *crowd, a *application) (int, error) {
	const first = 20
	if _, err := s.playing(ctx, phones, a, first); err != nil {
		return 0, err
	}
	if err := phones.hangUp(ctx); err != nil {
		return 0, err
	}
	return s.settled(ctx)
}

// playing brings more calls up and returns the resident set when it has settled.
func (s *server) playing(ctx context.Context, phones *crowd, a *application, count int) (int, error) {
	if err := phones.callUntil(ctx, a, "PlayStarted", count, setupRate); err != nil {
		return 0, err
	}
	return s.settled(ctx)
}

// share is what one of many takes of a core.
func share(used, in time.Duration, many int) string {
	return fmt.Sprintf("%.3f %% of a core", 100*used.Seconds()/in.Seconds()/float64(many))
}

// callUntil brings calls up, at most so many a second, and returns when each of them
// has had an event of a kind.
func (c *crowd) callUntil(ctx context.Context, a *application, kind string, count, rate int) error {
	started := a.watch(kind)
	c.mu.Lock()
	already := len(c.members)
	c.mu.Unlock()
	for range count {
		if err := c.dial(ctx, ourNumber); err != nil {
			return err
		}
		if err := pause(ctx, time.Second/time.Duration(rate)); err != nil {
			return err
		}
	}
	if err := c.await(ctx, already+count); err != nil {
		return err
	}
	for range count {
		if _, err := next(ctx, started, kind); err != nil {
			return err
		}
	}
	return nil
}

// thousandCalls lets many calls play for long, and asks for every packet.
func (b *bench) thousandCalls(ctx context.Context) error {
	return b.promptStage(ctx, func(s *server, a *application, phones *crowd) error {
		alone, err := s.metrics()
		if err != nil {
			return err
		}
		if err := phones.callUntil(ctx, a, "PlayStarted", b.thousand, setupRate); err != nil {
			return err
		}
		before, err := s.metrics()
		if err != nil {
			return err
		}
		b.row(fmt.Sprintf("%d playing calls come, %d a second: tick lateness", b.thousand, setupRate), "p99 "+lateness(alone).percentile(before, 0.99), "%s", lateness(alone).describe(before))
		received, lost := phones.heard()
		traced := b.keepDuring(ctx, "thousand.trace", "trace?seconds=3")
		used, err := s.over(ctx, b.long)
		if err := errors.Join(err, traced()); err != nil {
			return err
		}
		after, err := s.metrics()
		if err != nil {
			return err
		}
		receivedNow, lostNow := phones.heard()
		all, err := s.memory()
		if err != nil {
			return err
		}
		many := fmt.Sprintf("%d playing calls for %v", b.thousand, b.long)
		b.row(many+": packets lost", fmt.Sprint(lostNow-lost), "of %d that the phones had to receive", receivedNow-received+lostNow-lost)
		b.row(many+": tick lateness", "p99 "+lateness(before).percentile(after, 0.99), "%s", lateness(before).describe(after))
		b.row(many+": CPU", share(used, b.long, b.thousand), "of each; %.0f %% of the core; %.0f MB resident", 100*used.Seconds()/b.long.Seconds(), megabytes(all))
		return b.lostOnTheWayIn(ctx, s, phones, before)
	})
}

// lostOnTheWayIn hangs up and asks the server what it missed.
func (b *bench) lostOnTheWayIn(ctx context.Context, s *server, phones *crowd, before lateness) error {
	if err := phones.hangUp(ctx); err != nil {
		return err
	}
	if err := pause(ctx, time.Second); err != nil { // the records of the last calls
		return err
	}
	after, err := s.metrics()
	if err != nil {
		return err
	}
	var ratios, legs, received float64
	for name, value := range after {
		switch {
		case strings.HasPrefix(name, "switchhook_leg_loss_ratio_sum"):
			ratios += value - before[name]
		case strings.HasPrefix(name, "switchhook_leg_loss_ratio_count"):
			legs += value - before[name]
		case strings.HasPrefix(name, "switchhook_leg_packets_total") && strings.Contains(name, `"received"`):
			received += value - before[name]
		}
	}
	b.row("  on the way in", fmt.Sprintf("%.4f %% lost", 100*ratios/max(legs, 1)), "mean of %.0f legs; the server received %.0f packets, the set-ups' included", legs, received)
	return nil
}
