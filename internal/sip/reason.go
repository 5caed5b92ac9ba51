package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// reasonOf says why a call that we made was refused. Status and cause are kept
// as they came.
func reasonOf(response *sip.Response) call.Reason {
	why := call.Reason{Kind: kindOf(response.StatusCode), Text: response.Reason, SIP: statusOf(response)}
	_, why.Q850 = reasonsIn(response)
	return why
}

func statusOf(response *sip.Response) call.Status {
	return call.Status{Code: response.StatusCode, Phrase: response.Reason}
}

// kindOf gives a final status its meaning for a call.
func kindOf(status int) call.ReasonKind {
	switch status {
	case 486, 600:
		return call.Busy
	case 603, 607, 608:
		return call.Declined
	case 401, 402, 403, 407, 428, 429, 433, 436, 437, 438: // some of them because of who calls (RFC 8224 §6.2.2, RFC 5079)
		return call.Forbidden
	case 404, 410, 484, 485, 604:
		return call.NotFound
	case 408, 480:
		return call.NoAnswer
	case 487:
		return call.Canceled
	case 406, 415, 416, 420, 421, 488, 493, 606:
		return call.Unsupported
	case 502, 503, 504:
		return call.Unreachable
	}
	return call.Failed
}

// refusals are the final responses by which callers are refused, with Q.850 causes
// (mapping: RFC 3398 §8.2.6.1).
var refusals = map[call.ReasonKind]struct {
	status call.Status
	cause  call.Cause
}{
	call.Busy:          {call.Status{Code: 486, Phrase: "Busy Here"}, call.Cause{Value: 17, Text: "User busy"}},
	call.Declined:      {call.Status{Code: 603, Phrase: "Decline"}, call.Cause{Value: 21, Text: "Call rejected"}},
	call.Forbidden:     {call.Status{Code: 403, Phrase: "Forbidden"}, call.Cause{Value: 21, Text: "Call rejected"}},
	call.NoAnswer:      {call.Status{Code: 480, Phrase: "Temporarily Unavailable"}, call.Cause{Value: 19, Text: "No answer from user"}},
	call.Canceled:      {call.Status{Code: 487, Phrase: "Request Terminated"}, call.Cause{Value: 16, Text: "Normal call clearing"}},
	call.NoListener:    {call.Status{Code: 480, Phrase: "Temporarily Unavailable"}, call.Cause{Value: 20, Text: "Subscriber absent"}},
	call.NotFound:      {call.Status{Code: 404, Phrase: "Not Found"}, call.Cause{Value: 1, Text: "Unallocated number"}},
	call.Unreachable:   {call.Status{Code: 480, Phrase: "Temporarily Unavailable"}, call.Cause{Value: 3, Text: "No route to destination"}},
	call.Unsupported:   {call.Status{Code: 488, Phrase: "Not Acceptable Here"}, call.Cause{Value: 88, Text: "Incompatible destination"}},
	call.Overloaded:    {call.Status{Code: 503, Phrase: "Service Unavailable"}, call.Cause{Value: 42, Text: "Switching equipment congestion"}},
	call.ServerStopped: {call.Status{Code: 503, Phrase: "Service Unavailable"}, call.Cause{Value: 41, Text: "Temporary failure"}},
	call.Failed:        {call.Status{Code: 500, Phrase: "Server Internal Error"}, call.Cause{Value: 41, Text: "Temporary failure"}},
	call.Vanished:      {call.Status{Code: 408, Phrase: "Request Timeout"}, call.Cause{Value: 102, Text: "Recovery on timer expiry"}},
	call.MediaLost:     {call.Status{Code: 500, Phrase: "Server Internal Error"}, call.Cause{Value: 127, Text: "Interworking, unspecified"}},
}

// clearing is the cause of an ordinary end of a call.
var clearing = call.Cause{Value: 16, Text: "Normal call clearing"}

// refusalFor turns a reason into a final response. A status that came from
// elsewhere is passed on; a call that was ended unanswered is declined.
func refusalFor(why call.Reason, s *Server) refusal {
	entry, ok := refusals[why.Kind]
	if !ok {
		entry = refusals[call.Declined]
	}
	if why.SIP.Code >= 300 && why.SIP.Code < 400 { // the callee is elsewhere, where nobody is called
		entry = refusals[call.Unreachable]
	}
	r := refusal{status: entry.status}
	if why.SIP.Code >= 400 && why.SIP.Code < 700 && !isChallenge(why.SIP.Code) {
		r.status = why.SIP
	}
	if why.Q850.Value != 0 {
		entry.cause = why.Q850
	}
	r.headers = append(r.headers, header.ReasonQ850(header.Cause(entry.cause)))
	if r.status.Code == sip.StatusServiceUnavailable {
		r.headers = append(r.headers, s.retryAfter())
	}
	return r
}

// isChallenge reports a status that asks for credentials, which concerns one hop.
func isChallenge(status int) bool {
	return status == sip.StatusUnauthorized || status == sip.StatusProxyAuthRequired
}

// withStatus adds the status that ended a leg, where the reason has none.
func withStatus(why call.Reason, status call.Status) call.Reason {
	if why.SIP.Code == 0 {
		why.SIP = status
	}
	return why
}

// reasonsIn reads the Reason headers of a message in the words of calls.
func reasonsIn(message sip.Message) (call.Status, call.Cause) {
	status, cause := header.Reasons(message)
	return call.Status(status), call.Cause(cause)
}

// reasonHeader writes why we end a call, for BYE and CANCEL.
func reasonHeader(why call.Reason) (list []sip.Header) {
	cause := why.Q850
	if cause.Value == 0 {
		cause = clearing
		if entry, ok := refusals[why.Kind]; ok && why.Kind != call.Canceled {
			cause = entry.cause
		}
	}
	list = append(list, header.ReasonQ850(header.Cause(cause)))
	if why.SIP.Code >= 200 {
		list = append(list, header.ReasonSIP(header.Status(why.SIP)))
	}
	return list
}
