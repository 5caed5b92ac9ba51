package insight

import "regexp"

// Secrets in SIP messages: the digest of credentials (RFC 3261 §22.4), and the keys of
// SRTP in descriptions (RFC 4568 §9.1).
var (
	credentialField = regexp.MustCompile(`(?im)^((?:proxy-)?authorization[ \t]*:)([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)`)
	digestAnswer    = regexp.MustCompile(`(?i)\b(response|cnonce|nextnonce|rspauth)[ \t]*=[ \t]*("[^"]*"|[^,\s]+)`)
	otherScheme     = regexp.MustCompile(`(?i)^[ \t]*digest\b`)
	inlineKey       = regexp.MustCompile(`(?i)(\binline:)[A-Za-z0-9+/=]+`)
)

// maskSIP returns a message without its secrets.
func maskSIP(text []byte) []byte {
	if !maySIPBeSecret(text) {
		return text
	}
	return maskSIPSecrets(text)
}

func maskSIPSecrets(text []byte) []byte {
	text = credentialField.ReplaceAllFunc(text, func(field []byte) []byte {
		parts := credentialField.FindSubmatch(field)
		if !otherScheme.Match(parts[2]) {
			return append(append([]byte{}, parts[1]...), " ***"...)
		}
		return append(append([]byte{}, parts[1]...), digestAnswer.ReplaceAll(parts[2], []byte(`$1="***"`))...)
	})
	return inlineKey.ReplaceAll(text, []byte("${1}***"))
}
