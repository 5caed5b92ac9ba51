package sip

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
)

// failingListener fails so many times, then hands on one connection, then is closed.
type failingListener struct {
	net.Listener
	failures []error
	conn     net.Conn
}

func (f *failingListener) Accept() (net.Conn, error) {
	if len(f.failures) > 0 {
		err := f.failures[0]
		f.failures = f.failures[1:]
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", err)}
	}
	return f.conn, nil
}

func (f *failingListener) Addr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 5060}
}

// TestListenerOutlivesALackOfDescriptors asks that failures which pass do not end a
// listener, and that others do.
func TestListenerOutlivesALackOfDescriptors(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	one, other := net.Pipe()
	defer one.Close()
	defer other.Close()
	conn, err := r.acceptFrom(&failingListener{failures: []error{syscall.EMFILE, syscall.ENFILE, syscall.ECONNABORTED, syscall.ENOMEM, syscall.EHOSTUNREACH}, conn: one})
	if err != nil || conn != one {
		t.Errorf("got %v, %v", conn, err)
	}
	if _, err := r.acceptFrom(&failingListener{failures: []error{syscall.EINVAL}, conn: one}); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("got %v", err)
	}
}
