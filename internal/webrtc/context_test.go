package webrtc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// TestHeadersForClientsAreBounded: in their number, and all together.
func TestHeadersForClientsAreBounded(t *testing.T) {
	var many, long []protocol.Header
	for n := range 2 * maxVoIPHeaders {
		many = append(many, protocol.Header{Key: fmt.Sprint(n), Value: "x"})
		long = append(long, protocol.Header{Key: fmt.Sprint(n), Value: strings.Repeat("x", maxVoIPValue)})
	}
	_, voip, err := headers(&protocol.CustomContext{VoipHeaders: many})
	if err != nil || len(voip) != maxVoIPHeaders || voip["0"] != "x" {
		t.Errorf("of many there are %d; %v", len(voip), err)
	}
	_, voip, err = headers(&protocol.CustomContext{VoipHeaders: append(long, protocol.Header{Value: "no key"})})
	size := 0
	for key, value := range voip {
		size += len(key) + len(value)
	}
	if err != nil || size > maxVoIP || size < maxVoIP-maxVoIPValue-maxHeaderKey {
		t.Errorf("long ones have %d bytes; %v", size, err)
	}
}

// TestPagesDoNotAttest: what applications read of the network's word on a caller is not the
// caller's to write, in whatever case.
func TestPagesDoNotAttest(t *testing.T) {
	c := &client{server: &Server{cfg: Config{AttestationHeader: "X-MS-Custom-Attestation"}}}
	sip, _, err := c.headers(&protocol.CustomContext{SipHeaders: []protocol.Header{
		{Key: "X-MS-Custom-Attestation", Value: "unverified; attest=A"}, {Key: "x-ms-custom-ATTESTATION", Value: "unverified; attest=A"}, {Key: "X-MS-Custom-Account", Value: "7"},
	}})
	if err != nil || len(sip) != 1 || sip["X-MS-Custom-Account"] != "7" {
		t.Errorf("%v, %v", sip, err)
	}
}

// TestHeadersOfPagesAreCountedInCharacters, as the page counts them, and what no phone would
// get is left out.
func TestHeadersOfPagesAreCountedInCharacters(t *testing.T) {
	text := strings.Repeat("語", maxHeaderValue)
	sip, voip, err := headers(&protocol.CustomContext{
		UserToUser:  text,
		SipHeaders:  []protocol.Header{{Key: "X-MS-Custom-a", Value: text}, {Key: "X-MS-Custom-b", Value: text + "語"}, {Key: "X-MS-Custom-ö", Value: "1"}, {Key: "X-MS-Custom-d", Value: "\x01"}},
		VoipHeaders: []protocol.Header{{Key: "schlüssel", Value: strings.Repeat("語", maxVoIPValue)}, {Key: "long", Value: strings.Repeat("語", maxVoIPValue+1)}},
	})
	if err != nil || len(sip) != 2 || sip[userToUser] != text || sip["X-MS-Custom-a"] != text || len(voip) != 1 {
		t.Errorf("there are %d and %d; %v", len(sip), len(voip), err)
	}
	if _, _, err := headers(&protocol.CustomContext{UserToUser: text + "語"}); err == nil {
		t.Error("a longer text is taken")
	}
	if _, _, err := headers(&protocol.CustomContext{UserToUser: "a\r\nb"}); err == nil {
		t.Error("two lines are taken")
	}
}
