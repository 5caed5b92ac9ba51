package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/mixer"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// crowd is many phones that speak all the time: one phone's signalling, and for
// each call a session of rtp of its own, since a thousand goroutines with tickers
// would measure themselves.
type crowd struct {
	phone  *siptest.Phone
	ports  *rtp.Ports
	engine *mixer.Engine
	work   sync.WaitGroup
	cancel context.CancelFunc
	said   []int16 // what each of them says, at 8 kHz, again and again

	mu      sync.Mutex
	members []*member
	problem error
}

// member is one of the phones in a call.
type member struct {
	call    *siptest.Call
	session *rtp.Session
	mix     *mixer.Mix
}

// newCrowd makes phones that call a server, or with "" are called only.
func newCrowd(server string) (*crowd, error) {
	phone, err := siptest.New(siptest.Config{Server: server})
	if err != nil {
		return nil, err
	}
	const low, high = 30000, 32767 // beside the server's
	return &crowd{
		phone: phone, ports: rtp.NewPorts(rtp.Config{Low: low, High: high}),
		engine: mixer.New(mixer.Config{}, slog.New(slog.NewTextHandler(io.Discard, nil))), cancel: func() {},
		said: speech,
	}, nil
}

// trunk is the configuration of a server that calls the crowd.
func (c *crowd) trunk() string {
	return fmt.Sprintf("trunks:\n  - {name: phones, host: 127.0.0.1, port: %d, transport: udp, sources: [127.0.0.0/8]}\n", c.phone.Addr().(*net.UDPAddr).Port)
}

func (c *crowd) close() {
	c.cancel()
	c.work.Wait()
	c.phone.Close()
	c.engine.Close()
}

// dial calls a number and speaks as soon as it is answered.
func (c *crowd) dial(ctx context.Context, number string) error {
	session, err := c.ports.Open(rtp.Holder{})
	if err != nil {
		return err
	}
	c.work.Go(func() {
		call, err := reach(ctx, c.phone, number, describe(session.LocalAddr()))
		if err != nil {
			c.failed(err)
			return
		}
		c.join(call, session, call.Final().Body)
	})
	return nil
}

// reach calls until it is answered: a server that has too much to do, on a machine
// that others use as well, asks its callers to try again.
func reach(ctx context.Context, phone *siptest.Phone, number, description string) (*siptest.Call, error) {
	const tries, wait = 100, time.Second // longer than await waits
	for try := 1; ; try++ {
		call, err := phone.Invite(siptest.Invite{To: number, Body: description, NoSound: true})
		if err != nil {
			return nil, err
		}
		err = call.WaitAnswered(ctx)
		var refused *siptest.Refused
		if err == nil || try == tries || !errors.As(err, &refused) || refused.Response.Status() != 503 {
			return call, err
		}
		if err := pause(ctx, wait+rand.N(wait)); err != nil {
			return nil, err
		}
	}
}

// answer takes every call that comes, until the crowd is closed.
func (c *crowd) answer(ctx context.Context) {
	ctx, c.cancel = context.WithCancel(ctx)
	c.work.Go(func() {
		for {
			call, err := c.phone.Next(ctx)
			if err != nil {
				return
			}
			session, err := c.ports.Open(rtp.Holder{})
			if err == nil {
				err = call.AnswerWith([]byte(describe(session.LocalAddr())))
			}
			if err != nil {
				c.failed(err)
				return
			}
			c.join(call, session, call.Invite.Body)
		}
	})
}

// join begins to speak and to hear.
func (c *crowd) join(call *siptest.Call, session *rtp.Session, description []byte) {
	remote, err := remoteOf(description)
	if err != nil {
		c.failed(err)
		return
	}
	formats := sdp.Formats{Codecs: []sdp.Format{{Codec: "PCMU"}}, Events: []sdp.Events{{PayloadType: keyFormat, Clock: 8000}}}
	session.SetMedia(sdp.Media{Remote: remote, Send: true, Receive: true, Sending: formats, Receiving: formats})
	mix := c.engine.NewMix(codec.PCMU.SampleRate)
	mix.Join(session)
	mix.Join(&talker{said: c.said, at: rand.IntN(len(c.said) - codec.PCMU.SampleRate/50)})
	c.mu.Lock()
	c.members = append(c.members, &member{call, session, mix})
	c.mu.Unlock()
}

func (c *crowd) failed(err error) {
	c.mu.Lock()
	c.problem = err
	c.mu.Unlock()
}

// await returns when so many are in calls.
func (c *crowd) await(ctx context.Context, count int) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		c.mu.Lock()
		have, problem := len(c.members), c.problem
		c.mu.Unlock()
		if have >= count || problem != nil {
			return problem
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("only %d of %d phones are in a call: %w", have, count, err)
		}
	}
}

// heard adds up what reached the phones, and what did not.
func (c *crowd) heard() (received, lost uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.members {
		stats := m.session.Stats()
		received, lost = received+stats.Received, lost+stats.Lost
	}
	return received, lost
}

// hangUp ends the calls that the crowd has made, and forgets them.
func (c *crowd) hangUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c.mu.Lock()
	members := c.members
	c.members = nil
	c.mu.Unlock()
	for n, m := range members {
		if err := m.call.Hangup(ctx); err != nil {
			return fmt.Errorf("hang up call %d of %d: %w", n+1, len(members), err)
		}
		m.mix.Close()
	}
	return nil
}
