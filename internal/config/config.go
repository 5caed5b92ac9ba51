// Package config is the configuration of a server: what its file, its flags and its
// environment variables say, checked, with defaults for the rest.
package config

import (
	"crypto/x509"
	"log/slog"
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Config is the configuration that Load returns: every value has been checked.
type Config struct {
	Data string // data directory

	// The listeners, each host:port; port 0 takes a free one, "" is off.
	HTTPS  string
	HTTP   string
	SIP    string // UDP and TCP
	SIPS   string // TLS
	WebRTC string

	TURN TURN // relay of browsers' media

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
	SIPSClients *x509.CertPool // authorities of the certificates that callers over TLS need; nil: they need none

	Trunks []trunk.Trunk
	Routes []trunk.Route
	Guards []permit.Guard

	SIPPublic netip.Addr // that peers outside are told; zero: our own

	TrustedProxies []netip.Prefix // that are believed when they name their client

	ProxyProtocol bool // they do so in a header of the PROXY protocol

	Connections Connections // of each HTTP listener

	CallsPerUser int // at once, of a user's telephones; 0 is no limit

	CallsPerApplication int // at once, to phone numbers, of an access key or token; 0 is no limit

	Emergency []string // numbers of emergency services; nil is permit's default

	OIDC []auth.Issuer // whose bearer tokens open the APIs

	// FileTrunksOnly forbids applications to add trunks.
	FileTrunksOnly bool

	Outbound outbound.Rule // where the server may connect to because a client named the address

	StorageAccounts []storage.Account // that dead letters are written to
	NATS            string            // listener for NATS clients, on loopback; "" is off
	S3              *storage.S3       // server of the buckets of dead letters; nil: there is none
	DeadLetterDelay time.Duration     // from an event's last attempt to its dead letter

	KeepAttempts time.Duration // how long attempts to deliver an event are remembered
	MaxAttempts  int           // and how many of them

	Speech Speech // who speaks text and who understands speech

	ApplicationEvents bool // CallStarted and its like for applications too, not for devices alone

	WebhookIssuers []auth.WebhookIssuer // of the tokens that protected webhooks want

	MaxSubscriptions int // event subscriptions at the most

	Subscriptions []eventgrid.Declared // applied at each start

	Recording Recording // of calls

	Insight Insight // what is kept to look into calls
	Garbage int64   // allocated between two collections while calls come, at least, in bytes

	AttestationHeader string // in which applications read Identity headers; "" in none

	RingTimeout   time.Duration // how long an incoming call waits for the application
	KeepRecords   time.Duration // how long records of calls are kept
	RecordsSize   int64         // bytes that they may take
	MediaTimeout  time.Duration // how long a phone may send nothing before its call ends
	HoldMusic     HoldMusic
	Loudness      int           // LUFS to which prompts are brought; 0: they stay as they are
	MaxLateness   time.Duration // of mixing, above which new calls are refused
	MediaDepth    time.Duration // how much sound is collected before it is played, as in rtp.Config
	UserPorts     int           // percent of the RTP ports that one user's calls may hold
	TrunkPorts    int           // percent of them that calls over one trunk may hold
	ShutdownGrace time.Duration // how long running calls may go on while stopping
	DeliveryFlush time.Duration // how long the last events may take after that
}

// Connections bounds those of one HTTP listener: all of them (0 is
// connlimit.Default), and those of one source without credentials.
type Connections struct{ PerListener, PerSource int }

// Off disables a listener.
const Off = "off"

// Load puts the flags over the file over the defaults, and checks every value.
// All mistakes are in one error, a line each, with the flag, or the line of the
// file, and what is allowed there.
func Load(flags Flags) (Config, error) {
	f, err := openConfigFile(flags.Config)
	if err != nil {
		return Config{}, err
	}
	c := &checker{flags: flags, file: f}
	cfg := c.config()
	return cfg, c.err()
}

// config checks every key.
func (c *checker) config() Config {
	flags, file := c.flags, &c.file.keys
	cfg := Config{
		Data:         c.dataDir(c.pick("data", flags.Data)),
		HTTPS:        c.address(c.pick("https", flags.HTTPS)),
		HTTP:         c.address(c.pick("http", flags.HTTP)),
		SIP:          c.sipAddress(c.pick("sip", flags.SIP)),
		SIPS:         c.address(c.pick("sips", flags.SIPS)),
		WebRTC:       c.address(c.pick("webrtc", flags.WebRTC)),
		RTPPorts:     c.portRange(c.pick("rtp-ports", flags.RTPPorts)),
		PublicHosts:  c.publicHosts(c.pickList("public-host", flags.PublicHosts)),
		Numbers:      c.numbers(c.pickList("numbers", flags.Numbers)),
		SpareNumbers: c.numbers(c.pickList("available-numbers", nil)),
		EchoNumbers:  c.numbers(c.pickList("echo-numbers", nil)),
		Profile:      c.loopback(c.pick("profile", "")),
		LogLevel:     c.logLevel(),
		LogFormat:    c.word("log-format", flags.LogFormat),
		Identity:     c.identity(),
		Certificate:  c.certificate(file.TLS),
		OIDC:         c.issuers(file.Auth.OIDC),

		SIPSClients:      c.authorities("sips-client-ca"),
		SIPDigests:       c.digests(c.pickList("sip-digests", nil)),
		WebSocketOrigins: c.origins(c.pickList("websocket-origins", nil)),

		SIPPublic: c.publicAddress("sip-public-address", file.SIPPublicAddress),

		TrustedProxies: c.networks("trusted-proxies"), ProxyProtocol: file.ProxyProtocol,

		Connections: Connections{PerListener: c.count("connections.per-listener"), PerSource: c.count("connections.per-source")},

		Recording: c.recording(file.Recording),
		Insight:   c.insight(),
		Garbage:   int64(c.count("memory.garbage-mib")) << 20,

		ShutdownGrace:  c.duration("shutdown.grace"),
		DeliveryFlush:  c.duration("delivery.flush"),
		FileTrunksOnly: file.Outbound.FileTrunksOnly,
		Outbound:       outbound.Rule{RefusePrivate: file.Outbound.RefusePrivate, Allow: c.networks("outbound.allow")},
	}
	cfg.TURN = c.turn(cfg.PublicHosts)
	c.events(&cfg)
	c.calls(&cfg)
	cfg.Trunks, cfg.Routes = c.trunks(file.Trunks, file.Routes)
	cfg.Guards, cfg.Emergency = c.guards(file.Guards, cfg.Trunks), c.emergency(file.Emergency)
	cfg.Speech = c.speech(file.Speech)
	c.apart(cfg)
	c.together(cfg)
	return cfg
}

// together checks what settings ask of each other.
func (c *checker) together(cfg Config) {
	if cfg.ProxyProtocol && len(cfg.TrustedProxies) == 0 {
		c.fail(c.at("proxy-protocol"), "is true, but trusted-proxies names no proxy; add the addresses of the proxies there")
	}
	c.turnTogether(cfg)
	if cfg.HTTPS == "" && cfg.HTTP == "" {
		c.fail(setting{name: "https and http"}, "are both off; applications need one of them")
	}
}
