package header

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/identifier"
)

// maxForwarded bounds the Contacts of a 3xx that are read.
const maxForwarded = 16

// ForwardedTo is the Contact of a 3xx that its sender prefers of those that can be called
// (RFC 3261 §8.1.3.4); callee finds whom an address means. An error says why there is none.
func ForwardedTo(response *sip.Response, callee Identify) (identifier.ID, error) {
	type choice struct {
		to identifier.ID
		q  float64
	}
	var choices []choice
	err := errors.New("it has no Contact")
	for _, value := range Values(response, "Contact") {
		for _, text := range SplitAddresses(value) {
			if len(choices) == maxForwarded {
				break
			}
			target, failed := ParseReferTo(text, callee)
			if failed != nil || target.Replaces != nil {
				err = errors.New("no Contact names a phone number or an identity")
				continue
			}
			choices = append(choices, choice{target.To, preference(text)})
		}
	}
	if len(choices) == 0 {
		return identifier.ID{}, err
	}
	return slices.MaxFunc(choices, func(a, b choice) int { return cmp.Compare(a.q, b.q) }).to, nil // the first of equal ones
}

// preference is the q of an address (RFC 3261 §20.10): 1 where it has none.
func preference(address string) float64 {
	_, _, params, _ := cutAddress(address)
	for _, param := range splitQuoted(params, ';') {
		name, value, _ := strings.Cut(param, "=")
		if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && strings.EqualFold(strings.TrimSpace(name), "q") && q >= 0 && q <= 1 {
			return q
		}
	}
	return 1
}
