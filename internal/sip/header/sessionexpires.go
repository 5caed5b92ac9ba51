package header

import (
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// maxInterval bounds what a peer can make us believe of a session's interval.
const maxInterval = 24 * time.Hour

// SessionExpires reads Session-Expires (RFC 4028 §4): zero where there is none
// that can be read. refresher is "uac", "uas" or "".
func SessionExpires(message sip.Message) (interval time.Duration, refresher string) {
	number, params, _ := strings.Cut(First(message, "Session-Expires"), ";")
	for param := range strings.SplitSeq(params, ";") {
		if name, who, _ := strings.Cut(param, "="); strings.EqualFold(strings.TrimSpace(name), "refresher") {
			refresher = strings.ToLower(strings.TrimSpace(who))
		}
	}
	return min(parseSeconds(number), maxInterval), refresher
}

// MinSE reads Min-SE (RFC 4028 §5).
func MinSE(message sip.Message) time.Duration {
	return min(parseSeconds(First(message, "Min-SE")), maxInterval)
}
