package transaction

// clientState is how far a client transaction has come:
//
//	calling → proceeding → completed → terminated
//	calling              → completed → terminated
//
// An INVITE that gets a 2xx is accepted instead of completed (RFC 6026 §7.2): more of them
// may come, of other branches of a fork. calling is what RFC 3261 names trying for other
// requests. The user, or a transport that breaks, ends a transaction in any state.
type clientState uint8

const (
	clientCalling clientState = iota
	clientProceeding
	clientAccepted
	clientCompleted
	clientTerminated
)

// clientEvent is what happens to a client transaction.
type clientEvent uint8

const (
	gotProvisional clientEvent = iota // 1xx came
	gotSuccess                        // 2xx
	gotFailure                        // 3xx to 6xx
	clientRepeats                     // timer A or E: no final response yet
	clientExpires                     // timer B, C, D, F, K or M, or the time after a CANCEL
	clientBreaks                      // the transport failed
	clientStops                       // the user wants no more of it
	clientEventCount
)

// clientAction is a set of what a client transaction does about an event, besides taking
// on its next state.
type clientAction uint8

const (
	clientPasses       clientAction = 1 << iota // gives the response to the user
	clientPassesAgain                           // gives it to who wants further 2xx
	clientAcknowledges                          // sends the ACK of a failure
	clientResends                               // sends the request again
	clientFails                                 // tells the user that no answer will come
	clientIgnores      clientAction = 0
)

// after is the state after an event, and what is to be done. reliable says that the
// transport repeats what is lost, and that nothing comes twice.
func (s clientState) after(event clientEvent, invite, reliable bool) (clientState, clientAction) {
	switch {
	case event == clientStops:
		return clientTerminated, clientIgnores
	case event == clientExpires || event == clientBreaks:
		return s.afterEnd()
	case s == clientCalling, s == clientProceeding:
		return s.afterUnanswered(event, invite, reliable)
	case s == clientAccepted && event == gotSuccess:
		return s, clientPassesAgain
	case s == clientCompleted && event == gotFailure && invite:
		return s, clientAcknowledges
	}
	return s, clientIgnores
}

// afterUnanswered is after for a transaction without a final response.
func (s clientState) afterUnanswered(event clientEvent, invite, reliable bool) (clientState, clientAction) {
	over := clientCompleted
	if reliable { // timers D and K are zero: nothing comes again
		over = clientTerminated
	}
	switch event {
	case gotProvisional:
		return clientProceeding, clientPasses
	case gotSuccess:
		if invite {
			return clientAccepted, clientPasses
		}
		return over, clientPasses
	case gotFailure:
		if invite {
			return over, clientPasses | clientAcknowledges
		}
		return over, clientPasses
	case clientRepeats:
		if invite && s == clientProceeding {
			return s, clientIgnores // a phone rings: it has the INVITE
		}
		return s, clientResends
	}
	return s, clientIgnores
}

// afterEnd is after for the end of its time or of its transport.
func (s clientState) afterEnd() (clientState, clientAction) {
	if s == clientCalling || s == clientProceeding {
		return clientTerminated, clientFails
	}
	return clientTerminated, clientIgnores
}
