package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// The tests TestAttack… play strangers, key holders and phone users who want to
// bring the product down. Each side has addresses of its own on loopback.
const (
	trunkHost    = "127.5.0.5"  // the only trunk
	deskHost     = "127.7.0.7"  // telephones of users
	strangerHost = "127.66.0.6" // nobody knows it
	echoNumber   = "+15550100099"
	attackMemory = 4 // times the memory before: more is growth that the attacker decides over
)

// sized is a count of an attack: SWITCHHOOK_ATTACK=full takes the second.
func sized(short, full int) int {
	if os.Getenv("SWITCHHOOK_ATTACK") == "full" {
		return full
	}
	return short
}

// attackTime is how long an attack that has no end of its own lasts.
func attackTime() time.Duration { return time.Duration(sized(2, 20)) * time.Second }

// attacked is a product with two users' telephones and a trunk, which call while
// somebody attacks.
type attacked struct {
	*product
	desk, colleague siptest.Account
	owners          map[string]string // identities by user name
}

// startAttacked runs the product with more configuration.
func startAttacked(t *testing.T, s setup) *attacked {
	t.Helper()
	s.config += "echo-numbers: ['" + echoNumber + "']\ntrunks:\n  - {name: carrier, host: " + trunkHost + ", sources: [" + trunkHost + "/32]}\n"
	v := &attacked{product: start(t, s), owners: map[string]string{}}
	v.desk, v.colleague = v.newPhoneUser("101"), v.newPhoneUser("102")
	return v
}

// newPhoneUser makes a user, and a credential for a telephone.
func (v *attacked) newPhoneUser(userName string) siptest.Account {
	v.t.Helper()
	v.owners[userName] = v.newUser()
	return v.account(v.owners[userName], "--user", userName)
}

// newUser makes a user with the access key.
func (p *product) newUser() string {
	p.t.Helper()
	var made struct{ Identity struct{ ID string } }
	if status := p.signed("POST", "/identities?api-version=2023-10-01", nil, struct{}{}, &made); status != http.StatusCreated {
		p.t.Fatalf("a user could not be made: %d", status)
	}
	return made.Identity.ID
}

// under makes an attack while phones call, and asks that the product stays
// within its memory, loses no call, locks no phone out, and stays ready.
func (v *attacked) under(attack func()) {
	v.t.Helper()
	v.callEcho() // pools and caches are made before the memory is read
	before := v.memory()
	ctx, cancel := context.WithCancel(v.t.Context())
	var work sync.WaitGroup
	var most, calls atomic.Int64
	problems := make(chan error, 8)
	work.Go(func() { v.watchMemory(ctx, &most) })
	for _, call := range []func(context.Context) error{v.deskCalls, v.trunkCalls} {
		work.Go(func() {
			for ctx.Err() == nil {
				if err := call(context.WithoutCancel(ctx)); err != nil {
					problems <- err
					return
				}
				calls.Add(1)
			}
		})
	}
	attack()
	v.callEcho() // and is answered after it
	cancel()
	work.Wait()
	close(problems)
	for err := range problems {
		v.t.Errorf("while the attack went on: %v", err)
	}
	if calls.Load() < 2 {
		v.t.Errorf("%d calls were made meanwhile, want 2 at least", calls.Load())
	}
	v.t.Logf("%d calls; memory %.1f MB before, %.1f MB at most", calls.Load(), float64(before)/1e6, float64(most.Load())/1e6)
	if most.Load() > attackMemory*before {
		v.t.Errorf("the memory grew from %.1f MB to %.1f MB", float64(before)/1e6, float64(most.Load())/1e6)
	}
	v.stillUp()
}

// stillUp asks that the product serves, and that nothing in it went wrong.
func (v *attacked) stillUp() {
	v.t.Helper()
	if v.hasExited() {
		v.t.Fatalf("the product has ended: %v", v.err)
	}
	client := v.client()
	eventually(v.t, 20*time.Second, "the product takes calls after the attack", func() bool {
		response, err := client.Get("https://" + v.addresses.HTTPS + "/readyz") // 503 for a while where the machine is busy
		must(v.t, err)
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	for line := range strings.Lines(v.log.String()) {
		for _, sign := range []string{"panic", "no RTP port is free", "too many open files"} {
			if strings.Contains(line, sign) {
				v.t.Errorf("the log has %s", line)
			}
		}
	}
}

func (v *attacked) watchMemory(ctx context.Context, most *atomic.Int64) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if v.hasExited() {
				return
			}
			most.Store(max(most.Load(), v.memory()))
		case <-ctx.Done():
			return
		}
	}
}

// callEcho is one call of each phone, which has to succeed.
func (v *attacked) callEcho() {
	v.t.Helper()
	must(v.t, v.deskCalls(v.t.Context()))
	must(v.t, v.trunkCalls(v.t.Context()))
}

// deskCalls has a telephone that was off come back: it connects, registers, calls
// and hangs up.
func (v *attacked) deskCalls(ctx context.Context) error {
	phone, err := siptest.New(siptest.Config{Listen: deskHost + ":0", Server: v.addresses.SIP, Transport: "tcp", User: v.desk.UserName})
	if err != nil {
		return err
	}
	defer phone.Close()
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := phone.Register(bounded, v.desk, 600)
	if err != nil {
		return fmt.Errorf("the telephone registers: %w", err)
	}
	if answer.Status() != http.StatusOK {
		return fmt.Errorf("the telephone registers: %s", answer.Start)
	}
	return patiently(func() error {
		call, err := phone.CallAs(bounded, v.desk, siptest.Invite{To: echoNumber})
		if err != nil {
			return fmt.Errorf("the telephone calls: %w", err)
		}
		return echoed(bounded, "the telephone", call)
	})
}

// trunkCalls has somebody call over the trunk.
func (v *attacked) trunkCalls(ctx context.Context) error {
	phone, err := siptest.New(siptest.Config{Listen: trunkHost + ":0", Server: v.addresses.SIP, User: phoneNumber})
	if err != nil {
		return err
	}
	defer phone.Close()
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return patiently(func() error {
		call, err := phone.Call(echoNumber)
		if err != nil {
			return fmt.Errorf("the trunk calls: %w", err)
		}
		return echoed(bounded, "the trunk", call)
	})
}

// patiently repeats a call that is refused for the moment (503), as carriers and
// telephones do: the machine may be busy with what is not the attack.
func patiently(call func() error) error {
	var err error
	for range 5 {
		var refused *siptest.Refused
		if err = call(); !errors.As(err, &refused) || refused.Response.Status() != http.StatusServiceUnavailable {
			return err
		}
		time.Sleep(time.Second)
	}
	return err
}

// echoed speaks until it hears itself, and hangs up.
func echoed(ctx context.Context, who string, call *siptest.Call) error {
	if err := call.WaitAnswered(ctx); err != nil {
		return fmt.Errorf("%s's call is answered: %w", who, err)
	}
	call.Tone(promptPitch, 600)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for call.HeardFor(promptPitch) < 0.2 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s heard %.2f s of its echo", who, call.HeardFor(promptPitch))
		}
	}
	if err := call.Hangup(ctx); err != nil {
		return fmt.Errorf("%s hangs up: %w", who, err)
	}
	return nil
}
