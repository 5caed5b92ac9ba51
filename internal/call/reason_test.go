package call

import "testing"

// TestReasonHasWords: a line of the log, or of a list, says why also where nobody wrote a text.
func TestReasonHasWords(t *testing.T) {
	for want, reason := range map[string]Reason{
		"the phone hung up": {Kind: EndedByPeer, Text: "the phone hung up"},
		"noListener":        {Kind: NoListener},
	} {
		if got := reason.words(); got != want {
			t.Errorf("%+v in words is %q, want %q", reason, got, want)
		}
	}
}
