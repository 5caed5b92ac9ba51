package parse

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

const version = "SIP/2.0"

// readRequestLine reads the method and the Request-URI (RFC 3261 §7.1).
func (r *request) readRequestLine(line string) bool {
	name, rest, _ := strings.Cut(line, " ")
	uri, rest, _ := strings.Cut(rest, " ")
	if rest != version || !isMethod(name) {
		return false
	}
	r.Method, r.SipVersion = methodOf(name), version
	return r.readURI(uri, &r.Recipient)
}

// readStatusLine reads the status and the reason phrase (RFC 3261 §7.2).
func (r *response) readStatusLine(line string) bool {
	status, reason, ok := strings.Cut(line[len(version+" "):], " ")
	code, isNumber := number(status, 3)
	if !ok || !isNumber || len(status) != 3 || len(reason) >= 3 && strings.EqualFold(reason[:3], "SIP") { // which sipgo takes for the version of a request
		return false
	}
	r.SipVersion, r.StatusCode, r.Reason = version, int(code), reason
	return true
}

// isMethod reports whether a name is one of capitals, as every known method's is.
func isMethod(name string) bool {
	for i := range len(name) {
		if name[i] < 'A' || name[i] > 'Z' {
			return false
		}
	}
	return name != ""
}

// methodOf is a method, which keeps no message where it is a known one.
func methodOf(name string) sip.RequestMethod {
	for _, known := range [...]sip.RequestMethod{
		sip.INVITE, sip.ACK, sip.BYE, sip.CANCEL, sip.OPTIONS, sip.REGISTER, sip.PRACK, sip.UPDATE, sip.INFO, sip.REFER, sip.NOTIFY, sip.SUBSCRIBE, sip.MESSAGE,
	} {
		if name == string(known) {
			return known
		}
	}
	return sip.RequestMethod(name)
}

// number reads digits, as many as most at the most; 9 of them fit every number of a field.
func number(text string, most int) (n uint32, ok bool) {
	if text == "" || len(text) > most {
		return 0, false
	}
	for i := range len(text) {
		digit := text[i] - '0'
		if digit > 9 {
			return 0, false
		}
		n = n*10 + uint32(digit)
	}
	return n, true
}
