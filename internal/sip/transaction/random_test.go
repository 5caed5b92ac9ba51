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

// TestNothingIsLeftOfAnyCourse lets messages, answers, times and broken connections come in
// any order. Each request may have one kind of final response, and nothing is left of any
// at the end.
func TestNothingIsLeftOfAnyCourse(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		synctest.Test(t, func(t *testing.T) {
			w, random := newWire(0), rand.New(rand.NewPCG(seed, 1))
			streams := []*fakeStream{{remote: 1}, {remote: 2}}
			finals := make([]map[string]bool, 6)
			w.cfg.Send = func(to Peer, message []byte) error {
				status, _, _ := strings.Cut(strings.TrimPrefix(string(message), "SIP/2.0 "), " ")
				var n int
				_, after, _ := strings.Cut(string(message), "z9hG4bKr")
				if _, err := fmt.Sscan(after[:1], &n); err == nil && status >= "200" && status <= "699" && strings.Contains(string(message), "CSeq: 7 INVITE") {
					w.mu.Lock()
					if finals[n] == nil {
						finals[n] = map[string]bool{}
					}
					finals[n][status] = true
					w.mu.Unlock()
				}
				return nil
			}
			servers, clients := make([]*Server, len(finals)), make([]*sip.Request, len(finals))
			w.cfg.Request = func(r *sip.Request, tx *Server) {
				if r.IsInvite() {
					var n int
					branch, _ := r.Via().Params.Get("branch")
					fmt.Sscan(strings.TrimPrefix(branch, "z9hG4bKr"), &n)
					servers[n] = tx
				}
			}
			for range 60 {
				n := random.IntN(len(finals))
				from, transport := phone, "UDP"
				if n < len(streams) {
					from, transport = Peer{Stream: streams[n]}, "TCP"
				}
				arrive := func(method string) *sip.Request {
					r := request(t, method, fmt.Sprint("r", n))
					r.SetTransport(transport)
					return r
				}
				switch random.IntN(9) {
				case 0, 1:
					if servers[n] == nil { // once more is a new call where it is forgotten
						w.Receive(arrive("INVITE"), from)
					}
				case 2:
					w.Receive(arrive("ACK"), from)
				case 3:
					w.Receive(arrive([]string{"CANCEL", "BYE", "INFO"}[random.IntN(3)]), from)
				case 4:
					if servers[n] != nil {
						status := []int{180, 200, 486}[random.IntN(3)]
						servers[n].Respond(Response(arrive("INVITE"), status, "x"))
					}
				case 5:
					clients[n] = arrive([]string{"INVITE", "BYE"}[random.IntN(2)])
					w.Layer.Request(clients[n], from, (&heard{}).user())
				case 6:
					if clients[n] != nil {
						response := answer(clients[n], []int{100, 180, 200, 302}[random.IntN(4)])
						response.SetTransport(transport)
						w.Receive(response, from)
					}
				case 7:
					pass(time.Duration(random.IntN(int(5 * time.Second))))
				case 8:
					if s := streams[random.IntN(len(streams))]; random.IntN(4) == 0 {
						w.StreamClosed(s.LocalAddr().String(), s.RemoteAddr().String())
						synctest.Wait()
					}
				}
			}
			pass(70 * time.Second)
			for _, tx := range servers {
				if tx != nil {
					tx.Terminate() // a phone may ring for as long as it is let
				}
			}
			w.Close()
			w.isEmpty(t)
			for n, statuses := range finals {
				if len(statuses) > 1 {
					t.Errorf("seed %d: call %d got %v", seed, n, statuses)
				}
			}
			for _, s := range streams {
				if s.refs != 0 {
					t.Errorf("seed %d: %d references to stream %d are left", seed, s.refs, s.remote)
				}
			}
		})
	}
}
