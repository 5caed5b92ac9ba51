package callautomation

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// errBody is what the service calls a request body that it cannot take.
func errBody(format string, args ...any) *fault.Error {
	return fault.Invalid(format, args...).WithCode("8523")
}

// callbackURI returns an address that events are sent to. Space around it does not
// count, as in .NET's class Uri and in browsers (WHATWG URL §4.4).
func callbackURI(field, text string, required bool) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "" && !required:
		return "", nil
	case text == "":
		return "", errBody("%s is required.", field)
	}
	if err := addressFits(field, text); err != nil {
		return "", err
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", errBody("%s: %s is not an absolute https or http address.", field, quoted(text))
	}
	return text, nil
}

// maxAddress bounds an address that a call keeps, in bytes: as that of a webhook of Event
// Grid. What a call keeps counts for each of many calls, and so do answers that repeat it.
// Names of voices, of models and of what is cached have the same bound.
const maxAddress = 4096

// addressFits refuses an address, or a name, that is too long.
func addressFits(field, text string) error {
	if len(text) > maxAddress {
		return errBody("%s has %d bytes, more than %d.", field, len(text), maxAddress)
	}
	return nil
}

// quoted is an address in a message, without what gives access. What is none is not repeated.
func quoted(address string) string {
	shown := outbound.Address(address).String()
	if shown == outbound.Unreadable {
		return "what is given"
	}
	return strconv.Quote(shown)
}

// maxOperationContext bounds what is echoed in every event, in characters.
const maxOperationContext = 5000

// operationContext checks what a request wants to find in its events again.
func operationContext(text, callback string) (call.Context, error) {
	if err := atMost("operationContext", text, maxOperationContext); err != nil {
		return call.Context{}, err
	}
	callback, err := callbackURI("operationCallbackUri", callback, false)
	return call.Context{Operation: text, CallbackURI: callback}, err
}

// length is that of a text in characters, as the service and its SDKs count them.
func length(text string) int { return header.Characters(text) }

// atMost refuses a text that is longer than most characters.
func atMost(field, text string, most int) error {
	if n := length(text); n > most {
		return errBody("%s has %d characters, more than %d.", field, n, most)
	}
	return nil
}
