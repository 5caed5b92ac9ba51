package sdp

import (
	"errors"
	"strings"
	"testing"
)

// TestStreamIsDisabledInsideASession asks what port 0 means (RFC 3264 §8.2): in a session that
// goes on, neither end speaks; the first offer or answer, or one that wants something else in
// place of the sound, cannot be taken so.
func TestStreamIsDisabledInsideASession(t *testing.T) {
	for _, test := range []struct {
		name, streams string
		answer        string // the m= lines of ours; "": it is refused
		isAnswer      bool   // to an offer of ours
	}{
		{"the only stream", "m=audio 0 RTP/AVP 0\n", "m=audio 0 RTP/AVP 0", false},
		{"sound and picture", "m=audio 0 RTP/AVP 0\nm=video 0 RTP/AVP 96\n", "m=audio 0 RTP/AVP 0 m=video 0 RTP/AVP 96", false},
		{"T.38 in place of the sound", "m=audio 0 RTP/AVP 0\nm=image 4000 udptl t38\n", "", false},
		{"in an answer", "m=audio 0 RTP/AVP 0\n", "-", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			session, err := Parse([]byte(phone + test.streams))
			if err != nil {
				t.Fatal(err)
			}
			negotiate := func(local Local) (text []byte, agreed Media, err error) {
				if test.isAnswer {
					agreed, err = Accept(local, session)
					return nil, agreed, err
				}
				return Answer(session, local)
			}
			if _, _, err := negotiate(ours); !errors.Is(err, ErrUnacceptable) {
				t.Errorf("at the beginning of a session: %v", err)
			}
			first, err := Parse([]byte(phone + "m=audio 49170 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\n"))
			if err != nil {
				t.Fatal(err)
			}
			local := ours
			_, before, err := Answer(first, local)
			if err != nil {
				t.Fatal(err)
			}
			local.Agreed = &before
			text, agreed, err := negotiate(local)
			if test.answer == "" {
				if !errors.Is(err, ErrUnacceptable) || Check(session, local) == nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || agreed.Send || agreed.Receive || agreed.Remote.Port() != 0 || agreed.RemoteRTCP.IsValid() || agreed.Codec() != "PCMU" {
				t.Fatalf("agreed on %+v, %v", agreed, err)
			}
			var lines []string
			for line := range strings.Lines(string(text)) {
				if strings.HasPrefix(line, "m=") {
					lines = append(lines, strings.TrimSpace(line))
				}
			}
			if got := strings.Join(lines, " "); !test.isAnswer && (got != test.answer || Check(session, local) != nil) {
				t.Errorf("answered %q, want %q", got, test.answer)
			}
			local.Agreed = &agreed
			if _, again, err := Answer(first, local); err != nil || !again.Send || !again.Receive || again.Remote != before.Remote {
				t.Errorf("afterwards agreed on %+v, %v", again, err)
			}
		})
	}
}
