package media

import (
	"testing"
	"time"
)

// TestLostHandshakeIsRepeatedSoon: a client of which the first message of the handshake
// never comes is sent it again, twice within less than the three seconds that RFC 9147 §5.8.2 would take.
// A busy machine delays it: the shortest of some handshakes counts.
func TestLostHandshakeIsRepeatedSoon(t *testing.T) {
	e := open(t)
	defer e.Close()
	least := time.Hour
	for n := 0; n < 10 && least > 2500*time.Millisecond; n++ {
		least = min(least, repeatedTwice(t, e))
	}
	if least > 2500*time.Millisecond {
		t.Errorf("twice again after %v", least)
	}
}

// repeatedTwice is how long it takes until a client that is silent has been sent the first
// message of the handshake twice again.
func repeatedTwice(t *testing.T, e *Engine) time.Duration {
	p, _ := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	answer, err := p.Offer(t.Context(), chromium)
	fatal(t, err)
	client := newChecker(t, answer)
	client.check(client.pw)
	var came []time.Time
	for len(came) < 3 {
		client.kinds()
		came = append(came, time.Now())
	}
	return came[2].Sub(came[0])
}
