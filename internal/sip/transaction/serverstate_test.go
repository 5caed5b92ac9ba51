package transaction

import "testing"

// outcome is what a state makes of an event.
type outcome struct {
	next serverState
	do   serverAction
}

// TestServerTransactionsFollowTheirStates asks for each state and each event, for an INVITE and another request,
// over UDP and over a stream. What is not named changes nothing.
func TestServerTransactionsFollowTheirStates(t *testing.T) {
	t.Parallel()
	over := outcome{serverTerminated, serverIgnores}
	for name, kind := range map[string]struct {
		invite, reliable bool
		want             map[serverState]map[serverEvent]outcome
	}{
		"INVITE, UDP": {true, false, map[serverState]map[serverEvent]outcome{
			serverProceeding: {
				requestAgain:     {serverProceeding, serverResends},
				cancelReceived:   {serverCompleted, serverCancels},
				sendsProvisional: {serverProceeding, serverSends},
				sendsSuccess:     {serverAccepted, serverSends},
				sendsFailure:     {serverCompleted, serverSends},
				serverExpires:    {serverProceeding, serverIgnores},
			},
			serverAccepted: {sendsSuccess: {serverAccepted, serverSends}},
			serverCompleted: {
				requestAgain: {serverCompleted, serverResends}, serverRepeats: {serverCompleted, serverResends},
				ackReceived: {serverConfirmed, serverIgnores},
			},
			serverConfirmed:  {},
			serverTerminated: {},
		}},
		"INVITE, stream": {true, true, map[serverState]map[serverEvent]outcome{
			serverProceeding: {
				requestAgain:     {serverProceeding, serverResends},
				cancelReceived:   {serverCompleted, serverCancels},
				sendsProvisional: {serverProceeding, serverSends},
				sendsSuccess:     {serverAccepted, serverSends},
				sendsFailure:     {serverCompleted, serverSends},
				serverExpires:    {serverProceeding, serverIgnores},
			},
			serverCompleted: {
				requestAgain: {serverCompleted, serverResends}, serverRepeats: {serverCompleted, serverResends},
				ackReceived: over,
			},
			serverTerminated: {},
		}},
		"other, UDP": {false, false, map[serverState]map[serverEvent]outcome{
			serverTrying: {
				sendsProvisional: {serverProceeding, serverSends}, sendsSuccess: {serverCompleted, serverSends}, sendsFailure: {serverCompleted, serverSends},
			},
			serverProceeding: {
				requestAgain:     {serverProceeding, serverResends},
				sendsProvisional: {serverProceeding, serverSends}, sendsSuccess: {serverCompleted, serverSends}, sendsFailure: {serverCompleted, serverSends},
			},
			serverCompleted: {
				requestAgain: {serverCompleted, serverResends},
			},
			serverTerminated: {},
		}},
		"other, stream": {false, true, map[serverState]map[serverEvent]outcome{
			serverTrying:     {sendsProvisional: {serverProceeding, serverSends}, sendsSuccess: {serverTerminated, serverSends}, sendsFailure: {serverTerminated, serverSends}},
			serverTerminated: {},
		}},
	} {
		for state, events := range kind.want {
			for event := range serverEventCount {
				want, named := events[event]
				switch {
				case named:
				case event >= serverExpires: // it expires, breaks or stops
					want = over
				default:
					want = outcome{state, serverIgnores}
				}
				if next, do := state.after(event, kind.invite, kind.reliable); next != want.next || do != want.do {
					t.Errorf("%s: state %d, event %d: state %d, action %d; want %d, %d", name, state, event, next, do, want.next, want.do)
				}
			}
		}
	}
}
