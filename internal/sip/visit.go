package sip

import (
	"net"
	"sync"
	"time"
)

// visit is a connection to us. It takes itself off the door's counters when it
// closes. A stranger's has an end that nobody moves, until it shows credentials.
type visit struct {
	net.Conn
	door *door

	mu       sync.Mutex
	until    time.Time // zero: it may stay
	stranger bool      // it is counted as one
	closed   bool
}

// enter counts a connection; false where there are too many.
func (d *door) enter(conn net.Conn, known bool) (*visit, bool) {
	v := &visit{Conn: conn, door: d, stranger: !known}
	tooMany := d.conns.Add(1) > maxConns
	if !known {
		tooMany = d.strangers.Add(1) > strangerConns || tooMany
		v.until = time.Now().Add(d.server.cfg.strangers)
		conn.SetDeadline(v.until)
		d.guests.Store(conn.RemoteAddr().String(), v)
	}
	if tooMany {
		v.Close()
	}
	return v, !tooMany
}

// admit lets the connection of a stranger stay who has shown credentials.
func (d *door) admit(source string) {
	found, ok := d.guests.LoadAndDelete(source)
	if !ok {
		return
	}
	v := found.(*visit)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.until = time.Time{}
	v.Conn.SetDeadline(time.Time{})
	v.uncount()
}

// uncount takes a stranger off the strangers.
func (v *visit) uncount() {
	if v.stranger {
		v.stranger = false
		v.door.strangers.Add(-1)
	}
}

// Close closes the connection.
func (v *visit) Close() error {
	v.mu.Lock()
	if !v.closed {
		v.closed = true
		v.door.guests.CompareAndDelete(v.RemoteAddr().String(), v)
		v.door.conns.Add(-1)
		v.uncount()
	}
	v.mu.Unlock()
	v.door.server.flowClosed(addressOf(v.RemoteAddr()))
	return v.Conn.Close()
}

// SetReadDeadline sets when reading fails, for a stranger not after its end.
func (v *visit) SetReadDeadline(t time.Time) error { return v.Conn.SetReadDeadline(v.bounded(t)) }

// SetWriteDeadline sets when writing fails, for a stranger not after its end.
func (v *visit) SetWriteDeadline(t time.Time) error { return v.Conn.SetWriteDeadline(v.bounded(t)) }

func (v *visit) bounded(t time.Time) time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.until.IsZero() && (t.IsZero() || t.After(v.until)) {
		return v.until
	}
	return t
}
