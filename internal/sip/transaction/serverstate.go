package transaction

// serverState is how far a server transaction has come. An INVITE:
//
//	proceeding → accepted              → terminated
//	proceeding → completed → confirmed → terminated
//
// Another request:
//
//	trying → proceeding → completed → terminated
//	trying              → completed → terminated
//
// accepted is after a 2xx, which its user repeats (RFC 6026 §7.1); completed after a
// failure of an INVITE, which the transaction repeats, or after any final response to
// another request; confirmed after the ACK. The user, or a transport that breaks, ends a
// transaction in any state.
type serverState uint8

const (
	serverTrying serverState = iota
	serverProceeding
	serverAccepted
	serverCompleted
	serverConfirmed
	serverTerminated
)

// serverEvent is what happens to a server transaction.
type serverEvent uint8

const (
	requestAgain     serverEvent = iota // the request came once more
	ackReceived                         // the ACK of a failure came
	cancelReceived                      // a CANCEL came
	sendsProvisional                    // the user answers 1xx
	sendsSuccess                        // 2xx
	sendsFailure                        // 3xx to 6xx
	serverRepeats                       // timer G: the failure was not acknowledged yet
	serverExpires                       // timer H, I, J or L
	serverBreaks                        // the transport failed
	serverStops                         // the user wants no more of it
	serverEventCount
)

// serverAction is what a server transaction does about an event, besides taking on its
// next state.
type serverAction uint8

const (
	serverIgnores serverAction = iota // a response that comes so late is ErrEnded
	serverSends                       // sends the user's response, and keeps it
	serverResends                     // sends the kept response again; without one, 100 to an INVITE
	serverCancels                     // tells the user, and answers 487
)

// after is the state after an event, and what is to be done. reliable says that the
// transport repeats what is lost, and that nothing comes twice.
func (s serverState) after(event serverEvent, invite, reliable bool) (serverState, serverAction) {
	switch event {
	case serverBreaks, serverStops:
		return serverTerminated, serverIgnores
	case serverExpires: // RFC 4320 §4.2: a request that is not answered by now is given up by who sent it
		if invite && s == serverProceeding {
			return s, serverIgnores // a phone may ring for as long as it is let
		}
		return serverTerminated, serverIgnores
	}
	switch s {
	case serverTrying, serverProceeding:
		return s.afterUnanswered(event, invite, reliable)
	case serverAccepted:
		return s.afterAccepted(event)
	case serverCompleted:
		return s.afterCompleted(event, invite, reliable)
	}
	return s, serverIgnores // confirmed, terminated
}

// afterUnanswered is after for a transaction without a final response.
func (s serverState) afterUnanswered(event serverEvent, invite, reliable bool) (serverState, serverAction) {
	switch event {
	case requestAgain:
		if s == serverProceeding {
			return s, serverResends
		}
	case cancelReceived:
		if invite {
			return serverCompleted, serverCancels
		}
	case sendsProvisional:
		return serverProceeding, serverSends
	case sendsSuccess:
		if invite {
			return serverAccepted, serverSends
		}
		return completedOrOver(reliable), serverSends
	case sendsFailure:
		if invite {
			return serverCompleted, serverSends // the ACK comes over any transport
		}
		return completedOrOver(reliable), serverSends
	}
	return s, serverIgnores
}

// afterAccepted is after for an INVITE that has its 2xx: repetitions of the INVITE are
// absorbed.
func (s serverState) afterAccepted(event serverEvent) (serverState, serverAction) {
	if event == sendsSuccess {
		return s, serverSends
	}
	return s, serverIgnores
}

// afterCompleted is after for a transaction with a final response that it keeps.
func (s serverState) afterCompleted(event serverEvent, invite, reliable bool) (serverState, serverAction) {
	switch {
	case event == requestAgain, event == serverRepeats && invite:
		return s, serverResends
	case event == ackReceived && invite && reliable:
		return serverTerminated, serverIgnores // timer I is zero
	case event == ackReceived && invite:
		return serverConfirmed, serverIgnores
	}
	return s, serverIgnores
}

// completedOrOver is the state after the final response to a request that is no INVITE:
// timer J is zero over a transport where nothing comes twice.
func completedOrOver(reliable bool) serverState {
	if reliable {
		return serverTerminated
	}
	return serverCompleted
}
