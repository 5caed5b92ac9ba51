package console

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// socketOf opens the socket of a page, over a real connection.
func socketOf(b *browser, origin string) (conn net.Conn, reader *bufio.Reader, err error) {
	door := httptest.NewServer(b.Console)
	b.t.Cleanup(door.Close)
	if origin == "" {
		origin = door.URL
	}
	dialer := ws.Dialer{Timeout: 10 * time.Second, Header: ws.HandshakeHeaderHTTP(http.Header{"Origin": {origin}, "Cookie": {b.cookie.Name + "=" + b.cookie.Value}})}
	conn, reader, _, err = dialer.Dial(context.Background(), "ws"+strings.TrimPrefix(door.URL, "http")+Path+"live")
	if err == nil {
		b.t.Cleanup(func() { conn.Close() })
		conn.SetReadDeadline(time.Now().Add(90 * time.Second))
	}
	return conn, reader, err
}

// next reads messages until one suits.
func next(t *testing.T, conn net.Conn, suits func(message) bool) message {
	t.Helper()
	for {
		text, err := wsutil.ReadServerText(conn)
		if err != nil {
			t.Fatal(err)
		}
		var m message
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		if suits(m) {
			return m
		}
	}
}

func TestPageIsTold(t *testing.T) {
	b := newOffice(t).byLink(true)
	conn, _, err := socketOf(b, "")
	if err != nil {
		t.Fatal(err)
	}
	next(t, conn, func(m message) bool { return m.Figures != nil })
	b.news <- News{Kind: "event", Body: json.RawMessage(`{"id":"1"}`), Missed: 7}
	m := next(t, conn, func(m message) bool { return len(m.News) > 0 })
	if m.News[0].Kind != "event" || string(m.News[0].Body) != `{"id":"1"}` || m.Missed != 7 {
		t.Errorf("told %+v", m)
	}
	if err := wsutil.WriteClientText(conn, []byte(`{"watch":"one"}`)); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(90 * time.Second); b.watched() != "one"; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the page watches %q", b.watched())
		}
	}
	b.status("DELETE", Path+"session", nil)
	next(t, conn, func(m message) bool { return m.Over })
}

func TestSocketIsForOurPageAlone(t *testing.T) {
	b := newOffice(t).byLink(false)
	if _, _, err := socketOf(b, "http://127.0.0.1:3000"); err == nil {
		t.Error("a page on another port has a socket")
	}
	b.cookie.Value = newToken()
	if _, _, err := socketOf(b, ""); err == nil {
		t.Error("who is not signed in has a socket")
	}
}

func TestFastNewsAreCounted(t *testing.T) {
	var m message
	for range maxBatch + 5 {
		m.add(News{Kind: "event"})
	}
	m.add(News{Missed: 3})
	if len(m.News) != maxBatch || m.Missed != 8 {
		t.Errorf("%d news, %d missed", len(m.News), m.Missed)
	}
}

func TestSocketsAreBounded(t *testing.T) {
	o := newOffice(t)
	for range maxSockets {
		if !o.live.enter() {
			t.Fatal("no room")
		}
	}
	if o.live.enter() {
		t.Error("there is no bound")
	}
	for range maxSockets {
		o.live.leave()
	}
}
