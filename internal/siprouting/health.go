package siprouting

// Status is one aspect of a trunk's health, in the API's words.
type Status string

// What Status can be. Certificates expire (TLS), pings and calls cease (Ping),
// and a trunk as a whole is active or not (Overall).
const (
	Unknown            Status = "unknown"
	OK                 Status = "ok"           // TLS, Ping
	CertificateExpires Status = "certExpiring" // TLS
	CertificateExpired Status = "certExpired"  // TLS
	Expired            Status = "expired"      // Ping
	Failing            Status = "error"        // Ping
	Active             Status = "active"       // Overall
	Inactive           Status = "inactive"     // Overall
)

// TrunkHealth is the state of a trunk.
type TrunkHealth struct {
	TLS, Ping, Overall Status
	Reason             string // of an inactive one: noRecentCalls, noRecentPings, noRecentCallsAndPings; else ""
}

// Health reports the health of trunks, by their names in the table. It must not
// block.
type Health interface {
	Health(name string) TrunkHealth
}

// unknownHealth takes its place where trunks are not monitored.
type unknownHealth struct{}

func (unknownHealth) Health(string) TrunkHealth { return TrunkHealth{Unknown, Unknown, Unknown, ""} }

// wireHealth is a TrunkHealth as the API shows it.
type wireHealth struct {
	TLS     wireStatus `json:"tls"`
	Ping    wireStatus `json:"ping"`
	Overall wireStatus `json:"overall"`
}

type wireStatus struct {
	Status Status `json:"status"`
	Reason string `json:"reason,omitempty"`
}

func (h TrunkHealth) wire() *wireHealth {
	return &wireHealth{wireStatus{Status: h.TLS}, wireStatus{Status: h.Ping}, wireStatus{h.Overall, h.Reason}}
}
