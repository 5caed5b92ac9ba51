// Package config is the configuration of a server: what its file, its flags and its
// environment variables say, checked, with defaults for the rest.
package config

import (
	"crypto/x509"
	"log/slog"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Config is everything that an operator decides. Load makes it; every
// value in it has been checked.
type Config struct {
	Data string // data directory

	// The doors, each host:port; port 0 takes a free one, "" is closed.
	HTTPS  string
	HTTP   string
	SIP    string // UDP and TCP
	SIPS   string // TLS
	WebRTC string

	Profile string // where this machine reads profiles; "" is closed

	RTPPorts    PortRange
	Numbers     []string // owned phone numbers, E.164
	PublicHosts []string // names and addresses by which others reach the server

	EchoNumbers  []string // answered by an echo, E.164
	SpareNumbers []string // those that applications may purchase, E.164

	LogLevel  slog.Level
	LogFormat string // text or json

	Identity    resource.Identity // of a resource that moves in
	Certificate CertificateFiles  // zero: the private authority

	WebSocketOrigins []string // sites whose pages may open a WebSocket for SIP, beside our own; "*" is all

	SIPDigests  []string       // algorithms that challenges to phones offer, in order
	SIPSClients *x509.CertPool // who must vouch for callers over TLS; nil asks nobody

	Trunks []trunk.Trunk
	Routes []trunk.Route
	Guards []permit.Guard

	Emergency []string // numbers of emergency services; nil is permit's default

	OIDC []auth.Issuer // whose bearer tokens open the APIs

	Outbound outbound.Rule // what addresses that clients name may lead to

	StorageAccounts []storage.Account // that dead letters are written to
	NATS            string            // door by which programs take events from NATS subjects, on loopback; "": there is none
	S3              *storage.S3       // server of the buckets of dead letters; nil: there is none
	DeadLetterDelay time.Duration     // from an event's last attempt to its dead letter

	KeepAttempts time.Duration // how long attempts to deliver an event are remembered
	MaxAttempts  int           // and how many of them

	ApplicationEvents bool // CallStarted and its like for applications too, not for devices alone

	WebhookIssuers []auth.WebhookIssuer // of the tokens that protected webhooks want

	MaxSubscriptions int // event subscriptions at the most

	Subscriptions []eventgrid.Declared // applied at each start

	AttestationHeader string // in which applications read Identity headers; "" in none

	RingTimeout   time.Duration // how long an incoming call waits for the application
	KeepRecords   time.Duration // how long records of calls are kept
	RecordsSize   int64         // bytes that they may take
	MediaTimeout  time.Duration // how long a phone may send nothing before its call ends
	MediaDepth    time.Duration // how much sound is collected before it is played, as in rtp.Config
	ShutdownGrace time.Duration // how long running calls may go on while stopping
	DeliveryFlush time.Duration // how long the last events may take after that
}

// PortRange is a range of UDP ports, both ends included.
type PortRange struct{ Low, High int }

// CertificateFiles are the operator's own, PEM; both or neither.
type CertificateFiles struct{ Cert, Key string }

// Flags are the settings that the command line and the environment may give,
// as texts; what is empty was not given.
type Flags struct {
	Data, Config                   string
	HTTPS, HTTP, SIP, SIPS, WebRTC string
	RTPPorts                       string
	Numbers, PublicHosts           []string
	LogLevel, LogFormat            string
	ResourceID, Key1, Key2         string
}

// The defaults. The numbers cannot be anybody's: area code 555 is not in
// service, and no exchange begins with 0.
const (
	defaultHTTPS    = "localhost:8443"
	defaultHTTP     = "localhost:8080"
	defaultSIP      = "127.0.0.1:5060"
	defaultSIPS     = "127.0.0.1:5061"
	defaultRTPPorts = "20000-29999" // below Linux's ephemeral ports
)

var defaultNumbers = []string{"+15550100001", "+15550100002"}

// Off disables a listener.
const Off = "off"

// Load puts the flags over the file over the defaults, and checks every
// value. All that is wrong is in one error, a line each, with the name of the
// flag, or the line of the file, and what is allowed there.
func Load(flags Flags) (Config, error) {
	f, err := openConfigFile(flags.Config)
	if err != nil {
		return Config{}, err
	}
	c := &checker{file: f}
	text := &f.text
	cfg := Config{
		Data:          c.dataDir(c.pick("data", flags.Data, text.Data, "")),
		HTTPS:         c.address(c.pick("https", flags.HTTPS, text.HTTPS, defaultHTTPS)),
		HTTP:          c.address(c.pick("http", flags.HTTP, text.HTTP, defaultHTTP)),
		SIP:           c.address(c.pick("sip", flags.SIP, text.SIP, defaultSIP)),
		SIPS:          c.address(c.pick("sips", flags.SIPS, text.SIPS, defaultSIPS)),
		WebRTC:        c.address(c.pick("webrtc", flags.WebRTC, text.WebRTC, Off)),
		RTPPorts:      c.portRange(c.pick("rtp-ports", flags.RTPPorts, text.RTPPorts, defaultRTPPorts)),
		Numbers:       c.numbers(c.pickList("numbers", flags.Numbers, text.Numbers, defaultNumbers)),
		SpareNumbers:  c.numbers(c.pickList("available-numbers", nil, text.SpareNumbers, nil)),
		Profile:       c.profileAddress(c.pick("profile", "", text.Profile, "")),
		EchoNumbers:   c.numbers(c.pickList("echo-numbers", nil, text.EchoNumbers, nil)),
		PublicHosts:   c.publicHosts(c.pickList("public-host", flags.PublicHosts, text.PublicHost, nil)),
		LogLevel:      c.logLevel(c.pick("log-level", flags.LogLevel, text.LogLevel, "info")),
		LogFormat:     c.oneOf(c.pick("log-format", flags.LogFormat, text.LogFormat, "text"), "text", "json"),
		Identity:      c.identity(flags, text),
		Certificate:   c.certificate(text.TLS),
		OIDC:          c.issuers(text.Auth.OIDC),
		KeepRecords:   c.duration("call.keep-records", text.Call.KeepRecords, 30*24*time.Hour, 24*time.Hour, 10*365*24*time.Hour),
		RecordsSize:   int64(c.count("call.keep-records-mib", text.Call.KeepRecordsMiB, 1024, 1, 1<<20)) << 20,
		RingTimeout:   c.duration("call.ring-timeout", text.Call.RingTimeout, 30*time.Second, time.Second, 10*time.Minute),
		MediaDepth:    c.depth(text.Media.Depth),
		MediaTimeout:  c.duration("media.timeout", text.Media.Timeout, time.Minute, time.Second, 24*time.Hour),
		ShutdownGrace: c.duration("shutdown.grace", text.Shutdown.Grace, 30*time.Second, 0, 24*time.Hour),
		DeliveryFlush: c.duration("delivery.flush", text.Delivery.Flush, 5*time.Second, 0, 10*time.Minute),
	}
	cfg.Outbound = outbound.Rule{RefusePrivate: text.Outbound.RefusePrivate, Allow: c.networks("outbound.allow", text.Outbound.Allow)}
	cfg.StorageAccounts = c.storageAccounts(text.Events.StorageAccounts)
	cfg.NATS = c.natsAddress(text.Events.NATS)
	cfg.S3 = c.s3(text.Events.S3)
	cfg.DeadLetterDelay = c.duration("events.dead-letter-delay", text.Events.DeadLetterDelay, 5*time.Minute, time.Millisecond, 24*time.Hour)
	cfg.KeepAttempts = c.duration("events.keep-attempts", text.Events.KeepAttempts, 7*24*time.Hour, time.Minute, 90*24*time.Hour)
	cfg.MaxAttempts = c.count("events.max-attempts-kept", text.Events.MaxAttempts, 10_000, 100, 1_000_000)
	cfg.ApplicationEvents = text.Events.ApplicationIdentities
	cfg.WebhookIssuers = c.webhookIssuers(text.Events.WebhookTokens)
	cfg.MaxSubscriptions = c.count("events.max-subscriptions", text.Events.MaxSubscriptions, 2000, 1, 20_000)
	cfg.Subscriptions = c.subscriptions(text.Events.Subscriptions, cfg.Destinations())
	c.apart(cfg)
	cfg.WebSocketOrigins = c.origins(c.pickList("websocket-origins", nil, text.WebSocketOrigins, nil))
	cfg.SIPDigests = c.digests(c.pickList("sip-digests", nil, text.SIPDigests, []string{"MD5", "SHA-256"}))
	cfg.SIPSClients = c.authorities("sips-client-ca", text.SIPSClientCA)
	cfg.Trunks, cfg.Routes = c.trunks(text.Trunks, text.Routes)
	cfg.AttestationHeader = c.attestationHeader(text.Call.Attestation)
	cfg.Guards, cfg.Emergency = c.guards(text.Guards, cfg.Trunks), c.emergency(text.Emergency)
	if cfg.HTTPS == "" && cfg.HTTP == "" {
		c.fail(setting{name: "https and http"}, "are both off; applications need one of them")
	}
	return cfg, c.err()
}
