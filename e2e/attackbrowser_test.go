package e2e

import (
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
	"github.com/switchhook/switchhook/internal/websocket"
)

// newToken makes a user who may call from browsers.
func (p *product) newToken() (user, token string) {
	p.t.Helper()
	var made struct {
		Identity    struct{ ID string }
		AccessToken struct{ Token string }
	}
	if status := p.signed("POST", "/identities?api-version=2023-10-01", nil, values{"createTokenWithScopes": []string{"voip"}}, &made); status != http.StatusCreated {
		p.t.Fatalf("a user could not be made: %d", status)
	}
	return made.Identity.ID, made.AccessToken.Token
}

func (p *product) clients() string { return "ws://" + p.addresses.HTTP + "/client" }

// TestAttackOfSocketsWithoutToken: strangers open sockets for browsers and say nothing,
// nonsense, or a frame that never ends; a browser still gets in.
func TestAttackOfSocketsWithoutToken(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	_, token := v.newToken()
	v.under(func() {
		until := time.Now().Add(attackTime())
		var work sync.WaitGroup
		v.strangeSockets(8, 600) // more than there are places for strangers
		for i := range 8 {
			work.Go(func() {
				for time.Now().Before(until) {
					v.strangeSockets(i, sized(20, 60))
				}
			})
		}
		work.Wait()
		eventually(t, webrtctest.Patience, "a browser gets in", func() bool {
			page, err := webrtctest.Dial(within(t, webrtctest.Patience), v.clients(), protocol.Hello{Token: token})
			if err == nil {
				page.Cut()
			}
			return err == nil
		})
	})
	eventually(t, webrtctest.Patience, "the sockets are gone", func() bool { return v.descriptors() < 200 })
}

// strangeSockets opens sockets at one time, each with something that is no hello.
func (v *attacked) strangeSockets(kind, count int) {
	var open []net.Conn
	for range count {
		conn, err := fromHost("127.0.0.1").Dial("tcp", v.addresses.HTTP)
		if err != nil {
			continue
		}
		open = append(open, conn)
		_ = conn.SetDeadline(time.Now().Add(2 * time.Second))
		key := "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n"
		if kind == 8 { // a handshake that fails
			key = ""
		}
		fmt.Fprintf(conn, "GET /client HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n%s\r\n", v.addresses.HTTP, key)
		switch kind {
		case 0: // nothing
		case 1: // a frame that is longer than anything
			_, _ = conn.Write([]byte{0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4})
		case 2: // pings without end
			for range 2000 {
				if _, err := conn.Write([]byte{0x89, 0x80, 1, 2, 3, 4}); err != nil {
					break
				}
			}
		case 3: // pieces without end
			_, _ = conn.Write([]byte{0x01, 0x80, 1, 2, 3, 4})
			for range 2000 {
				if _, err := conn.Write([]byte{0x00, 0x80, 1, 2, 3, 4}); err != nil {
					break
				}
			}
		case 4: // JSON of many levels
			_, _ = conn.Write(ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame([]byte(strings.Repeat(`{"t":`, 2000))))))
		case 5: // a hello with a token of another kind
			_, _ = conn.Write(ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame([]byte(`{"t":"hello","id":"1","version":1,"token":"` + strings.Repeat("e", 15<<10) + `"}`)))))
		case 6: // a frame without a mask
			_, _ = conn.Write([]byte{0x81, 0x02, '{', '}'})
		case 7: // half a frame
			_, _ = conn.Write([]byte{0x81, 0xfe, 0x10, 0x00, 1, 2})
		}
	}
	if kind%2 == 0 {
		time.Sleep(200 * time.Millisecond)
	}
	for _, conn := range open {
		_ = conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		_, _ = io.Copy(io.Discard, conn)
		conn.Close()
	}
}

// TestAttackOfBrowsersThatDoNotRead: people in a call stop reading while others send them
// as much as they may, and ask for what has long answers.
func TestAttackOfBrowsersThatDoNotRead(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	group := uuid.NewString()
	v.under(func() {
		talker := v.inGroup(group)
		var deaf []net.Conn
		for range sized(4, 8) {
			_, token := v.newToken()
			for range 4 {
				deaf = append(deaf, v.deafPage(token, group))
			}
		}
		data := base64.StdEncoding.EncodeToString(make([]byte, 32<<10))
		for n, until := 0, time.Now().Add(time.Duration(sized(5, 20))*time.Second); time.Now().Before(until); n++ {
			answer, err := talker.page.Do(within(t, webrtctest.Patience), &protocol.DataSend{Call: talker.call, Channel: 1, Session: "a", N: n, Data: data})
			must(t, err)
			if refused, is := answer.(*protocol.Refusal); is && refused.Code != 429 {
				t.Fatalf("data was refused: %+v", refused)
			}
			time.Sleep(50 * time.Millisecond)
		}
		for _, conn := range deaf {
			conn.Close()
		}
		talker.page.Cut()
	})
}

type talker struct {
	page *webrtctest.Client
	call string
}

// inGroup is a page in a group.
func (v *attacked) inGroup(group string) talker {
	v.t.Helper()
	_, token := v.newToken()
	page, err := webrtctest.Dial(within(v.t, webrtctest.Patience), v.clients(), protocol.Hello{Token: token})
	must(v.t, err)
	peer, err := page.Join(within(v.t, webrtctest.Patience), protocol.CallJoin{Group: group})
	must(v.t, err)
	v.t.Cleanup(peer.Close)
	return talker{page, peer.Call}
}

// deafPage is one more session in the group, which reads no more once it is there. Its
// frames are as large as its user agent and requests let them be.
func (v *attacked) deafPage(token, group string) net.Conn {
	v.t.Helper()
	page, err := webrtctest.Dial(within(v.t, webrtctest.Patience), v.clients(), protocol.Hello{Token: token, DisplayName: strings.Repeat("名", 256)})
	must(v.t, err)
	peer, err := page.Join(within(v.t, webrtctest.Patience), protocol.CallJoin{Group: group})
	must(v.t, err)
	v.t.Cleanup(peer.Close)
	session := page.Welcome.Session
	page.Cut()
	raw, buffered, _, err := ws.Dialer{}.Dial(within(v.t, webrtctest.Patience), v.clients())
	must(v.t, err)
	_ = raw.(*net.TCPConn).SetReadBuffer(4 << 10)
	hello, err := protocol.Encode(protocol.Head{ID: "again"}, &protocol.Hello{Version: protocol.Version, Token: token, Session: session})
	must(v.t, err)
	must(v.t, websocket.New(raw, buffered).Write(ws.OpText, hello))
	return raw
}
