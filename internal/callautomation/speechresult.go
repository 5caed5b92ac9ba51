package callautomation

import (
	"errors"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/speech"
)

// rejections are the messages for what a speech service has answered, by status.
var rejections = map[int]string{
	400: "Action failed, bad request to Azure AI services. Check input parameters.",
	401: "Action failed, AI services authentication error.",
	403: "Action failed, forbidden request to AI services, free subscription used by the request ran out of quota.",
	408: "Action failed, request to AI services timed out.",
	429: "Action failed, requests exceeded the number of allowed concurrent requests for AI services subscription.",
}

// spokenTo is the result of an operation that a speech service has failed. What the
// provider said follows the literal message: nothing else tells an application why.
func spokenTo(failure *speech.Error) resultInformation {
	r := resultInformation{Code: 500, SubCode: 8565, Message: "Action failed, unknown error of the speech service."}
	switch failure.Kind {
	case speech.Unconfigured:
		r = resultInformation{Code: 400, SubCode: 8567, Message: "Action failed, AI services is not configured."}
	case speech.Unreachable:
		r = resultInformation{Code: 400, SubCode: 8564, Message: "Action failed, could not connect to AI services."}
	case speech.Rejected:
		r.Code, r.Message = failure.Status, rejections[failure.Status]
		if r.Message == "" {
			r.Code, r.Message = 400, rejections[400]
		}
	case speech.Empty:
		r = resultInformation{Code: 400, SubCode: 8582, Message: "Action failed, the text or SSML to be spoken is empty."}
	}
	r.Message += " " + fault.Sentence(failure.Error())
	return r
}

// unspoken is the result of a prompt that could not be spoken: 8565 whatever has failed
// at the service, since the documented codes of play have no other.
func unspoken(failure *speech.Error) resultInformation {
	r := spokenTo(failure)
	if failure.Kind == speech.Unreachable {
		r.SubCode = 8565
	}
	return r
}

// unheard is the result of a recognition whose speech service has failed.
func unheard(cause error) resultInformation {
	var failure *speech.Error
	if errors.As(cause, &failure) {
		return spokenTo(failure)
	}
	return resultInformation{Code: 500, SubCode: 8570, Message: "Action failed, the speech recognizer has failed" + because(cause)}
}
