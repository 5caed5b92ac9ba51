package sip

import (
	"fmt"
	"strings"
	"testing"
)

// TestBlanksOfTheGrammarRing asks that a call arrives and its refusal comes back, over
// every kind of transport, however its blanks stand (RFC 3261 §25.1).
func TestBlanksOfTheGrammarRing(t *testing.T) {
	t.Parallel()
	r := newRawRig(t)
	for _, peer := range rawPeers(t, r) {
		for n, lines := range []string{
			"Via: SIP / 2.0 / TRANSPORT 127.0.0.1: PORT;ttl=16 ;branch=BRANCH ;rport\r\n",
			"Via: SIP/2.0/TRANSPORT 127.0.0.1:PORT ;branch=BRANCH\r\n",
			"Via: SIP/2.0/TRANSPORT 127.0.0.1 : PORT;branch=BRANCH;rport\r\n",
			"Via: SIP/2.0/TRANSPORT 127.0.0.1:PORT\r\n ;branch = BRANCH\r\n\t;rport\r\n",
			"CSeq: 1  INVITE\r\n",
			"CSeq:\r\n 1\t\r\n INVITE\r\n",
			"From: <sip:+15550190008@127.0.0.1>; tag=x\r\n",
			"From : \"A; tag = B\"  <sip:+15550190008@127.0.0.1> ; tag = x \r\n",
			"To: <sip:+15551230001@127.0.0.1> ; x = y\r\n",
			"Contact: sip:raw@127.0.0.1:PORT ; x = y\r\n",
			"Max-Forwards :  70 \r\n",
			"Content-Type: application / sdp ; x = y\r\n",
		} {
			name, _, _ := strings.Cut(lines, ":")
			id := fmt.Sprint("blanks", n, peer.transport)
			peer.send(t, rawInvite(peer, "sip:+15551230001@127.0.0.1", id, map[string]string{strings.TrimSpace(name): lines}, tortureSDP))
			r.next(t).End(refusedByTest)
			refusal := peer.receive(t)
			for !strings.Contains(refusal, id) { // of a call before: nobody has acknowledged it
				refusal = peer.receive(t)
			}
			if !strings.HasPrefix(refusal, "SIP/2.0 603") {
				t.Errorf("%q over %s got %s", lines, peer.transport, refusal)
			}
		}
	}
}
