package header

import "strings"

// Replaces is the dialog that a Replaces header names (RFC 3891): ToTag is ours
// where the dialog is.
type Replaces struct {
	CallID, ToTag, FromTag string
	EarlyOnly              bool
}

// ParseReplaces reads the value of a Replaces header; what is not there is "".
func ParseReplaces(value string) (r Replaces) {
	callID, params, _ := strings.Cut(value, ";")
	r.CallID = strings.TrimSpace(callID)
	for _, param := range strings.SplitN(params, ";", 8) {
		name, value, _ := strings.Cut(param, "=")
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "to-tag":
			r.ToTag = value
		case "from-tag":
			r.FromTag = value
		case "early-only":
			r.EarlyOnly = true
		}
	}
	return r
}

// isComplete reports whether the value names a dialog.
func (r Replaces) isComplete() bool { return r.CallID != "" && r.ToTag != "" && r.FromTag != "" }
