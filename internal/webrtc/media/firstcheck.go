package media

import (
	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// firstCheck lets a connection begin on the path of the client's first check, before the
// client has nominated one: browsers do so with a check of its own, 50 ms later, and until
// then the handshake of DTLS could be over. A nomination counts for more, whenever it comes.
// After an ICE restart, which has another name, the same holds (docs/decisions/0025).
//
// pion has verified the password of the check. It calls take on one goroutine.
type firstCheck struct{ of string }

// take implements the handler of webrtc.SettingEngine.SetICEBindingRequestHandler: true
// selects the pair.
func (f *firstCheck) take(check *stun.Message, _, _ ice.Candidate, _ *ice.CandidatePair) bool {
	name, err := check.Get(stun.AttrUsername)
	if err != nil || string(name) == f.of {
		return false
	}
	f.of = string(name)
	return !check.Contains(stun.AttrUseCandidate) // which has selected it already
}
