package eventgrid

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// The CloudEvents handshake ("HTTP 1.1 Web Hooks for Event Delivery", §4): an
// endpoint consents by headers, whatever its status.
const (
	headerRequestOrigin   = "WebHook-Request-Origin"
	headerRequestRate     = "WebHook-Request-Rate"
	headerRequestCallback = "WebHook-Request-Callback"
	headerAllowedOrigin   = "WebHook-Allowed-Origin"
	headerAllowedRate     = "WebHook-Allowed-Rate"

	// origin is who asks, and the Origin of every delivery afterwards: the
	// name of Azure's service, which applications compare with.
	origin = "eventgrid.azure.net"

	// requestedRate is in requests a minute: the 5,000 a second that Event Grid
	// takes. Deliveries keep to a lower WebHook-Allowed-Rate.
	requestedRate = 300_000
)

// cloudProposal asks with an OPTIONS request. The callback is the same link
// that a validation event carries.
func (h handshake) cloudProposal(in invitation) (proposal, error) {
	return proposal{
		method: http.MethodOptions,
		header: map[string]string{
			headerSubscription:    in.label,
			headerEventType:       sortValidation,
			headerRequestOrigin:   origin,
			headerRequestRate:     strconv.Itoa(requestedRate),
			headerRequestCallback: in.url,
		},
		judge:   judgeOrigin,
		what:    "the OPTIONS request",
		expects: "with " + headerAllowedOrigin + ": " + origin,
	}, nil
}

// judgeOrigin weighs the answer to an OPTIONS request: a status alone never
// consents, and a success without the header leaves the callback as a way.
func judgeOrigin(a answer) verdict {
	allowed := strings.TrimSpace(a.header.Get(headerAllowedOrigin))
	wants := fmt.Sprintf("expected the header %s: %s (or *)", headerAllowedOrigin, origin)
	switch {
	case allowed == "*" || strings.EqualFold(allowed, origin):
		return verdict{outcome: consented, perMinute: allowedRate(a.header)}
	case allowed != "":
		return verdict{outcome: refused, reason: fmt.Sprintf("%s allows another origin: it answered %s with %s: %q; %s", a.endpoint, a.describe(), headerAllowedOrigin, clip(hide(allowed, a.secrets), 100), wants)}
	case a.status >= 200 && a.status <= 299:
		return verdict{outcome: deferred, reason: fmt.Sprintf("%s answered OPTIONS with %s, without consent; %s. "+
			"The subscription becomes active if the address in %s is opened within %s", a.endpoint, a.describe(), wants, headerRequestCallback, consentTime)}
	}
	return verdict{outcome: refused, reason: fmt.Sprintf("%s answered OPTIONS with %s; %s", a.endpoint, a.describe(), wants)}
}

// allowedRate is how many requests a minute an endpoint grants; 0 where it names
// no number ("*" is any), or one that deliveries do not reach.
func allowedRate(h http.Header) int {
	rate, err := strconv.Atoi(strings.TrimSpace(h.Get(headerAllowedRate)))
	if err != nil || rate < 1 || rate >= requestedRate {
		return 0
	}
	return rate
}
