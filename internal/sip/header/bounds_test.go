package header

import (
	"strings"
	"testing"
)

// TestParametersOfALineAreBounded, in the head of a message, whatever it is divided into.
func TestParametersOfALineAreBounded(t *testing.T) {
	t.Parallel()
	const most, tooMany = MaxParameters, MaxParameters + 1
	many := func(n int) string { return strings.Repeat(";a", n) }
	with := func(field string) string {
		return strings.Replace(peekedInvite, "Max-Forwards", field+"\r\nMax-Forwards", 1)
	}
	for name, test := range map[string]struct {
		text  string
		takes bool
	}{
		"ordinary":                         {peekedInvite, true},
		"as many as there may be":          {with("Route: <sip:a>" + many(most)), true},
		"many in many fields":              {with(strings.Repeat("Route: <sip:a>"+many(most)+"\r\n", 20) + "X: 1"), true},
		"too many":                         {with("Route: <sip:a>" + many(tooMany)), false},
		"too many of several values":       {with("Route: " + strings.Repeat("<sip:a;lr>,", tooMany) + "<sip:b>"), false},
		"in the request line":              {strings.Replace(peekedInvite, " SIP/2.0\r\n", many(tooMany)+" SIP/2.0\r\n", 1), false},
		"headers of a URI":                 {with("Refer-To: <sip:a?" + strings.Repeat("a=1&", tooMany) + "b=1>"), false},
		"in folded lines":                  {with("Route: <sip:a>" + many(most) + "\r\n\t;b"), false},
		"behind line feeds alone":          {with("Route: <sip:a>" + many(most) + "\n\n;b"), false},
		"behind carriage returns alone":    {with("Route: <sip:a>" + many(most) + "\r\r;b"), false},
		"behind empty lines":               {"\r\n\r\n" + with("Route: <sip:a>"+many(tooMany)), false},
		"in a body":                        {peekedInvite + many(tooMany), true},
		"many in a body, behind its blank": {peekedInvite + " " + strings.Repeat("\n"+many(most), 9), true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Bounded([]byte(test.text)); got != test.takes {
				t.Errorf("the message: %v", got)
			}
			if inBody := strings.Contains(name, "body"); inBody {
				return
			}
			var byByte Meter
			got := true
			for i := range len(test.text) {
				got = got && byByte.Bounded([]byte(test.text[i:i+1]))
			}
			if got != test.takes {
				t.Errorf("byte by byte: %v", got)
			}
		})
	}
}
