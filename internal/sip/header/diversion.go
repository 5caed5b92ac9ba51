package header

import (
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/identifier"
)

// maxDiverted bounds how much of a call's earlier way is read.
const maxDiverted = 10

// Diverted returns whom the call was meant for before it came here, the first
// first: from Diversion (RFC 5806), else from History-Info (RFC 7044).
func Diverted(request *sip.Request, identify Identify) (list []identifier.ID) {
	for _, value := range Values(request, "Diversion") { // the latest stands first
		list = append(list, phonesOf(value, identify)...)
	}
	if len(list) > 0 {
		slices.Reverse(list)
		return list[max(0, len(list)-maxDiverted):]
	}
	for _, value := range Values(request, "History-Info") {
		list = append(list, phonesOf(value, identify)...)
	}
	if len(list) < 2 { // the last entry is where the call is now
		return nil
	}
	list = list[:len(list)-1]
	return list[max(0, len(list)-maxDiverted):]
}

// phonesOf returns the phones that a list of addresses names. An entry that asks
// for privacy is anonymous.
func phonesOf(value string, identify Identify) (list []identifier.ID) {
	addresses := SplitAddresses(value)
	for _, address := range addresses[:min(len(addresses), 2*maxDiverted)] {
		_, uri, ok := ParseAddress(address)
		if !ok {
			continue
		}
		id, err := identify(&uri)
		if err != nil || strings.Contains(strings.ToLower(address), "privacy=") {
			id = Anonymous
		}
		list = append(list, id)
	}
	return list
}
