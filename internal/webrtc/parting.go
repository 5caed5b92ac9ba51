package webrtc

import "github.com/switchhook/switchhook/internal/call"

// parting is what a client does that will end its leg, and so with which code:
//
//	stays ──its transfer succeeds, or is about to──> moves ──that fails──> stays
//	stays, moves ──the client ends the call──> leaves
type parting uint8

const (
	stays parting = iota
	moves
	leaves
)

// ends says with which code and subCode a call ends for the client (ACS, "Calling SDK
// error codes"). never: media never came up.
func (p parting) ends(why call.Reason, never bool) (code, subCode int) {
	switch {
	case p == leaves:
		return 0, 0
	case p == moves && why.Kind == call.EndedByPeer:
		return 0, 7015
	}
	return endCodes(why, never)
}
