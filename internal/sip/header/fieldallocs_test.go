package header

import (
	"testing"

	"github.com/emiago/sipgo/sip"
)

// TestTokensAreFoundWithoutMemory: most requests are asked for several.
func TestTokensAreFoundWithoutMemory(t *testing.T) {
	request := sip.NewRequest(sip.INVITE, sip.Uri{User: "x", Host: "h"})
	request.AppendHeader(sip.NewHeader("Allow", "INVITE, ACK ,BYE"))
	request.AppendHeader(sip.NewHeader("Allow", "REFER"))
	for token, want := range map[string]bool{"refer": true, "ACK": true, "UPDATE": false} {
		if got := HasToken(request, "Allow", token); got != want {
			t.Errorf("%s is listed: %t", token, got)
		}
		if n := testing.AllocsPerRun(100, func() { HasToken(request, "Allow", token) }); n > 2 {
			t.Errorf("to look for %s takes %v allocations", token, n)
		}
	}
	if First(request, "Allow") != "INVITE, ACK ,BYE" || len(Tokens(request, "Allow")) != 4 || Values(request, "Supported") != nil {
		t.Error("first value, tokens or values are wrong")
	}
}
