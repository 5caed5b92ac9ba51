package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// signalling measures calls that an echo number answers: SIP and the call alone,
// without an application, and what is left of them in memory.
func (b *bench) signalling(ctx context.Context) error {
	s, err := startServer(ctx, b.binary, b.insides()+echoes)
	if err != nil {
		return err
	}
	defer s.close()
	if err := b.warm(ctx, s, echoNumber); err != nil {
		return err
	}
	idle, err := s.settled(ctx)
	if err != nil {
		return err
	}
	if err := b.saturate(ctx, s, echoNumber, 5*b.calls, "signalling alone", "INVITE to BYE, answered by an echo"); err != nil {
		return err
	}
	loaded, err1 := s.memory()
	left, err2 := s.settled(ctx)
	b.row("memory of that burst", fmt.Sprintf("%.0f MB", megabytes(loaded)), "resident at its end; %.0f MB before, %.0f MB %v later", megabytes(idle), megabytes(left), quiet)
	return errors.Join(err1, err2)
}

// setups measures how many calls a second come up and go down again, with an
// application that answers them.
func (b *bench) setups(ctx context.Context) error {
	return b.stage(ctx, "", nil, func(s *server, a *application) error {
		if err := b.warm(ctx, s, ourNumber); err != nil {
			return err
		}
		return b.saturate(ctx, s, ourNumber, b.calls, "with an application", "INVITE to BYE, IncomingCall, answer over TLS, three callbacks")
	})
}

// warm makes the first calls: what they pay for once is not what is measured.
func (b *bench) warm(ctx context.Context, s *server, number string) error {
	_, err := runSipp(ctx, s, number, "-m", "100", "-l", "20", "-r", "1000", "-d", "0")
	return err
}

// saturate makes calls as fast as the server takes them.
func (b *bench) saturate(ctx context.Context, s *server, number string, calls int, what, how string) error {
	before, err := s.cpu()
	if err != nil {
		return err
	}
	profiled := b.keepDuring(ctx, strings.ReplaceAll(what, " ", "-")+".cpu", "profile?seconds=2")
	load, err := runSipp(ctx, s, number, "-m", fmt.Sprint(calls), "-l", fmt.Sprint(b.at), "-r", "20000", "-d", "0")
	if err := errors.Join(err, profiled()); err != nil {
		return err
	}
	after, err := s.cpu()
	used := after - before
	b.row("set-ups a second, "+what, fmt.Sprintf("%.0f", load.rate()),
		"%d calls by sipp, %d at a time, %d refused; the core was %.0f %% busy; %s", calls, b.at, load.failed, percent(used, load.took), load.others())
	b.row("CPU of a set-up, "+what, fmt.Sprintf("%.2f ms", 1e3*used.Seconds()/float64(load.succeeded)), "%s", how)
	return err
}

// readNumbers reads numbers above 0, separated by commas.
func readNumbers(list string) (numbers []int, err error) {
	for text := range strings.SplitSeq(list, ",") {
		number, err := strconv.Atoi(text)
		if err != nil || number < 1 {
			return nil, fmt.Errorf("%q is no number above 0", text)
		}
		numbers = append(numbers, number)
	}
	return numbers, nil
}

// latency measures how long callers wait, and events take, at given rates.
func (b *bench) latency(ctx context.Context) error {
	for _, rate := range b.rates {
		if err := b.latencyAt(ctx, rate); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) latencyAt(ctx context.Context, rate int) error {
	return b.stage(ctx, "", nil, func(s *server, a *application) error {
		if err := b.warm(ctx, s, ourNumber); err != nil {
			return err
		}
		warm, connected := len(a.arrivals()), a.watch("CallConnected")
		calls, err := callAt(ctx, s.addresses.SIP, ourNumber, rate, b.each)
		if err != nil {
			return err
		}
		b.row(fmt.Sprintf("INVITE to 200 at %d calls/s", rate), calls.answered.String(), "p50 / p99 / longest: IncomingCall, answer over TLS; %d calls, %d failed", len(calls.answered)+calls.failed, calls.failed)
		if err := pause(ctx, time.Second); err != nil { // until the last callbacks are there
			return err
		}
		b.row(fmt.Sprintf("INVITE to CallConnected at %d calls/s", rate), a.sinceInvite(connected, calls.began).String(), "p50 / p99 / longest, to the arrival of the callback")
		b.row(fmt.Sprintf("event to webhook at %d calls/s", rate), a.arrivals()[warm:].String(), "p50 / p99 / longest, from the event's time to its arrival")
		return nil
	})
}
