package httpclient

import (
	"bufio"
	"context"
	"io"
	"net"
	"testing"
	"time"
)

// ended is a connection whose body ends when its deadline is set.
type ended struct {
	net.Conn
	reading, set chan struct{}
}

func (e *ended) Read([]byte) (int, error) {
	close(e.reading)
	<-e.set
	return 0, io.EOF
}

func (e *ended) SetDeadline(time.Time) error { close(e.set); return nil }
func (*ended) Close() error                  { return nil }

// TestCloseDuringTheLastReadEndsTheConnection: its deadline has passed, so no other request
// may have it.
func TestCloseDuringTheLastReadEndsTheConnection(t *testing.T) {
	var p pool
	p.limits(1, 1, time.Minute)
	e := &ended{reading: make(chan struct{}), set: make(chan struct{})}
	b := &body{
		from: e, conn: newConn(e, &p, address{host: "a"}, 1), reader: bufio.NewReader(nil), ctx: context.Background(),
		stop: func() bool { return true }, reusable: true,
	}
	read := make(chan error, 1)
	go func() {
		_, err := io.ReadAll(b)
		read <- err
	}()
	<-e.reading
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if err := <-read; err != nil {
		t.Error(err)
	}
	if n, _ := p.kept(); n != 0 {
		t.Errorf("%d connections are kept", n)
	}
}
