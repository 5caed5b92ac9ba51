package insight

import "testing"

// TestAnnouncementSaysWhoHeardIt asks for a line that says plainly where nobody is subscribed.
func TestAnnouncementSaysWhoHeardIt(t *testing.T) {
	for listeners, want := range map[int]string{
		0: "IncomingCall from a to b was announced to nobody: no event subscription takes it",
		1: "IncomingCall from a to b was announced to one event subscription",
		2: "IncomingCall from a to b was announced to 2 event subscriptions",
	} {
		made := announced{from: "a", to: "b"}
		made.listeners = listeners
		if _, text, failed := made.line(); text != want || failed != (listeners == 0) {
			t.Errorf("with %d: %q, failed %v", listeners, text, failed)
		}
	}
}
