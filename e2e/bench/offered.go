package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// aging is how long calls come before overload is measured: what lives of a call for as long as repeated
	// messages or late news may come, 32 to 35 s, makes a server slower that has it in its memory.
	aging = 40 * time.Second
	// recovery is the time between two loads: a limit that overload has set goes within a second.
	recovery = 2 * time.Second
	// alternations is how often the peak and a load are measured, in turn: the host of a virtual machine is not as
	// fast in one minute as in the next.
	alternations = 6
)

// offered is what the same load came to, several times.
type offered struct {
	load
	used coreUse
	each []float64 // calls a second of each time
}

// add offers the load once more, after a pause.
func (o *offered) add(ctx context.Context, s *server, offer func() (load, error)) error {
	if err := pause(ctx, recovery); err != nil {
		return err
	}
	used := s.watchCore()
	came, err1 := offer()
	spent, err2 := used()
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	o.each = append(o.each, came.rate())
	o.took += came.took
	o.succeeded, o.failed = o.succeeded+came.succeeded, o.failed+came.failed
	o.setups = append(o.setups, came.setups...)
	o.sipp, o.application = o.sipp+came.sipp, o.application+came.application
	o.used = coreUse{o.used.server + spent.server, o.used.others + spent.others, o.used.took + spent.took}
	return nil
}

// cost is the processor time of a call that came up, in ms.
func (o *offered) cost() float64 { return 1e3 * o.used.server.Seconds() / float64(o.succeeded) }

// rates tells the mean and what each time came to.
func (o *offered) rates() string {
	var list []string
	for _, rate := range o.each {
		list = append(list, fmt.Sprintf("%.0f", rate))
	}
	return fmt.Sprintf("%.0f (%s)", o.rate(), strings.Join(list, ", "))
}

// warmUp keeps the server busy until it is as it will stay.
func (b *bench) warmUp(ctx context.Context, s *server) (burst load, err error) {
	if _, err := runSipp(ctx, s, ourNumber, "-m", "500", "-l", "20", "-r", "1000", "-d", "0"); err != nil {
		return load{}, err
	}
	if burst, err = b.atPeak(ctx, s, b.calls); err != nil {
		return load{}, err
	}
	_, err = b.atPeak(ctx, s, int(burst.rate()*aging.Seconds()))
	return burst, err
}

// atPeak makes calls, so many at once that the server is busy and has no queue.
func (b *bench) atPeak(ctx context.Context, s *server, calls int) (load, error) {
	return runSipp(ctx, s, ourNumber, "-m", fmt.Sprint(calls), "-l", fmt.Sprint(b.at), "-r", "10000", "-d", "0")
}

// inTurn offers the peak and times as many calls as came up in it, in turn. usual is about the peak.
func (b *bench) inTurn(ctx context.Context, s *server, usual int, times float64) (peak, more offered, err error) {
	seconds := b.measured.Seconds() / alternations
	for range alternations {
		err := peak.add(ctx, s, func() (load, error) { return b.atPeak(ctx, s, int(float64(usual)*seconds)) })
		if err != nil {
			return peak, more, err
		}
		rate := times * peak.each[len(peak.each)-1]
		err = more.add(ctx, s, func() (load, error) {
			return runSipp(ctx, s, ourNumber, "-m", fmt.Sprint(int(rate*seconds)), "-l", "30000", "-r", fmt.Sprint(int(rate)),
				"-d", "0", "-trace_rtt", "-rtt_freq", "1", "-recv_timeout", "20000")
		})
		if err != nil {
			return peak, more, err
		}
	}
	return peak, more, nil
}
