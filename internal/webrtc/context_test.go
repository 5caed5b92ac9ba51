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
