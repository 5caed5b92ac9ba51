package siprouting

// Status is how one side of a trunk's health is, in the API's words.
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

// TrunkHealth is how a trunk does.
type TrunkHealth struct {
	TLS, Ping, Overall Status
	Reason             string // of an inactive one: noRecentCalls, noRecentPings, noRecentCallsAndPings; else ""
}

// Health knows how trunks do, by their names in the table. It must not block.
type Health interface {
	Health(name string) TrunkHealth
}

// unknownHealth is asked where nobody watches the trunks.
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
