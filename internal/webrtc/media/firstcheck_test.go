package media

import (
	"encoding/binary"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// checker is a client of ICE that sends what a test wants it to.
type checker struct {
	t        *testing.T
	socket   *net.UDPConn
	user, pw string
}

func newChecker(t *testing.T, answer string) *checker {
	t.Helper()
	said := func(name string) string {
		_, after, _ := strings.Cut(answer, "\r\na="+name+":")
		value, _, _ := strings.Cut(after, "\r\n")
		return value
	}
	candidate, err := ice.UnmarshalCandidate(said("candidate"))
	fatal(t, err)
	socket, err := net.DialUDP("udp", nil, &net.UDPAddr{IP: net.ParseIP(candidate.Address()), Port: candidate.Port()})
	fatal(t, err)
	t.Cleanup(func() { socket.Close() })
	fatal(t, socket.SetReadDeadline(time.Now().Add(time.Minute)))
	_, theirs, _ := strings.Cut(chromium, "\r\na=ice-ufrag:")
	theirs, _, _ = strings.Cut(theirs, "\r\n")
	return &checker{t, socket, said("ice-ufrag") + ":" + theirs, said("ice-pwd")}
}

// check sends a check, with more attributes.
func (c *checker) check(password string, more ...stun.Setter) {
	c.t.Helper()
	tie := stun.RawAttribute{Type: stun.AttrICEControlling, Value: make([]byte, 8)}
	priority := stun.RawAttribute{Type: stun.AttrPriority, Value: binary.BigEndian.AppendUint32(nil, 1<<30)}
	setters := append([]stun.Setter{stun.TransactionID, stun.BindingRequest, stun.NewUsername(c.user), tie, priority}, more...)
	message, err := stun.Build(append(setters, stun.NewShortTermIntegrity(password), stun.Fingerprint)...)
	fatal(c.t, err)
	_, err = c.socket.Write(message.Raw)
	fatal(c.t, err)
}

// kinds returns the first bytes of what comes until a handshake of DTLS begins (22, RFC 9147
// §4), and answers what it is asked.
func (c *checker) kinds() (first []byte) {
	c.t.Helper()
	packet := make([]byte, maxPacket)
	for {
		n, err := c.socket.Read(packet)
		fatal(c.t, err)
		if n == 0 || answer(c.t, c.socket, packet[:n], theirPassword) {
			continue
		}
		if first = append(first, packet[0]); packet[0] == 22 {
			return first
		}
	}
}

// TestHandshakeBeginsWithTheFirstCheck: the check of a client that has nominated no path is
// answered, and the handshake begins on its path; a check with a wrong password does nothing;
// and a nomination has it go on on another path.
func TestHandshakeBeginsWithTheFirstCheck(t *testing.T) {
	e := open(t)
	defer e.Close()
	p, _ := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	answer, err := p.Offer(t.Context(), chromium)
	fatal(t, err)
	stranger, first, other := newChecker(t, answer), newChecker(t, answer), newChecker(t, answer)
	stranger.check("a password of nobody's")
	first.check(first.pw)
	if kinds := first.kinds(); len(kinds) != 2 || kinds[0] != 1 { // a success response of STUN begins with 1
		t.Errorf("to the first check comes %d", kinds)
	}
	other.check(other.pw)
	other.check(other.pw, stun.RawAttribute{Type: stun.AttrUseCandidate})
	other.kinds() // which is sent again, to where the client wants it
	// A deadline that has passed would hide what has come.
	fatal(t, stranger.socket.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
	if n, err := stranger.socket.Read(make([]byte, maxPacket)); err == nil {
		t.Errorf("a stranger got %d bytes", n)
	}
}
