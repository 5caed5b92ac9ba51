package header

import (
	"strconv"
	"strings"
)

// SipfragType is the media type of a piece of a SIP message (RFC 3420).
const SipfragType = "message/sipfrag"

// maxSipfrag bounds how much of one is read: a status line and a few headers.
const maxSipfrag = 2048

// ParseSipfrag reads the status line that a NOTIFY of a REFER carries, and the
// Q.850 cause where a Reason follows it; false where there is no status line.
func ParseSipfrag(body []byte) (status Status, cause Cause, ok bool) {
	text := string(body[:min(len(body), maxSipfrag)])
	first, rest, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	version, line, _ := strings.Cut(strings.TrimSpace(first), " ")
	if !strings.EqualFold(version, "SIP/2.0") {
		return status, cause, false
	}
	number, phrase, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
	code, err := strconv.Atoi(number)
	if err != nil || len(number) != 3 || code < 100 || code > 699 {
		return status, cause, false
	}
	status = Status{Code: code, Phrase: reasonPhrase(phrase)}
	for _, field := range strings.Split(rest, "\n") {
		name, value, _ := strings.Cut(field, ":")
		if !strings.EqualFold(strings.TrimSpace(name), "Reason") {
			continue
		}
		for _, reason := range splitQuoted(value, ',') {
			if protocol, number, text := parseReason(strings.TrimSpace(reason)); isQ850(protocol, number) {
				cause = Cause{Value: number, Text: text}
			}
		}
	}
	return status, cause, true
}

// reasonPhrase reads the phrase of a status line, in which nothing is escaped (RFC 3261
// §25.1): controls are left out.
func reasonPhrase(raw string) string {
	text := strings.Map(func(r rune) rune {
		if IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(raw, "\uFFFD"))
	return strings.TrimSpace(boundedReason(strings.TrimSpace(text)))
}

// Sipfrag writes a status line as a NOTIFY carries it.
func Sipfrag(status Status) []byte {
	return []byte("SIP/2.0 " + strconv.Itoa(status.Code) + " " + status.Phrase + "\r\n")
}
