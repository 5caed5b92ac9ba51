package e2e

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// sipp starts sipp's built-in caller against our number. Without sipp the test
// is skipped, but never in CI. Its own port, 5060, is that of README's server.
func sipp(t *testing.T, p *product, arguments ...string) (output func() error) {
	t.Helper()
	tool(t, "sipp", "sip-tester")
	ctx := within(t, 5*time.Minute)
	command := exec.CommandContext(ctx, "sipp", append([]string{p.addresses.SIP, "-sn", "uac", "-s", ourNumber,
		"-i", "127.0.0.1", "-p", strconv.Itoa(freePort(t)), "-mp", strconv.Itoa(mediaPort(t)), "-nostdin", "-timeout", "240"}, arguments...)...)
	command.Dir = t.TempDir() // for its error files
	var text buffer
	command.Stdout, command.Stderr = &text, &text
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- command.Wait() }()
	return func() error {
		if err := <-done; err != nil {
			return fmt.Errorf("sipp: %w (%w)\n%s", err, context.Cause(ctx), &text)
		}
		return nil
	}
}

// TestSippCallsTheApplication: another implementation of SIP finds its way in,
// ten calls one second after the other, each of two seconds.
func TestSippCallsTheApplication(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	const calls = 10
	finished := sipp(t, p, "-m", fmt.Sprint(calls), "-r", "5", "-d", "2000")
	var taken []connection
	for n := range calls {
		taken = append(taken, a.answer(a.nextIncoming(n)))
	}
	if err := finished(); err != nil {
		t.Error(err)
	}
	for _, c := range taken {
		c.got("CallConnected")
		if why := c.ended(); why.Code != 200 || why.SubCode != 540000 {
			t.Errorf("CallDisconnected says %v", why)
		}
	}
}
