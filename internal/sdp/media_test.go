package sdp

import "testing"

func TestNothingIsSentBeforeAnythingIsAgreedOn(t *testing.T) {
	var m Media
	if got := m.Codec(); got != "" {
		t.Errorf("the codec is %q", got)
	}
	m.Sending.Codecs = []Format{{Codec: "PCMA"}, {Codec: "PCMU"}}
	if got := m.Codec(); got != "PCMA" {
		t.Errorf("the codec is %q, want the best one", got)
	}
}
