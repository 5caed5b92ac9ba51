package streaming

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/switchhook/switchhook/internal/audio"
)

// application is an application's WebSocket server, over pipes.
type application struct {
	t        *testing.T
	status   int // that answers the next handshakes; 0: they succeed
	dials    int
	headers  []http.Header
	mu       sync.Mutex
	messages []message
	conn     net.Conn // the present one
	deaf     bool     // it does not read
	ends     bool     // it ends each connection at once
}

type message struct {
	at    time.Time
	text  string
	frame ws.Header
}

func (a *application) dial(context.Context, string, string) (net.Conn, error) {
	a.dials++
	ours, theirs := net.Pipe()
	go a.serve(theirs)
	return ours, nil
}

func (a *application) serve(conn net.Conn) {
	in := bufio.NewReader(conn)
	request, err := http.ReadRequest(in)
	if err != nil {
		return
	}
	a.headers = append(a.headers, request.Header)
	if a.status != 0 {
		(&http.Response{StatusCode: a.status, ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody}).Write(conn)
		conn.Close()
		return
	}
	key := request.Header.Get("Sec-WebSocket-Key")
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+accept(key)+"\r\n\r\n")
	a.mu.Lock()
	a.conn = conn
	a.mu.Unlock()
	switch {
	case a.ends:
		conn.Close()
		return
	case a.deaf:
		return
	}
	for {
		header, err := ws.ReadHeader(in)
		if err != nil {
			return
		}
		payload := make([]byte, header.Length)
		if _, err := io.ReadFull(in, payload); err != nil {
			return
		}
		ws.Cipher(payload, header.Mask, 0)
		a.mu.Lock()
		a.messages = append(a.messages, message{time.Now(), string(payload), header})
		a.mu.Unlock()
	}
}

// say sends a text message to the stream.
func (a *application) say(text string) {
	a.t.Helper()
	if err := wsutil.WriteServerText(a.conn, []byte(text)); err != nil {
		a.t.Fatal(err)
	}
}

// got returns the messages of a kind so far.
func (a *application) got(kind string) (found []message) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range a.messages {
		if strings.HasPrefix(m.text, `{"kind":"`+kind+`"`) {
			found = append(found, m)
		}
	}
	return found
}

// session is a stream to an application, in a bubble of its own time.
type session struct {
	*Stream
	app     *application
	dialer  *Dialer
	reports []Report
	ticks   audio.Tick
}

func stream(t *testing.T, cfg Config, prepare func(*session), test func(*session)) {
	synctest.Test(t, func(t *testing.T) {
		s := &session{app: &application{t: t}}
		s.dialer = &Dialer{
			Token:   func(context.Context) (string, error) { return "a-token", nil },
			Log:     slog.New(slog.DiscardHandler),
			netDial: s.app.dial,
		}
		if prepare != nil {
			prepare(s)
		}
		cfg.URL, cfg.Subscription, cfg.ConnectionID, cfg.CorrelationID = "ws://app.test/stream?key=secret", "sub", "conn", "corr"
		if cfg.Rate == 0 {
			cfg.Rate = 16000
		}
		s.Stream = s.dialer.Open(cfg, func(r Report) { s.reports = append(s.reports, r) })
		synctest.Wait()
		test(s)
		s.Close()
		if conn := s.app.conn; conn != nil {
			conn.Close()
		}
	})
}

// tick lets listeners hear frames, each for 20 ms.
func (s *session) tick(n int, frame func(i int) audio.Frame, ears ...audio.Listener) {
	for i := range n {
		f := frame(i)
		for _, l := range append(ears, s.Mix()) {
			l.HearFrame(s.ticks, f)
		}
		s.ticks++
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
	}
}

func loud(int) audio.Frame { return tone(1) }

func none(int) audio.Frame { return nil }

// hear reads n frames of what the application says, each after 20 ms.
func (s *session) hear(n int) (loud int) {
	for range n {
		f := make(audio.Frame, 320)
		if s.ReadFrame(f) && energy(f) > 1e6 {
			loud++
		}
		s.tick(1, none)
	}
	return loud
}
