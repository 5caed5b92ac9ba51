package transaction

import "testing"

type clientOutcome struct {
	next clientState
	do   clientAction
}

// TestClientTransactionsFollowTheirStates asks for each state and each event, for an INVITE and another request,
// over UDP and over a stream. What is not named changes nothing.
func TestClientTransactionsFollowTheirStates(t *testing.T) {
	t.Parallel()
	over, failed := clientOutcome{clientTerminated, clientIgnores}, clientOutcome{clientTerminated, clientFails}
	for name, kind := range map[string]struct {
		invite, reliable bool
		want             map[clientState]map[clientEvent]clientOutcome
	}{
		"INVITE, UDP": {true, false, map[clientState]map[clientEvent]clientOutcome{
			clientCalling: {
				gotProvisional: {clientProceeding, clientPasses},
				gotSuccess:     {clientAccepted, clientPasses},
				gotFailure:     {clientCompleted, clientPasses | clientAcknowledges},
				clientRepeats:  {clientCalling, clientResends},
				clientExpires:  failed, clientBreaks: failed,
			},
			clientProceeding: {
				gotProvisional: {clientProceeding, clientPasses},
				gotSuccess:     {clientAccepted, clientPasses},
				gotFailure:     {clientCompleted, clientPasses | clientAcknowledges},
				clientExpires:  failed, clientBreaks: failed,
			},
			clientAccepted:   {gotSuccess: {clientAccepted, clientPassesAgain}},
			clientCompleted:  {gotFailure: {clientCompleted, clientAcknowledges}},
			clientTerminated: {},
		}},
		"INVITE, stream": {true, true, map[clientState]map[clientEvent]clientOutcome{
			clientCalling: {
				gotProvisional: {clientProceeding, clientPasses},
				gotSuccess:     {clientAccepted, clientPasses},
				gotFailure:     {clientTerminated, clientPasses | clientAcknowledges},
				clientRepeats:  {clientCalling, clientResends},
				clientExpires:  failed, clientBreaks: failed,
			},
			clientAccepted: {gotSuccess: {clientAccepted, clientPassesAgain}},
		}},
		"other, UDP": {false, false, map[clientState]map[clientEvent]clientOutcome{
			clientCalling: {
				gotProvisional: {clientProceeding, clientPasses}, gotSuccess: {clientCompleted, clientPasses}, gotFailure: {clientCompleted, clientPasses},
				clientRepeats: {clientCalling, clientResends}, clientExpires: failed, clientBreaks: failed,
			},
			clientProceeding: {
				gotProvisional: {clientProceeding, clientPasses}, gotSuccess: {clientCompleted, clientPasses}, gotFailure: {clientCompleted, clientPasses},
				clientRepeats: {clientProceeding, clientResends}, clientExpires: failed, clientBreaks: failed,
			},
			clientCompleted:  {},
			clientTerminated: {},
		}},
		"other, stream": {false, true, map[clientState]map[clientEvent]clientOutcome{
			clientCalling: {
				gotProvisional: {clientProceeding, clientPasses}, gotSuccess: {clientTerminated, clientPasses}, gotFailure: {clientTerminated, clientPasses},
				clientRepeats: {clientCalling, clientResends}, clientExpires: failed, clientBreaks: failed,
			},
		}},
	} {
		for state, events := range kind.want {
			for event := range clientEventCount {
				want, named := events[event]
				switch {
				case named:
				case event >= clientExpires: // it expires, breaks or stops
					want = over
				default:
					want = clientOutcome{state, clientIgnores}
				}
				if next, do := state.after(event, kind.invite, kind.reliable); next != want.next || do != want.do {
					t.Errorf("%s: state %d, event %d: state %d, actions %d; want %d, %d", name, state, event, next, do, want.next, want.do)
				}
			}
		}
	}
}
