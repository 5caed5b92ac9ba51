package parse

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// longestName is the length of the longest name that field knows: Content-Length.
const longestName = 14

// field reads the field of a name. known is false for a name that has no type of its own; the
// field is nil where its value has not the usual form, or where the message has had another
// field of that name.
func (f *usualFields) field(name, value string) (field sip.Header, known bool) {
	var lower [longestName]byte
	if len(name) > len(lower) {
		return nil, false
	}
	for i := range len(name) {
		lower[i] = name[i]
		if 'A' <= name[i] && name[i] <= 'Z' {
			lower[i] |= 0x20
		}
	}
	switch string(lower[:len(name)]) {
	case "via", "v":
		return ofKnown(&f.via, f.take(hasVia) && f.readVia(value))
	case "from", "f":
		return ofKnown(&f.from, f.take(hasFrom) && f.readAddress(value, &f.from.DisplayName, &f.from.Address, &f.from.Params))
	case "to", "t":
		return ofKnown(&f.to, f.take(hasTo) && f.readAddress(value, &f.to.DisplayName, &f.to.Address, &f.to.Params))
	case "contact", "m":
		return ofKnown(&f.contact, f.take(hasContact) && f.readAddress(value, &f.contact.DisplayName, &f.contact.Address, &f.contact.Params))
	case "call-id", "i":
		return ofKnown(&f.callID, f.take(hasCallID) && readText(value, (*string)(&f.callID)))
	case "content-type", "c":
		return ofKnown(&f.contentType, f.take(hasContentType) && readText(value, (*string)(&f.contentType)))
	case "cseq":
		return ofKnown(&f.cseq, f.take(hasCSeq) && f.readCSeq(value))
	case "max-forwards":
		return ofKnown(&f.maxForwards, f.take(hasMaxForwards) && readNumber(value, (*uint32)(&f.maxForwards)))
	case "content-length", "l":
		return ofKnown(&f.contentLength, f.take(hasContentLength) && readNumber(value, (*uint32)(&f.contentLength)))
	case "route":
		route := &sip.RouteHeader{}
		return ofKnown(route, f.readRoute(value, &route.Address))
	case "record-route":
		route := &sip.RecordRouteHeader{}
		return ofKnown(route, f.readRoute(value, &route.Address))
	}
	return nil, false
}

// ofKnown is what field returns for a name that it knows.
func ofKnown(field sip.Header, ok bool) (sip.Header, bool) {
	if !ok {
		return nil, true
	}
	return field, true
}

// readText reads a value that is taken as it stands.
func readText(value string, text *string) bool {
	*text = value
	return value != ""
}

// readNumber reads a value of digits.
func readNumber(value string, n *uint32) (ok bool) {
	*n, ok = number(value, 9)
	return ok
}

// readCSeq reads "1 INVITE".
func (f *usualFields) readCSeq(value string) bool {
	digits, method, _ := strings.Cut(value, " ")
	ok := false
	f.cseq.SeqNo, ok = number(digits, 9)
	f.cseq.MethodName = methodOf(method)
	return ok && isToken(method)
}
