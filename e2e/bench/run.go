package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

const ourNumber = "+15550100001" // a first start owns it

// stage starts a server and an application, and returns how to end both.
func stage(ctx context.Context, o options, prompt []byte) (*server, *application, func() error, error) {
	s, err := startServer(ctx, o.binary)
	if err != nil {
		return nil, nil, nil, err
	}
	a, err := startApplication(ctx, s, prompt)
	if err != nil {
		s.close()
		return nil, nil, nil, err
	}
	return s, a, func() error { s.close(); return a.close() }, nil
}

// setups measures how many calls a second come up and go down again.
func setups(ctx context.Context, o options, table *tabwriter.Writer) (err error) {
	s, _, end, err := stage(ctx, o, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	// What the first calls pay for once is not what is measured.
	if _, err := runSipp(ctx, s, "-m", "100", "-l", "20", "-r", "1000", "-d", "0"); err != nil {
		return err
	}
	before, err := s.cpu()
	if err != nil {
		return err
	}
	load, err := runSipp(ctx, s, "-m", fmt.Sprint(o.calls), "-l", fmt.Sprint(o.at), "-r", "10000", "-d", "0")
	if err != nil {
		return err
	}
	after, err := s.cpu()
	used := after - before
	row(table, "call set-ups per second", fmt.Sprintf("%.0f", float64(load.succeeded)/load.took.Seconds()),
		"%d calls by sipp, %d at a time, %d refused; the core was %.0f %% busy", o.calls, o.at, load.failed, 100*used.Seconds()/load.took.Seconds())
	row(table, "CPU per set-up", fmt.Sprintf("%.2f ms", 1e3*used.Seconds()/float64(load.succeeded)), "INVITE to BYE, IncomingCall, answer over TLS, three callbacks")
	return err
}

// latency measures how soon events arrive when the server is not busy.
func latency(ctx context.Context, o options, table *tabwriter.Writer) (err error) {
	s, a, end, err := stage(ctx, o, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	calls := int(o.measured.Seconds()) * o.steady
	load, err := runSipp(ctx, s, "-m", fmt.Sprint(calls), "-r", fmt.Sprint(o.steady), "-d", "500")
	if err != nil {
		return err
	}
	for _, share := range []float64{0.50, 0.95, 0.99} {
		row(table, fmt.Sprintf("event to webhook p%.0f", 100*share), fmt.Sprintf("%.1f ms", 1e3*a.percentile(share).Seconds()),
			"from the event's time to its arrival, %d calls a second, %d refused", o.steady, load.failed)
	}
	return nil
}

// playing measures calls that hear a prompt and speak at the same time.
func playing(ctx context.Context, o options, table *tabwriter.Writer) (err error) {
	var prompt bytes.Buffer
	if err := audio.WriteWAV(&prompt, 16000, audiotest.Tone(16000, 5*time.Second, -12, 440)); err != nil {
		return err
	}
	s, a, end, err := stage(ctx, o, prompt.Bytes())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	phone, err := siptest.New(siptest.Config{Server: s.addresses.SIP})
	if err != nil {
		return err
	}
	defer phone.Close()
	first, err := callAndHear(ctx, a, phone, 1) // the prompt is downloaded and converted once
	if err != nil {
		return err
	}
	idle, err := s.memory()
	if err != nil {
		return err
	}
	calls, err := callAndHear(ctx, a, phone, o.playing)
	if err != nil {
		return err
	}
	used, memory, err := s.over(ctx, o.measured)
	if err != nil {
		return err
	}
	row(table, "CPU of a playing call", fmt.Sprintf("%.2f %% of a core", 100*used.Seconds()/o.measured.Seconds()/float64(o.playing+1)),
		"%d phones, G.711 both ways, a 16 kHz prompt in a loop", o.playing)
	row(table, "memory of a playing call", fmt.Sprintf("%.0f kB", float64(memory-idle)/1e3/float64(o.playing)),
		"resident, %.0f MB with one call, %.0f MB with all", float64(idle)/1e6, float64(memory)/1e6)
	return hangUp(ctx, append(calls, first...))
}

// callAndHear brings calls up and returns when each of them is playing.
func callAndHear(ctx context.Context, a *application, phone *siptest.Phone, count int) ([]*siptest.Call, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var calls []*siptest.Call
	for range count {
		call, err := phone.Call(ourNumber)
		if err != nil {
			return nil, err
		}
		calls = append(calls, call)
	}
	for playing := range count {
		select {
		case <-a.up:
		case <-ctx.Done():
			return nil, fmt.Errorf("only %d of %d calls play: %w", playing, count, ctx.Err())
		}
	}
	return calls, nil
}

// hangUp ends calls, and with an error those that had already ended.
func hangUp(ctx context.Context, calls []*siptest.Call) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for n, call := range calls {
		if err := call.Hangup(ctx); err != nil {
			return fmt.Errorf("hang up call %d of %d: %w", n+1, len(calls), err)
		}
	}
	return nil
}

// over returns the processor time that the server takes in a while, and its
// memory at the end of it.
func (s *server) over(ctx context.Context, d time.Duration) (used time.Duration, memory int, err error) {
	before, err := s.cpu()
	if err != nil {
		return 0, 0, err
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
		return 0, 0, ctx.Err()
	}
	after, err1 := s.cpu()
	memory, err2 := s.memory()
	return after - before, memory, errors.Join(err1, err2)
}
