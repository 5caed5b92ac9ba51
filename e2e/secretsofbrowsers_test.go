package e2e

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestLogHidesSecretsOfBrowsers asks that tokens, sessions, passwords of ICE and of TURN
// stay out of the log, at its most talkative, also of what is refused.
func TestLogHidesSecretsOfBrowsers(t *testing.T) {
	t.Parallel()
	p := start(t, setup{config: "log-level: debug\nturn: {listen: '127.0.0.1:0'}\n"})
	_, token := p.newToken()
	secrets := map[string]string{"token": token, "its beginning": token[:40]}
	page, err := webrtctest.Dial(within(t, webrtctest.Patience), p.clients(), protocol.Hello{Token: token, UserAgent: "e2e"})
	must(t, err)
	secrets["session"] = page.Welcome.Session
	page.Relayed = "transport=udp"
	peer, err := page.Join(within(t, webrtctest.Patience), protocol.CallJoin{Group: uuid.NewString()})
	must(t, err)
	t.Cleanup(peer.Close)
	if len(page.Welcome.IceServers) == 0 {
		t.Fatal("the page was given no TURN server")
	}
	secrets["credential of TURN"] = page.Welcome.IceServers[0].Credential
	local, remote := peer.PC.LocalDescription().SDP, peer.PC.RemoteDescription().SDP
	secrets["password of the page"], secrets["password of the server"] = passwordIn(local), passwordIn(remote)

	// what is refused
	broken := strings.Replace(local, "a=rtcp-mux", "a=rtcp-mux topsecret", 1)
	for n, sdp := range []string{"topsecret", strings.Replace(local, "a=setup:", "a=setup:topsecret", 1), strings.Replace(broken, "UDP/TLS", "topsecret", 1)} {
		_, err = page.Do(within(t, webrtctest.Patience), &protocol.MediaOffer{Call: peer.Call, N: 100 + n, SDP: sdp})
		must(t, err)
	}
	_, err = page.Do(within(t, webrtctest.Patience), &protocol.Token{Token: "topsecret"})
	must(t, err)
	for _, hello := range []protocol.Hello{{Token: "topsecret"}, {Token: token, Session: "topsecret"}} {
		if _, err := webrtctest.Dial(within(t, webrtctest.Patience), p.clients(), hello); err == nil {
			t.Error("a page with a wrong hello got in")
		}
	}
	_, err = page.Do(within(t, webrtctest.Patience), &protocol.CallHangup{Call: peer.Call})
	must(t, err)
	page.Cut()
	p.stop()
	secrets["what was refused"] = "topsecret"
	for line := range strings.Lines(p.log.String()) {
		for name, secret := range secrets {
			if strings.Contains(line, secret) {
				t.Errorf("the log has the %s: %s", name, line)
			}
		}
	}
}

// passwordIn is ICE's in a session description.
func passwordIn(sdp string) string {
	_, rest, _ := strings.Cut(sdp, "a=ice-pwd:")
	password, _, _ := strings.Cut(rest, "\r\n")
	return password
}
