package webrtc

import (
	"errors"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// endCodes are the code and subCode of a reason. never: media never came up.
func endCodes(why call.Reason, never bool) (code, subCode int) {
	switch why.Kind {
	case call.Normal:
		return 0, 0
	case call.EndedByApplication:
		return 0, 7000
	case call.EndedByPeer:
		switch {
		case why.ByParticipant:
			return 0, 4097
		case why.Phone && !why.Client:
			return 0, 560000
		case why.Abrupt:
			return 0, 4521
		}
		return 0, 0
	case call.Removed:
		switch {
		case why.ByRoom:
			return 0, 5317
		case why.ByParticipant:
			return 0, 5000
		}
		return 0, 5300
	case call.Canceled:
		if why.SIP.Code == 200 { // RFC 3326: completed elsewhere
			return 487, 10003
		}
		return 487, 0
	case call.MediaLost:
		if never {
			return 410, 301004
		}
		return 410, 3101
	}
	if why.Kind == call.NoAnswer && why.SIP.Code == 487 { // of our own CANCEL
		return 487, 10004
	}
	if why.Phone && !why.Client && why.SIP.Code >= 400 {
		return why.SIP.Code, 560000 + why.SIP.Code
	}
	for _, row := range failures {
		if row.kind == why.Kind {
			return row.code, row.subCode
		}
	}
	return 500, 0
}

// failures are the codes of what the network said nothing about.
var failures = []struct {
	kind          call.ReasonKind
	code, subCode int
}{
	{call.Busy, 486, 0},
	{call.Declined, 603, 0},
	{call.Forbidden, 403, 0},
	{call.CallerIDRefused, 403, 0},
	{call.NoAnswer, 487, 10004},
	{call.NoListener, 480, 10037},
	{call.NotFound, 404, 0},
	{call.NoSuchCall, 404, 0},
	{call.Unreachable, 480, 10078},
	{call.Unsupported, 488, 0},
	{call.Overloaded, 503, 0},
	{call.ServerStopped, 503, 0},
	{call.Vanished, 410, 301005},
}

// failed is the answer to a request that package call refused.
func failed(err error) protocol.Message {
	if errors.Is(err, call.ParticipantMissing) {
		return refusal(protocol.ReasonNotFound, 404, 0, err.Error())
	}
	switch fault.Of(err).Kind {
	case fault.KindNotFound:
		return refusal(protocol.ReasonNoSuchCall, 404, 0, err.Error())
	case fault.KindPrecondition:
		return refusal(protocol.ReasonNotFound, 480, 10037, err.Error())
	case fault.KindForbidden:
		return refusal(protocol.ReasonForbidden, 403, 0, err.Error())
	case fault.KindInvalid:
		return refusal(protocol.ReasonMalformed, 400, 0, err.Error())
	case fault.KindConflict:
		return refusal(protocol.ReasonState, 409, 0, err.Error())
	case fault.KindUnsupported:
		return refusal(protocol.ReasonUnsupported, 405, 0, err.Error())
	case fault.KindBusy, fault.KindThrottled:
		return refusal(protocol.ReasonBusy, 503, 0, err.Error())
	}
	return refusal(protocol.ReasonInternal, 500, 0, "the server has a fault")
}
