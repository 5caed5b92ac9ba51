package sip

import (
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/trunk"
)

// maxDiverted bounds how much of a call's earlier way is read.
const maxDiverted = 10

// callerIdentity finds who calls: From, unless it tells nobody; then what the network
// asserts (RFC 3325). A caller who asks for privacy is anonymous whatever the
// network knows.
func callerIdentity(request *sip.Request, via *trunk.Trunk) (who identifier.ID, display string) {
	if wantsPrivacy(request) {
		return anonymous, ""
	}
	from := request.From()
	if id, err := callerOf(userOf(&from.Address), via); err == nil && !withheld(&from.Address) {
		return id, readDisplay(from.DisplayName)
	}
	for _, value := range headersOf(request, "P-Asserted-Identity") {
		for _, address := range splitAddresses(value) {
			display, uri, ok := parseAddress(address)
			if !ok || withheld(&uri) {
				continue
			}
			if id, err := callerOf(userOf(&uri), via); err == nil {
				return id, readDisplay(display)
			}
		}
	}
	return anonymous, readDisplay(from.DisplayName)
}

// wantsPrivacy reports whether the caller wants the identity withheld (RFC 3323 §4.2,
// RFC 3325 §9.3).
func wantsPrivacy(request *sip.Request) bool {
	for _, value := range headersOf(request, "Privacy") {
		for _, wish := range strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
			if wish == "id" || wish == "user" || wish == "header" {
				return true
			}
		}
	}
	return false
}

// diverted returns whom the call was meant for before it came here, the first
// first: from Diversion (RFC 5806), else from History-Info (RFC 7044).
func diverted(request *sip.Request, via *trunk.Trunk) (list []identifier.ID) {
	for _, value := range headersOf(request, "Diversion") { // the latest stands first
		list = append(list, usersOf(value, via)...)
	}
	if len(list) > 0 {
		slices.Reverse(list)
		return list[max(0, len(list)-maxDiverted):]
	}
	for _, value := range headersOf(request, "History-Info") {
		list = append(list, usersOf(value, via)...)
	}
	if len(list) < 2 { // the last entry is where the call is now
		return nil
	}
	list = list[:len(list)-1]
	return list[max(0, len(list)-maxDiverted):]
}

// usersOf returns the phones that a list of addresses names. An entry that asks
// for privacy is anonymous.
func usersOf(value string, via *trunk.Trunk) (list []identifier.ID) {
	addresses := splitAddresses(value)
	for _, address := range addresses[:min(len(addresses), 2*maxDiverted)] {
		_, uri, ok := parseAddress(address)
		if !ok {
			continue
		}
		id, err := callerOf(userOf(&uri), via)
		if err != nil || strings.Contains(strings.ToLower(address), "privacy=") {
			id = anonymous
		}
		list = append(list, id)
	}
	return list
}

// splitAddresses splits a list of addresses at its commas, but not at those
// inside of quotes or angle brackets.
func splitAddresses(value string) (list []string) {
	open := ""
	for _, part := range splitQuoted(value, ',') {
		open += part
		if strings.Count(open, "<") > strings.Count(open, ">") {
			open += ","
			continue
		}
		list = append(list, open)
		open = ""
	}
	return list
}

// parseAddress reads a name-addr or an addr-spec with parameters.
func parseAddress(text string) (display string, uri sip.Uri, ok bool) {
	raw := text
	if before, rest, found := strings.Cut(text, "<"); found {
		display = strings.Trim(strings.TrimSpace(before), `"`)
		raw, _, found = strings.Cut(rest, ">")
		if !found {
			return "", uri, false
		}
	} else {
		raw, _, _ = strings.Cut(text, ";")
	}
	raw, _, _ = strings.Cut(strings.TrimSpace(raw), "?")
	err := sip.ParseUri(raw, &uri)
	return display, uri, err == nil
}
