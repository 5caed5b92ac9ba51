package sip

import (
	"strconv"
	"strings"

	"github.com/switchhook/switchhook/internal/call"
)

// sipfrag is the type of a piece of a SIP message (RFC 3420).
const sipfrag = "message/sipfrag"

// maxSipfrag bounds how much of one is read: a status line and a few headers.
const maxSipfrag = 2048

// readSipfrag reads the status line that a NOTIFY of a REFER carries, and the
// Q.850 cause where a Reason follows it; false where there is no status line.
func readSipfrag(body []byte) (status call.Status, cause call.Cause, ok bool) {
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
	status = call.Status{Code: code, Phrase: bounded(readDisplay(phrase))}
	for _, header := range strings.Split(rest, "\n") {
		name, value, _ := strings.Cut(header, ":")
		if !strings.EqualFold(strings.TrimSpace(name), "Reason") {
			continue
		}
		if protocol, number, text := parseReason(strings.TrimSpace(value)); strings.EqualFold(protocol, "Q.850") && number > 0 && number < 128 {
			cause = call.Cause{Value: number, Text: text}
		}
	}
	return status, cause, true
}

// bounded cuts what people are told.
func bounded(text string) string {
	if len(text) > maxReasonText {
		return strings.ToValidUTF8(text[:maxReasonText], "")
	}
	return text
}

// writeSipfrag writes a status line as a NOTIFY carries it.
func writeSipfrag(status call.Status) []byte {
	return []byte("SIP/2.0 " + strconv.Itoa(status.Code) + " " + status.Phrase + "\r\n")
}
