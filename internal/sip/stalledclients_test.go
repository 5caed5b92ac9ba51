package sip

import (
	"bufio"
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
)

// TestStalledClientsDelayNobody: clients that take nothing of what is sent to them keep no
// other's ping waiting, nor the end of the server.
func TestStalledClientsDelayNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const clients = 16 // every other one is stalled
		s := &Server{}
		var end context.CancelFunc
		s.ctx, end = context.WithCancel(t.Context())
		w := newWebSockets(s)
		pinged := make(chan time.Duration, clients)
		start := time.Now()
		for n := range clients {
			ours, theirs := net.Pipe()
			defer theirs.Close()
			w.add(newWebSocketConn(clientConn{ours, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: n + 1}}, bufio.NewReader(ours), w.remove))
			if n%2 == 1 {
				continue
			}
			go func() {
				for {
					frame, err := ws.ReadFrame(theirs)
					if err != nil {
						return
					}
					if frame.Header.OpCode == ws.OpPing {
						pinged <- time.Since(start)
					}
				}
			}()
		}
		s.work.Go(w.pingAll)
		for range clients / 2 {
			if at := <-pinged; at != socketPing {
				t.Errorf("a client is pinged after %v", at)
			}
		}
		end()
		stopping := time.Now()
		w.close()
		s.work.Wait()
		if took := time.Since(stopping); took > writeTimeout {
			t.Errorf("it takes %v to close the connections", took)
		}
	})
}
