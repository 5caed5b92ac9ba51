package signalling

import (
	"bufio"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// TestSessionsKeepTheirShare: once all sessions keep much, one of them keeps no more than
// its share, and who goes gives all of it back.
func TestSessionsKeepTheirShare(t *testing.T) {
	run(t, func(o *office) {
		p, _ := o.greet(protocol.Hello{Token: "ann"})
		session := o.clients[0].session
		p.conn.Close()
		time.Sleep(time.Second)
		kept := &session.server.kept
		most := func() int {
			for range 2 * maxKeptBytes / 2000 {
				session.Send(&protocol.CallEnded{Call: "1", Message: strings.Repeat("x", 2000)})
			}
			session.mu.Lock()
			defer session.mu.Unlock()
			return session.replay.bytes
		}
		if got := most(); got > maxKeptBytes || got < maxKeptBytes-4000 {
			t.Errorf("alone it keeps %d bytes", got)
		}
		kept.sessions.Add(1023)
		kept.bytes.Add(maxKeptByAll)
		if got := most(); got > maxKeptByAll/1024 {
			t.Errorf("as one of 1024 it keeps %d bytes", got)
		}
		kept.sessions.Add(1_000_000)
		if got := most(); got > leastKept {
			t.Errorf("as one of a million it keeps %d bytes", got)
		}
		kept.sessions.Add(-1_001_023)
		kept.bytes.Add(-maxKeptByAll)
		time.Sleep(grace)
		synctest.Wait()
		if bytes, sessions := kept.bytes.Load(), kept.sessions.Load(); bytes != 0 || sessions != 0 {
			t.Errorf("%d bytes of %d sessions are left", bytes, sessions)
		}
	})
}

// TestSlowReadersMakeRoom: what waits for clients that do not read is bounded for each, and
// less where it is much in all; when they are gone, nothing waits.
func TestSlowReadersMakeRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all atomic.Int64
		here, there := net.Pipe()
		defer there.Close()
		s := newSocket(here, bufio.NewReader(here), &all)
		most := func() (sent int) {
			for full := false; !full; sent++ {
				s.send(make([]byte, 1000), func() { full = true })
			}
			return sent * 1000
		}
		s.send([]byte("first"), func() {}) // the writer waits with it
		synctest.Wait()
		if got := most(); got < maxQueued-10_000 || got > maxQueued+1000 {
			t.Errorf("%d bytes wait for one", got)
		}
		s.mu.Lock()
		s.drop()
		s.mu.Unlock()
		all.Add(maxQueuedByAll)
		if got := most(); got < leastQueued-2000 || got > leastQueued+1000 {
			t.Errorf("%d bytes wait for one of many", got)
		}
		s.stop() // once the writer has given up
		if left := all.Load() - maxQueuedByAll; left != 0 {
			t.Errorf("%d bytes are counted when nothing waits", left)
		}
	})
}

func TestAnswersAreBoundedInBytes(t *testing.T) {
	var a answers
	now := time.Now()
	for i := range 200 {
		g, ok := a.begin(strings.Repeat("i", i+1), now)
		if !ok {
			t.Fatal("it is refused")
		}
		a.finish(g, make([]byte, 1000), now, 20_000)
	}
	if a.bytes > 20_000 || len(a.order) != a.bytes/1000 || len(a.byID) != len(a.order) {
		t.Errorf("%d answers of %d bytes are kept", len(a.order), a.bytes)
	}
	if a.find(strings.Repeat("i", 200)) == nil {
		t.Error("the last answer is not kept")
	}
}
