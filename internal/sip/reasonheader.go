package sip

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
)

// maxReasonText bounds what a stranger's Reason header tells people.
const maxReasonText = 128

// reasonHeaders reads the Reason headers of a message (RFC 3326): the SIP
// status and the Q.850 cause, zero where there is none.
func reasonHeaders(message sip.Message) (status call.Status, cause call.Cause) {
	for _, header := range message.GetHeaders("Reason") {
		for _, value := range splitQuoted(header.Value(), ',') {
			protocol, number, text := parseReason(value)
			switch {
			case strings.EqualFold(protocol, "SIP") && number >= 100 && number < 700 && status.Code == 0:
				status = call.Status{Code: number, Phrase: text}
			case strings.EqualFold(protocol, "Q.850") && number > 0 && number < 128 && cause.Value == 0:
				cause = call.Cause{Value: number, Text: text}
			}
		}
	}
	return status, cause
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
			text = readDisplay(strings.Trim(val, `"`))
			if len(text) > maxReasonText {
				text = strings.ToValidUTF8(text[:maxReasonText], "")
			}
		}
	}
	return protocol, cause, text
}

// splitQuoted splits at a separator, but not inside quotes.
func splitQuoted(text string, separator byte) (parts []string) {
	start, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

// reasonHeader writes why we end a call, for BYE and CANCEL.
func reasonHeader(why call.Reason) (list []sip.Header) {
	cause := why.Q850
	if cause.Value == 0 {
		cause = clearing
		if entry, ok := refusals[why.Kind]; ok && why.Kind != call.Canceled {
			cause = entry.cause
		}
	}
	list = append(list, q850Header(cause.Value, cause.Text))
	if why.SIP.Code >= 200 {
		list = append(list, sip.NewHeader("Reason", reasonValue("SIP", why.SIP.Code, why.SIP.Phrase)))
	}
	return list
}

func q850Header(cause int, text string) sip.Header {
	return sip.NewHeader("Reason", reasonValue("Q.850", cause, text))
}

func reasonValue(protocol string, cause int, text string) string {
	value := protocol + ";cause=" + strconv.Itoa(cause)
	if text != "" {
		value += `;text="` + writeDisplay(text) + `"`
	}
	return value
}
