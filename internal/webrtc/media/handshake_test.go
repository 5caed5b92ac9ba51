package media

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
)

// TestLostHandshakeIsRepeatedSoon: a client of which the first message of the handshake
// never comes is sent it again, twice within less than the three seconds that RFC 9147 §5.8.2 would take.
func TestLostHandshakeIsRepeatedSoon(t *testing.T) {
	e := open(t)
	defer e.Close()
	p, _ := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	agent, err := ice.NewAgentWithOptions(ice.WithNetworkTypes([]ice.NetworkType{ice.NetworkTypeUDP4}), ice.WithIncludeLoopback(), ice.WithLocalCredentials("abcd", "abcdefghijklmnopqrstuvwx"))
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	answer, err := p.Offer(t.Context(), chromium)
	if err != nil {
		t.Fatal(err)
	}
	said := func(name string) string {
		_, after, _ := strings.Cut(answer, "\r\na="+name+":")
		value, _, _ := strings.Cut(after, "\r\n")
		return value
	}
	candidate, err := ice.UnmarshalCandidate(said("candidate"))
	if err != nil {
		t.Fatalf("%v in\n%s", err, answer)
	}
	if err := agent.OnCandidate(func(ice.Candidate) {}); err != nil {
		t.Fatal(err)
	}
	if err := agent.GatherCandidates(); err != nil {
		t.Fatal(err)
	}
	if err := agent.AddRemoteCandidate(candidate); err != nil {
		t.Fatal(err)
	}
	conn, err := agent.Dial(t.Context(), said("ice-ufrag"), said("ice-pwd"))
	if err != nil {
		t.Fatal(err)
	}
	var came []time.Time
	for packet := make([]byte, maxPacket); len(came) < 3; {
		n, err := conn.Read(packet)
		if err != nil {
			t.Fatal(err)
		}
		const handshake = 22 // content type, RFC 9147 §4
		if n > 0 && packet[0] == handshake {
			came = append(came, time.Now())
		}
	}
	if again := came[2].Sub(came[0]); again > 2500*time.Millisecond {
		t.Errorf("twice again after %v", again)
	}
}
