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

// Diversion writes whom a call was meant for, the first first. isPrivate asks that they are not
// shown to who is called.
func Diversion(before []sip.Uri, isPrivate bool) (list []sip.Header) {
	privacy := ""
	if isPrivate {
		privacy = ";privacy=full"
	}
	for _, uri := range slices.Backward(before[max(0, len(before)-maxDiverted):]) {
		list = append(list, sip.NewHeader("Diversion", "<"+uri.String()+">;reason=unconditional"+privacy))
	}
	return list
}

// HistoryInfo writes the same in the form of RFC 7044, with whom the call is for now as the
// last: each was redirected to the next one.
func HistoryInfo(before []sip.Uri, now sip.Uri) sip.Header {
	var text strings.Builder
	index := "1"
	for _, uri := range before[max(0, len(before)-maxDiverted):] {
		text.WriteString("<" + uri.String() + "?Reason=SIP%3Bcause%3D302>;index=" + index + ", ")
		index += ".1"
	}
	return sip.NewHeader("History-Info", text.String()+"<"+now.String()+">;index="+index)
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
		if err != nil || hidesNumber(address) {
			id = Anonymous
		}
		list = append(list, id)
	}
	return list
}

// hidesNumber reports whether an entry asks that its number is withheld: by the parameter
// of Diversion (RFC 5806 §4.1: full, name, uri or off), or by the Privacy field in the
// address of History-Info (RFC 7044 §10.1.1; "none" is of RFC 3323 §4.2).
func hidesNumber(entry string) bool {
	_, wish, asked := strings.Cut(strings.ToLower(entry), "privacy=")
	if !asked {
		return false
	}
	wish = strings.TrimLeft(wish, `" `)
	if end := strings.IndexAny(wish, ";,&>\" "); end >= 0 {
		wish = wish[:end]
	}
	return wish != "off" && wish != "none" && wish != "name"
}
