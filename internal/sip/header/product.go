package header

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// maxProduct bounds what is kept of a User-Agent or Server header, in bytes.
const maxProduct = 128

// Product is what the far end calls itself: the first of the fields that is
// there, without what cannot be printed. It is a copy, since records of calls keep it.
func Product(message interface{ GetHeader(string) sip.Header }, names ...string) string {
	for _, name := range names {
		if field := message.GetHeader(name); field != nil {
			text := strings.Map(func(r rune) rune {
				if r < ' ' || r == 0x7f {
					return -1
				}
				return r
			}, field.Value())
			return strings.Clone(strings.ToValidUTF8(text[:min(len(text), maxProduct)], ""))
		}
	}
	return ""
}

// UserAgent is what a telephone calls itself, as people read it; "" where it does
// not say.
func UserAgent(message sip.Message) string {
	for _, value := range Values(message, "User-Agent") {
		return UnescapeDisplay(value)
	}
	return ""
}
