package header

import (
	"strconv"
	"strings"
)

// KeyTypes are the media types of keys in an INFO, as some gateways send them.
var KeyTypes = []string{"application/dtmf-relay", "application/dtmf"}

// events are the keys by their numbers in RFC 4733 §3.2.
const events = "0123456789*#ABCD"

// Key reads the key that an INFO carries: application/dtmf-relay ("Signal=5") and
// application/dtmf ("5"). False where there is none.
func Key(content Content) (byte, bool) {
	signal := strings.TrimSpace(string(content.Data))
	switch content.Type {
	case "application/dtmf":
	case "application/dtmf-relay":
		for _, line := range strings.Split(signal, "\n") {
			key, value, _ := strings.Cut(line, "=")
			if strings.EqualFold(strings.TrimSpace(key), "signal") {
				signal = strings.TrimSpace(value)
				break
			}
		}
	default:
		return 0, false
	}
	if event, err := strconv.Atoi(signal); err == nil && event >= 10 && event < len(events) { // by number (RFC 4733 §3.2), as Cisco sends them
		return events[event], true
	}
	if len(signal) != 1 {
		return 0, false
	}
	key := strings.ToUpper(signal)[0]
	return key, strings.IndexByte(events, key) >= 0
}
