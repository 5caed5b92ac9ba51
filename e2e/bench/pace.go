package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// pace is what calls at a steady rate came to. sipp's own clock ticks every 4 ms,
// which is more than some of them take.
type pace struct {
	mu       sync.Mutex
	answered times                // from the INVITE to its 200
	began    map[string]time.Time // the INVITEs, by the caller's raw id
	failed   int
	problem  error // the last
}

// callAt makes calls at a rate for a while; each hangs up when it is answered.
func callAt(ctx context.Context, server, number string, rate int, length time.Duration) (*pace, error) {
	phone, err := siptest.New(siptest.Config{Server: server})
	if err != nil {
		return nil, err
	}
	defer phone.Close()
	p := &pace{began: map[string]time.Time{}}
	var work sync.WaitGroup
	began := time.Now()
	for n := range int(length.Seconds() * float64(rate)) {
		if err := pause(ctx, time.Until(began.Add(time.Duration(n)*time.Second/time.Duration(rate)))); err != nil {
			return nil, err
		}
		work.Go(func() { p.one(ctx, phone, number, farNumber(n)) })
	}
	work.Wait()
	if len(p.answered) == 0 {
		return nil, fmt.Errorf("no call was answered: %w", p.problem)
	}
	return p, nil
}

// one is a call.
func (p *pace) one(ctx context.Context, phone *siptest.Phone, number, caller string) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	began := time.Now()
	nowhere := describe(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 9)) // the discard port: nobody listens
	call, err := phone.Invite(siptest.Invite{To: number, Body: nowhere, NoSound: true, Fields: []siptest.Field{
		{Name: "From", Value: fmt.Sprintf("<sip:%s@%s>;tag=%s", caller, phone.Addr(), rand.Text())},
	}})
	if err == nil {
		err = call.WaitAnswered(ctx)
	}
	took := time.Since(began)
	if err == nil {
		err = call.Hangup(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.failed, p.problem = p.failed+1, err
		return
	}
	p.answered = append(p.answered, took)
	p.began["4:"+caller] = began
}
