package websocket

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// TestAnswersToTheHandshakeAreBounded: who answers it with lines without end, of any kind, fills no
// memory.
func TestAnswersToTheHandshakeAreBounded(t *testing.T) {
	for name, begin := range map[string]string{
		"a first line":            "HTTP/1.1 101 ",
		"a field":                 "HTTP/1.1 101 Switching Protocols\r\nX-Long: ",
		"many fields":             "HTTP/1.1 101 Switching Protocols\r\nX: " + strings.Repeat("y\r\nX: ", 10_000),
		"the head of a refusal":   "HTTP/1.1 503 Service Unavailable\r\nX-Long: ",
		"a handshake and no more": "",
	} {
		t.Run(name, func(t *testing.T) {
			here, there := net.Pipe()
			defer here.Close()
			taken := make(chan int, 1)
			go func() { taken <- answerWithoutEnd(there, begin) }()
			ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
			defer cancel()
			conn, err := Dial(ctx, ws.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) { return here, nil }}, "ws://app.test/")
			if begin == "" {
				if err != nil {
					t.Fatal(err)
				}
				if _, message, err := conn.Read(); err != nil || len(message) != 2*maxHandshake {
					t.Errorf("a message of %d bytes: %v", len(message), err)
				}
				return
			}
			if refused := ws.StatusError(503); !errors.Is(err, errLongHandshake) && !errors.Is(err, refused) {
				t.Errorf("it is %v", err)
			}
			if n := <-taken; n > 2*maxHandshake {
				t.Errorf("%d bytes were read", n)
			}
		})
	}
}

func TestWhatCannotBeDialledIsNoWebSocket(t *testing.T) {
	down := errors.New("down")
	for _, address := range []string{"ws://app.test/", "wss://app.test/", "http://app.test/", "%"} {
		conn, err := Dial(t.Context(), ws.Dialer{NetDial: func(context.Context, string, string) (net.Conn, error) { return nil, down }}, address)
		if conn != nil || err == nil {
			t.Errorf("%s: %v, %v", address, conn, err)
		}
	}
}

// answerWithoutEnd goes on with the answer until nobody reads it, and returns how much was read.
// With no beginning, it is a handshake and a long message.
func answerWithoutEnd(conn net.Conn, begin string) (n int) {
	defer conn.Close()
	if begin == "" {
		if _, err := (ws.Upgrader{}).Upgrade(conn); err == nil {
			_ = ws.WriteFrame(conn, ws.NewBinaryFrame(make([]byte, 2*maxHandshake)))
		}
		return 0
	}
	go func() { // the request
		room := make([]byte, 4<<10)
		for {
			if _, err := conn.Read(room); err != nil {
				return
			}
		}
	}()
	for text := begin; n < 64*maxHandshake; text = strings.Repeat("x", 4<<10) {
		taken, err := conn.Write([]byte(text))
		if n += taken; err != nil {
			return n
		}
	}
	return n
}
