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
)

// rawPeer is a socket of a trunk that sends what no phone of siptest would write.
type rawPeer struct {
	net.Conn
	transport string // as in Via
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
		list = append(list, rawPeer{conn, strings.ToUpper(network)})
	}
	conn, _, _, err := ws.Dialer{Protocols: []string{"sip"}}.Dial(context.Background(), "ws://"+httpServer(t, r, false).Listener.Addr().String()+"/sip")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return append(list, rawPeer{conn, "WS"})
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
	text := "INVITE " + uri + " SIP/2.0\r\n"
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
