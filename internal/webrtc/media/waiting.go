package media

import "sync/atomic"

// Bounds on what waits to be read of all clients together, in bytes.
const (
	maxAllWait = 256 << 20 // beyond what each may have wait
	mayWait    = 64 << 10  // of each client, whatever others have wait
	mayAllWait = 64 << 20  // of all clients in that way, beyond which each has
	leastWait  = 4 << 10   // three packets
)

// waiting is what waits to be read of all connections.
type waiting struct{ bytes, clients atomic.Int64 }

// share is how many bytes may wait of each client, whatever others have wait.
func (w *waiting) share() int64 {
	return min(max(mayAllWait/max(w.clients.Load(), 1), leastWait), mayWait)
}

// hold counts bytes that wait, if they may: what others do not read takes little from
// who is read at once.
func (e *excess) hold(bytes int64) bool {
	mine, all := e.mine.Add(bytes), e.all.bytes.Add(bytes)
	if all > maxAllWait && mine > e.all.share() {
		e.release(bytes)
		return false
	}
	return true
}

func (e *excess) release(bytes int64) {
	e.mine.Add(-bytes)
	e.all.bytes.Add(-bytes)
}
