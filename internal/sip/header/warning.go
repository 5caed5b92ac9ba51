package header

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Warning tells the owner of a telephone why its request was refused (RFC 3261
// §20.43, code 399).
func Warning(agent string, why error) sip.Header {
	text := strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == '\\' || r == 0x7f {
			return ' '
		}
		return r
	}, why.Error())
	return sip.NewHeader("Warning", "399 "+strings.ReplaceAll(agent, " ", "-")+` "`+text+`"`)
}
