package sip

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/icholy/digest"

	"github.com/switchhook/switchhook/internal/trunk"
)

// rawPeer is a socket of a trunk that sends what no phone of siptest would write.
type rawPeer struct {
	net.Conn
	transport string // as in Via

	challenge *digest.Challenge // over WebSocket, where an address is none of a trunk
	signed    *int              // how many requests answer it
}

// newRawRig is a rig for rawPeers: a trunk on loopback, and one with credentials.
func newRawRig(t *testing.T) *rig {
	t.Helper()
	return newRig(t, nil, trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback}, roaming())
}

// rawPeers opens one over each kind of transport.
func rawPeers(t *testing.T, r *rig) (list []rawPeer) {
	t.Helper()
	for _, network := range []string{"udp", "tcp"} {
		conn, err := net.Dial(network, r.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		list = append(list, rawPeer{Conn: conn, transport: strings.ToUpper(network)})
	}
	conn, _, _, err := ws.Dialer{Protocols: []string{"sip"}}.Dial(context.Background(), "ws://"+httpServer(t, r, false).Listener.Addr().String()+"/sip")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	web := rawPeer{Conn: conn, transport: "WS", signed: new(int)}
	web.send(t, string(options("1")))
	_, value, _ := strings.Cut(web.receive(t), "WWW-Authenticate: ")
	value, _, _ = strings.Cut(value, "\r\n")
	if web.challenge, err = digest.ParseChallenge(value); err != nil {
		t.Fatalf("no challenge over WebSocket: %v", err)
	}
	return append(list, web)
}

// authorization is a field with the credentials of the trunk roaming; "" where none are needed.
func (p rawPeer) authorization() string {
	if p.challenge == nil {
		return ""
	}
	*p.signed++
	signed, err := digest.Digest(p.challenge, digest.Options{Method: "INVITE", URI: "sip:127.0.0.1", Username: "alice", Password: "secret", Count: *p.signed})
	if err != nil {
		panic(err) // a challenge of ours that cannot be answered
	}
	return "Authorization: " + signed.String() + "\r\n"
}

// send writes one message.
func (p rawPeer) send(t *testing.T, text string) {
	t.Helper()
	err := error(nil)
	if p.transport == "WS" {
		err = wsutil.WriteClientText(p.Conn, []byte(text))
	} else {
		_, err = p.Write([]byte(text))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// receive returns the next response that is not 100.
func (p rawPeer) receive(t *testing.T) string {
	t.Helper()
	p.SetReadDeadline(time.Now().Add(patience))
	for {
		var data []byte
		var err error
		if p.transport == "WS" {
			data, _, err = wsutil.ReadServerData(p.Conn)
		} else {
			buffer := make([]byte, 65536)
			n := 0
			n, err = p.Read(buffer)
			data = buffer[:n]
		}
		if err != nil {
			t.Fatalf("no response over %s: %v", p.transport, err)
		}
		for _, text := range strings.SplitAfter(string(data), "\r\n\r\n") { // no response here has a body
			if text != "" && !strings.HasPrefix(text, "SIP/2.0 100") {
				return text
			}
		}
	}
}

// rawInvite is an INVITE whose fields are replaced, by their names; a replacement is
// whole lines, in which PORT, TRANSPORT and BRANCH stand for the peer's. An empty one
// leaves the field out.
func rawInvite(p rawPeer, uri, id string, replace map[string]string, body string) string {
	_, port, _ := net.SplitHostPort(p.LocalAddr().String())
	text := "INVITE " + uri + " SIP/2.0\r\n" + p.authorization()
	for _, field := range [][2]string{
		{"Via", fmt.Sprintf("SIP/2.0/%s 127.0.0.1:%s;branch=z9hG4bK%s;rport", p.transport, port, id)}, {"Max-Forwards", "70"},
		{"From", "<sip:+15550190003@127.0.0.1>;tag=" + id}, {"To", "<sip:+15551230001@127.0.0.1>"}, {"Call-ID", id}, {"CSeq", "1 INVITE"},
		{"Contact", "<sip:raw@127.0.0.1:" + port + ">"}, {"Content-Type", "application/sdp"},
	} {
		lines, replaced := replace[field[0]]
		if !replaced {
			lines = field[0] + ": " + field[1] + "\r\n"
		}
		text += strings.NewReplacer("PORT", port, "TRANSPORT", p.transport, "BRANCH", "z9hG4bK"+id).Replace(lines)
	}
	return text + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}
