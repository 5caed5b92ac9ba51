package transaction

import "testing"

// outcome is what a state makes of an event.
type outcome struct {
	next serverState
	do   serverAction
}

// TestServerStates asks for each state and each event, for an INVITE and another request,
// over UDP and over a stream. What is not named changes nothing.
func TestServerStates(t *testing.T) {
	t.Parallel()
	over := outcome{serverTerminated, serverIgnores}
	refuse := func(s serverState) outcome { return outcome{s, serverRefuses} }
	ended := map[serverEvent]outcome{sendsProvisional: refuse(serverTerminated), sendsSuccess: refuse(serverTerminated), sendsFailure: refuse(serverTerminated)}
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
			serverAccepted: {sendsSuccess: {serverAccepted, serverSends}, sendsProvisional: refuse(serverAccepted), sendsFailure: refuse(serverAccepted)},
			serverCompleted: {
				requestAgain: {serverCompleted, serverResends}, serverRepeats: {serverCompleted, serverResends},
				ackReceived:      {serverConfirmed, serverIgnores},
				sendsProvisional: refuse(serverCompleted), sendsSuccess: refuse(serverCompleted), sendsFailure: refuse(serverCompleted),
			},
			serverConfirmed:  {sendsProvisional: refuse(serverConfirmed), sendsSuccess: refuse(serverConfirmed), sendsFailure: refuse(serverConfirmed)},
			serverTerminated: ended,
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
				ackReceived:      over,
				sendsProvisional: refuse(serverCompleted), sendsSuccess: refuse(serverCompleted), sendsFailure: refuse(serverCompleted),
			},
			serverTerminated: ended,
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
				requestAgain:     {serverCompleted, serverResends},
				sendsProvisional: refuse(serverCompleted), sendsSuccess: refuse(serverCompleted), sendsFailure: refuse(serverCompleted),
			},
			serverTerminated: ended,
		}},
		"other, stream": {false, true, map[serverState]map[serverEvent]outcome{
			serverTrying:     {sendsProvisional: {serverProceeding, serverSends}, sendsSuccess: {serverTerminated, serverSends}, sendsFailure: {serverTerminated, serverSends}},
			serverTerminated: ended,
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
