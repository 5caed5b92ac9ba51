package insight

import "bytes"

// secretHints are parts of all SIP messages that have a secret.
var secretHints = []string{"authorization", "inline:"}

// maySIPBeSecret reports whether a SIP message may have a secret. It is cheaper than to
// look for it, and most have none.
func maySIPBeSecret(text []byte) bool {
	for i, c := range text {
		for _, hint := range secretHints {
			if c|0x20 == hint[0] && len(text)-i >= len(hint) && equalFold(text[i:i+len(hint)], hint) {
				return true
			}
		}
	}
	return false
}

// secretEnds are those of the names of secret members: see secretMember.
var secretEnds = []string{"key", "token", "secret", "password", "signature", "credential", "authorization", "incomingcallcontext", "sas"}

// mayBodyBeSecret reports whether maskBody may find a secret, or would show nothing.
func mayBodyBeSecret(body []byte) bool {
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' || bytes.IndexByte(body, '\\') >= 0 || bytes.Contains(body, []byte("://")) {
		return true
	}
	for rest := body; ; {
		colon := bytes.IndexByte(rest, ':')
		if colon < 0 {
			return false
		}
		if endsSecretly(bytes.TrimRight(rest[:colon], "\"' \t\r\n")) { // with or without quotation marks: it may be no JSON, and is then not shown
			return true
		}
		rest = rest[colon+1:]
	}
}

// endsSecretly reports whether a name may be secret. A letter beyond ASCII may fold to one
// of it.
func endsSecretly(name []byte) bool {
	for _, end := range secretEnds {
		if len(name) >= len(end) && equalFold(name[len(name)-len(end):], end) {
			return true
		}
	}
	return bytes.ContainsFunc(name[max(0, len(name)-len("incomingcallcontext")-2):], func(r rune) bool { return r >= 0x80 })
}

// secretive is an item that may have secrets.
type secretive interface {
	mask() // makes it one without
}

func (m *sipMessage) mask() { m.text = maskSIP(m.text) }

func (a *attempt) mask() { a.body = withoutSecrets(a.body) }

func (r *request) mask() { r.Body, r.Answer = withoutSecrets(r.Body), withoutSecrets(r.Answer) }

func withoutSecrets(body []byte) []byte {
	if len(body) == 0 || !mayBodyBeSecret(body) {
		return body
	}
	return []byte(maskBody(body))
}
