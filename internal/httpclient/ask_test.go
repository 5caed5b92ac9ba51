package httpclient

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// acceptor is a server that counts its connections and gives each to the test.
func acceptor(t *testing.T) (to string, connections <-chan net.Conn, accepted *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	given := make(chan net.Conn, 8)
	accepted = new(atomic.Int32)
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			given <- c
		}
	}()
	return "http://" + listener.Addr().String() + "/", given, accepted
}

// TestRequestThatOneWriteCannotTakeIsWhole: the socket of the client holds a part of it,
// on a new connection and on a kept one.
func TestRequestThatOneWriteCannotTakeIsWhole(t *testing.T) {
	to, connections, accepted := acceptor(t)
	cfg := config(&other{})
	cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return c, c.(*net.TCPConn).SetWriteBuffer(4 << 10)
	}
	transport := New(cfg)
	defer transport.CloseIdleConnections()
	want := strings.Repeat("0123456789abcdef", maxBody/16)
	go func() {
		c := <-connections
		defer c.Close()
		in := bufio.NewReader(c)
		for range 2 {
			req, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			body, _ := io.ReadAll(req.Body)
			answer := ok
			if string(body) != want {
				answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
			}
			_, _ = io.WriteString(c, answer)
		}
	}()
	for range 2 {
		answer, err := transport.Post(t.Context(), targetOf(t, transport, to), &Fields{}, []byte(want), 8)
		if err != nil || answer.Status != http.StatusOK || string(answer.Body) != "ok" || accepted.Load() != 1 {
			t.Fatalf("%+v, %v, %d connections", answer, err, accepted.Load())
		}
	}
}

// TestPostTakesTheNextKeptConnection where the server has closed the first.
func TestPostTakesTheNextKeptConnection(t *testing.T) {
	if !canPeek {
		t.Skip("idle connections cannot be looked at on this system")
	}
	to, connections, accepted := acceptor(t)
	transport := New(config(&other{}))
	defer transport.CloseIdleConnections()
	target := targetOf(t, transport, to)
	var servers []net.Conn
	for range 2 {
		c, err := transport.dial(t.Context(), target.to)
		if err != nil {
			t.Fatal(err)
		}
		server := <-connections
		defer server.Close()
		servers = append(servers, server)
		transport.pool.put(c)
	}
	servers[1].Close() // of the connection that is taken first
	go play(servers[0], []string{ok})
	answer, err := transport.Post(t.Context(), target, &Fields{}, []byte("{}"), 8)
	if err != nil || answer.Status != http.StatusOK || accepted.Load() != 2 {
		t.Errorf("%+v, %v, %d connections", answer, err, accepted.Load())
	}
	if n, _ := transport.pool.kept(); n != 1 {
		t.Errorf("%d connections are kept", n)
	}
}

// TestContextEndsARequestOnAKeptConnection before it and while it waits.
func TestContextEndsARequestOnAKeptConnection(t *testing.T) {
	why := errors.New("its subscription was deleted")
	for _, wait := range []time.Duration{0, 20 * time.Millisecond} {
		to, accepted := script(t, []string{ok, ""})
		transport := New(config(&other{}))
		target := targetOf(t, transport, to)
		if _, err := transport.Post(t.Context(), target, &Fields{}, []byte("{}"), 8); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(wait, func() { cancel(why) })
		if answer, err := transport.Post(ctx, target, &Fields{}, []byte("{}"), 8); !errors.Is(err, why) || accepted.Load() != 1 {
			t.Errorf("%+v, %v, %d connections", answer, err, accepted.Load())
		}
		transport.CloseIdleConnections()
	}
}

// BenchmarkPost posts on a kept connection.
func BenchmarkPost(b *testing.B) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	go func() {
		c, err := listener.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		into := make([]byte, 4<<10)
		for {
			if _, err := c.Read(into); err != nil {
				return
			}
			_, _ = io.WriteString(c, accepted)
		}
	}()
	transport := New(config(&other{}))
	defer transport.CloseIdleConnections()
	u, err := http.NewRequest(http.MethodPost, "http://"+listener.Addr().String()+"/", nil)
	if err != nil {
		b.Fatal(err)
	}
	target, ctx := transport.Target(u.URL), &watched{Context: context.Background()}
	b.ReportAllocs()
	for b.Loop() {
		if answer, err := transport.Post(ctx, target, &Fields{}, []byte("{}"), 8); err != nil || answer.Status != http.StatusAccepted {
			b.Fatal(answer, err)
		}
	}
}
