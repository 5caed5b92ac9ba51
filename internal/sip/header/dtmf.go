package header

import "strings"

// KeyTypes are the media types of keys in an INFO, as some gateways send them.
var KeyTypes = []string{"application/dtmf-relay", "application/dtmf"}

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
	switch signal { // events by number, as Cisco sends them
	case "10":
		return '*', true
	case "11":
		return '#', true
	}
	if len(signal) != 1 {
		return 0, false
	}
	key := strings.ToUpper(signal)[0]
	return key, strings.IndexByte("0123456789ABCD*#", key) >= 0
}
