package sip

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
)

// TestInviteWithoutAFromTagIsTaken asks for a call, its answer and its end by either
// side, as RFC 3261 §12.1.1 wants it for callers of RFC 2543's time.
func TestInviteWithoutAFromTagIsTaken(t *testing.T) {
	t.Parallel()
	r := newRawRig(t)
	for n, peer := range rawPeers(t, r) {
		id := "untagged" + peer.transport
		untagged := map[string]string{"From": "From: <sip:+15550190003@127.0.0.1>\r\n"}
		peer.send(t, rawInvite(peer, "sip:+15551230001@127.0.0.1", id, untagged, tortureSDP))
		taken := r.next(t)
		if taken.invitation.From.Raw() != "4:+15550190003" {
			t.Errorf("called by %s", taken.invitation.From.Raw())
		}
		taken.Ring()
		ringing := peer.receive(t)
		_, tag, tagged := strings.Cut(strings.SplitAfter(ringing, "\nTo: ")[1], ";tag=")
		tag, _, _ = strings.Cut(tag, "\r\n")
		if !strings.HasPrefix(ringing, "SIP/2.0 180") || !tagged || strings.Contains(ringing, "0003@127.0.0.1>;tag=") {
			t.Fatalf("got %s", ringing)
		}
		if n == 0 { // over one transport the application ends the call, over the others the caller
			taken.End(refusedByTest)
			if refusal := peer.receive(t); !strings.HasPrefix(refusal, "SIP/2.0 603") {
				t.Errorf("got %s", refusal)
			}
			continue
		}
		untagged["To"] = "To: <sip:+15551230001@127.0.0.1>;tag=" + tag + "\r\n"
		untagged["CSeq"] = "CSeq: 2 BYE\r\n"
		bye := rawInvite(peer, "sip:+15551230001@127.0.0.1", id, untagged, "")
		peer.send(t, strings.Replace(strings.Replace(bye, "INVITE ", "BYE ", 1), "z9hG4bK", "z9hG4bKbye", 1))
		if ended := expect[call.Ended](t, taken); ended.Reason.Kind != call.Canceled {
			t.Errorf("ended by %+v", ended)
		}
	}
}

// TestTelRequestURIIsCalled asks whom a Request-URI without a host calls (RFC 3966).
func TestTelRequestURIIsCalled(t *testing.T) {
	t.Parallel()
	r := newRawRig(t)
	for _, peer := range rawPeers(t, r) {
		for uri, want := range map[string]string{
			"tel:+1-555-123-0001;isub=1":   "4:+15551230001",
			"tel:70-42;phone-context=+1-5": "4:7042",
		} {
			peer.send(t, rawInvite(peer, uri, peer.transport+want[2:], nil, tortureSDP))
			if got := r.next(t).invitation.To.Raw(); got != want {
				t.Errorf("%s over %s calls %s, want %s", uri, peer.transport, got, want)
			}
		}
	}
}
