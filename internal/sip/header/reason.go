package header

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// maxReasonText bounds what a peer's Reason header tells people.
const maxReasonText = 128

// Status is a SIP status with its phrase.
type Status struct {
	Code   int
	Phrase string
}

// Cause is an ITU-T Q.850 cause, as the Reason header carries it (RFC 3326).
type Cause struct {
	Value int
	Text  string
}

// Reasons reads the Reason headers of a message (RFC 3326): the SIP status and
// the Q.850 cause, zero where there is none.
func Reasons(message sip.Message) (status Status, cause Cause) {
	for line := range values(message, "Reason") {
		for _, value := range splitQuoted(line, ',') {
			protocol, number, text := parseReason(value)
			switch {
			case strings.EqualFold(protocol, "SIP") && number >= 100 && number < 700 && status.Code == 0:
				status = Status{Code: number, Phrase: text}
			case isQ850(protocol, number) && cause.Value == 0:
				cause = Cause{Value: number, Text: text}
			}
		}
	}
	return status, cause
}

func isQ850(protocol string, cause int) bool {
	return strings.EqualFold(protocol, "Q.850") && cause > 0 && cause < 128
}

// parseReason reads `Q.850;cause=16;text="Normal call clearing"`. What it
// cannot read is zero.
func parseReason(value string) (protocol string, cause int, text string) {
	parts := splitQuoted(value, ';')
	protocol = strings.TrimSpace(parts[0])
	for _, part := range parts[1:] {
		key, val, _ := strings.Cut(part, "=")
		val = strings.TrimSpace(val)
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "cause":
			if n, err := strconv.Atoi(val); err == nil && n > 0 {
				cause = n
			}
		case "text":
			text = boundedReason(UnescapeDisplay(strings.Trim(val, `"`)))
		}
	}
	return protocol, cause, text
}

// boundedReason cuts what people are told.
func boundedReason(text string) string {
	if len(text) > maxReasonText {
		return strings.ToValidUTF8(text[:maxReasonText], "")
	}
	return text
}

// ReasonQ850 writes a Q.850 cause as a Reason header.
func ReasonQ850(c Cause) sip.Header {
	return sip.NewHeader("Reason", reasonValue("Q.850", c.Value, c.Text))
}

// ReasonSIP writes a SIP status as a Reason header.
func ReasonSIP(s Status) sip.Header {
	return sip.NewHeader("Reason", reasonValue("SIP", s.Code, s.Phrase))
}

func reasonValue(protocol string, cause int, text string) string {
	value := protocol + ";cause=" + strconv.Itoa(cause)
	if text != "" {
		value += `;text="` + EscapeDisplay(text) + `"`
	}
	return value
}
