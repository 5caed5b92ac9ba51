package sip

import (
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/gate"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/parse"
)

// FuzzStrangersDatagram asks that nothing which reads the datagram of a stranger is
// broken by it: STUN, the gate, the parser, credentials, identities, Replaces,
// Contact, Refer-To and session descriptions.
func FuzzStrangersDatagram(f *testing.F) {
	signed := "Authorization: Digest username=\"101\", realm=\"Switchhook\", nonce=\"x\", uri=\"sip:1@x\", response=\"0\"\r\n" +
		"P-Asserted-Identity: \"A\" <sip:+15550100@x>, <tel:+15550101>\r\nReplaces: a;to-tag=b;from-tag=c\r\nRefer-To: <sip:1@x?Replaces=a%3Bto-tag%3Db>\r\nDiversion: <sip:1@x>\r\n"
	f.Add([]byte(strings.Replace(request("INVITE", 1, "", offer()), "Max-Forwards", signed+"Max-Forwards", 1)))
	f.Add([]byte(request("REGISTER", 2, "", "")))
	f.Add([]byte("\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl"))
	f.Add([]byte("OPTIONS sip:a SIP/2.0\r\ni: 1\r\n\r\n"))
	from, now := netip.MustParseAddrPort("203.0.113.9:5060"), time.Unix(1_800_000_000, 0)
	f.Fuzz(func(t *testing.T, data []byte) {
		if isSTUN(data) {
			if answer := bindingResponse(data, from); len(answer) > 64 {
				t.Errorf("an answer of %d bytes", len(answer))
			}
		}
		g := gate.New(gate.Config{Peers: nobody{}, Realm: "Switchhook", Algorithms: []string{"MD5"}, Log: slog.New(slog.DiscardHandler), Measure: func(time.Time, time.Duration) gate.Sample { return gate.Sample{} }})
		if pass, _, reply := g.Datagram(data, from, now); pass && reply.Data != nil {
			t.Error("it passes and is answered")
		}
		message, err := parse.Datagram(data)
		request, ok := message.(*sip.Request)
		if err != nil || !ok || request.From() == nil || request.To() == nil || request.CallID() == nil || request.CSeq() == nil {
			return
		}
		g.Digest.Credentials(request)
		if in, err := invitationOf(request, phoneTerms(), phoneTerms().callee); err == nil && strings.ContainsFunc(in.DisplayName+in.From.Raw()+in.To.Raw(), header.IsControl) {
			t.Errorf("controls in %+v", in)
		}
		for _, value := range header.Values(request, "Replaces") {
			header.ParseReplaces(value)
		}
		for _, value := range header.Values(request, "Refer-To") {
			header.ParseReferTo(value, phoneTerms().callee)
		}
		header.WantsPrivacy(request)
		header.Attestation(header.Identities(request))
		request.SetTransport("UDP")
		request.SetSource(from.String())
		readBindings(request, "101")
		sdp.Parse(request.Body())
	})
}

// nobody is a gate's neighbourhood without neighbours.
type nobody struct{}

func (nobody) IsEmergency(string) bool          { return false }
func (nobody) IsTrunk(netip.Addr) bool          { return false }
func (nobody) IsRegistered(netip.AddrPort) bool { return false }
func (nobody) HasCall(string) bool              { return false }
func (nobody) Authenticates() bool              { return true }
