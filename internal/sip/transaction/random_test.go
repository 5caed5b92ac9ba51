package transaction

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

// course is a random one of six calls, of which the first two are over streams.
type course struct {
	*wire
	t       *testing.T
	random  *rand.Rand
	streams []*fakeStream
	servers [6]*Server
	clients [6]*sip.Request
	finals  [6]map[string]bool // which final responses to INVITE were sent
}

func newCourse(t *testing.T, seed uint64) *course {
	c := &course{
		wire: newWire(0), t: t, random: rand.New(rand.NewPCG(seed, 1)), streams: []*fakeStream{{remote: 1}, {remote: 2}},
	}
	c.cfg.Send = func(_ Peer, message []byte) error {
		c.note(string(message))
		return nil
	}
	c.cfg.Request = func(r *sip.Request, tx *Server) {
		if r.IsInvite() {
			var n int
			branch, _ := r.Via().Params.Get("branch")
			fmt.Sscan(strings.TrimPrefix(branch, "z9hG4bKr"), &n)
			c.servers[n] = tx
		}
	}
	return c
}

// note remembers a final response to INVITE.
func (c *course) note(message string) {
	status, _, _ := strings.Cut(strings.TrimPrefix(message, "SIP/2.0 "), " ")
	if status < "200" || status > "699" || !strings.Contains(message, "CSeq: 7 INVITE") {
		return
	}
	var n int
	_, after, _ := strings.Cut(message, "z9hG4bKr")
	if _, err := fmt.Sscan(after[:1], &n); err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.finals[n] == nil {
		c.finals[n] = map[string]bool{}
	}
	c.finals[n][status] = true
}

// step lets one thing happen to one of the calls.
func (c *course) step() {
	n, random := c.random.IntN(len(c.servers)), c.random
	from, transport := phone, "UDP"
	if n < len(c.streams) {
		from, transport = Peer{Stream: c.streams[n]}, "TCP"
	}
	arrive := func(method string) *sip.Request {
		r := request(c.t, method, fmt.Sprint("r", n))
		r.SetTransport(transport)
		return r
	}
	switch random.IntN(9) {
	case 0, 1:
		if c.servers[n] == nil { // once more is a new call where it is forgotten
			c.Receive(arrive("INVITE"), from)
		}
	case 2:
		c.Receive(arrive("ACK"), from)
	case 3:
		c.Receive(arrive([]string{"CANCEL", "BYE", "INFO"}[random.IntN(3)]), from)
	case 4:
		if c.servers[n] != nil {
			status := []int{180, 200, 486}[random.IntN(3)]
			c.servers[n].Respond(Response(arrive("INVITE"), status, "x"))
		}
	case 5:
		c.clients[n] = arrive([]string{"INVITE", "BYE"}[random.IntN(2)])
		c.Layer.Request(c.clients[n], from, (&heard{}).user())
	case 6:
		if c.clients[n] != nil {
			response := answer(c.clients[n], []int{100, 180, 200, 302}[random.IntN(4)])
			response.SetTransport(transport)
			c.Receive(response, from)
		}
	case 7:
		pass(time.Duration(random.IntN(int(5 * time.Second))))
	case 8:
		if s := c.streams[random.IntN(len(c.streams))]; random.IntN(4) == 0 {
			c.StreamClosed(s.LocalAddr().String(), s.RemoteAddr().String())
			synctest.Wait()
		}
	}
}

// TestNothingIsLeftOfAnyCourse lets messages, answers, times and broken connections come in
// any order. Each request may have one kind of final response, and nothing is left of any
// at the end.
func TestNothingIsLeftOfAnyCourse(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		synctest.Test(t, func(t *testing.T) {
			c := newCourse(t, seed)
			for range 60 {
				c.step()
			}
			pass(70 * time.Second)
			for _, tx := range c.servers {
				if tx != nil {
					tx.Terminate() // a phone may ring for as long as it is let
				}
			}
			c.Close()
			c.isEmpty(t)
			for n, statuses := range c.finals {
				if len(statuses) > 1 {
					t.Errorf("seed %d: call %d got %v", seed, n, statuses)
				}
			}
			for _, s := range c.streams {
				if s.refs != 0 {
					t.Errorf("seed %d: %d references to stream %d are left", seed, s.refs, s.remote)
				}
			}
		})
	}
}
