package media

import (
	"testing"
	"time"
)

// TestLostHandshakeIsRepeatedSoon: a client of which the first message of the handshake
// never comes is sent it again, twice within less than the three seconds that RFC 9147 §5.8.2 would take.
func TestLostHandshakeIsRepeatedSoon(t *testing.T) {
	e := open(t)
	defer e.Close()
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
	if again := came[2].Sub(came[0]); again > 2500*time.Millisecond {
		t.Errorf("twice again after %v", again)
	}
}
