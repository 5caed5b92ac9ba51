package eventgrid

import (
	"bytes"
	"encoding/json"

	"github.com/switchhook/switchhook/internal/fault"
)

// refuseUnoffered refuses whatever would change deliveries and is not offered
// here. A subscription that asked for it and got something else would lose
// events, or send them to an application that cannot read them.
func (r settingsRequest) refuseUnoffered() error {
	if asked(r.DeadLetterAs) {
		return unoffered("deadLetterWithResourceIdentity", "use deadLetterDestination")
	}
	if asked(r.DeliverAs) {
		return unoffered("deliveryWithResourceIdentity", "use destination")
	}
	return nil
}

func (r webhookRequest) refuseUnoffered() error {
	if given(r.MinimumTLS) && *r.MinimumTLS == "1.3" {
		return unoffered("minimumTlsVersionAllowed 1.3", "TLS 1.2 is the minimum, and 1.3 is used where the endpoint has it")
	}
	return nil
}

func unoffered(what, instead string) error {
	return fault.Unsupported("%s is not offered yet: %s", what, instead)
}

// asked reports whether a member is there and holds something: null, {} and []
// ask for nothing.
func asked(member json.RawMessage) bool {
	switch string(bytes.Join(bytes.Fields(member), nil)) {
	case "", "null", "{}", "[]":
		return false
	}
	return true
}

func given(text *string) bool { return text != nil && *text != "" }
