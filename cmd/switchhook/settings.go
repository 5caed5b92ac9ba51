package main

import (
	"github.com/switchhook/switchhook/internal/config"
)

// settings are the flags of serve. Its fields are those of config.Flags.
type settings struct {
	Data, Config string   `kong:"-"` // of the root
	HTTPS        string   `name:"https" placeholder:"HOST:PORT" env:"SWITCHHOOK_HTTPS" group:"doors" help:"APIs over TLS (localhost:8443). Port 0 takes a free one, off closes a door."`
	HTTP         string   `name:"http" placeholder:"HOST:PORT" env:"SWITCHHOOK_HTTP" group:"doors" help:"The same without TLS (localhost:8080)."`
	SIP          string   `name:"sip" placeholder:"HOST:PORT" env:"SWITCHHOOK_SIP" group:"doors" help:"Phones and trunks over UDP and TCP (127.0.0.1:5060)."`
	SIPS         string   `name:"sips" placeholder:"HOST:PORT" env:"SWITCHHOOK_SIPS" group:"doors" help:"Phones and trunks over TLS (127.0.0.1:5061)."`
	WebRTC       string   `name:"webrtc" placeholder:"HOST:PORT" env:"SWITCHHOOK_WEBRTC" group:"doors" help:"Browsers (off; not in this version)."`
	RTPPorts     string   `name:"rtp-ports" placeholder:"LOW-HIGH" env:"SWITCHHOOK_RTP_PORTS" group:"doors" help:"UDP ports of the sound (20000-29999)."`
	Numbers      []string `name:"numbers" placeholder:"+NUMBER" env:"SWITCHHOOK_NUMBERS" help:"Phone numbers that the resource owns (two demo numbers that nobody can have)."`
	PublicHosts  []string `name:"public-host" placeholder:"NAME" env:"SWITCHHOOK_PUBLIC_HOST" help:"Names and addresses by which others reach the server, as by a reverse proxy."`
	LogLevel     string   `name:"log-level" placeholder:"LEVEL" env:"SWITCHHOOK_LOG_LEVEL" help:"debug, info, warn or error (info)."`
	LogFormat    string   `name:"log-format" placeholder:"FORMAT" env:"SWITCHHOOK_LOG_FORMAT" help:"text or json (text)."`
	ResourceID   string   `name:"resource-id" placeholder:"GUID" env:"SWITCHHOOK_RESOURCE_ID" group:"moving in" help:"Immutable id of the ACS resource that moves in."`
	Key1         string   `name:"key1" placeholder:"KEY" env:"SWITCHHOOK_KEY1" group:"moving in" help:"Its primary access key."`
	Key2         string   `name:"key2" placeholder:"KEY" env:"SWITCHHOOK_KEY2" group:"moving in" help:"Its secondary access key."`
}

// load makes the configuration of these flags.
func (s settings) load(a *app) (config.Config, error) {
	s.Data, s.Config = a.root.Data, a.root.Config
	return config.Load(config.Flags(s))
}

// config is the configuration for a command that takes no setting but the
// root's flags and the environment.
func (a *app) config() (config.Config, error) { return settings{}.load(a) }
