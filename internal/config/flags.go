package config

import (
	"reflect"
	"strings"
)

// Flags are the settings that the command line and the environment may give, as
// texts; an empty one was not given. The tags are those of the flags of the
// command line. ${https} in a help text is the default of the key https.
type Flags struct {
	Data        string   `kong:"-" name:"data" env:"SWITCHHOOK_DATA"`     // a flag of every command
	Config      string   `kong:"-" name:"config" env:"SWITCHHOOK_CONFIG"` // the same
	HTTPS       string   `name:"https" placeholder:"HOST:PORT" env:"SWITCHHOOK_HTTPS" group:"listeners" help:"APIs over TLS (${https}). Port 0 takes a free port, off disables a listener."`
	HTTP        string   `name:"http" placeholder:"HOST:PORT" env:"SWITCHHOOK_HTTP" group:"listeners" help:"APIs without TLS (${http})."`
	SIP         string   `name:"sip" placeholder:"HOST:PORT" env:"SWITCHHOOK_SIP" group:"listeners" help:"Phones and trunks over UDP and TCP (${sip})."`
	SIPS        string   `name:"sips" placeholder:"HOST:PORT" env:"SWITCHHOOK_SIPS" group:"listeners" help:"Phones and trunks over TLS (${sips})."`
	WebRTC      string   `name:"webrtc" placeholder:"HOST:PORT" env:"SWITCHHOOK_WEBRTC" group:"listeners" help:"Media of browsers, UDP and TCP (${webrtc})."`
	RTPPorts    string   `name:"rtp-ports" placeholder:"LOW-HIGH" env:"SWITCHHOOK_RTP_PORTS" group:"listeners" help:"UDP ports of RTP (${rtp_ports})."`
	Numbers     []string `name:"numbers" placeholder:"+NUMBER" env:"SWITCHHOOK_NUMBERS" help:"Phone numbers that the resource owns (two demo numbers that are not in service anywhere)."`
	PublicHosts []string `name:"public-host" placeholder:"NAME" env:"SWITCHHOOK_PUBLIC_HOST" help:"Host names and addresses by which clients reach the server, such as that of a reverse proxy."`
	LogLevel    string   `name:"log-level" placeholder:"LEVEL" env:"SWITCHHOOK_LOG_LEVEL" help:"debug, info, warn or error (${log_level})."`
	LogFormat   string   `name:"log-format" placeholder:"FORMAT" env:"SWITCHHOOK_LOG_FORMAT" help:"text or json (${log_format})."`
	ResourceID  string   `name:"resource-id" placeholder:"GUID" env:"SWITCHHOOK_RESOURCE_ID" group:"moving in" help:"Immutable id of the ACS resource that moves in."`
	Key1        string   `name:"key1" placeholder:"KEY" env:"SWITCHHOOK_KEY1" group:"moving in" help:"Primary access key of that resource."`
	Key2        string   `name:"key2" placeholder:"KEY" env:"SWITCHHOOK_KEY2" group:"moving in" help:"Secondary access key of that resource."`
}

// Defaults are the default values by key, with _ for -, for help.
func Defaults() map[string]string {
	values := make(map[string]string)
	for _, field := range reflect.VisibleFields(reflect.TypeFor[keys]()) {
		if value, has := field.Tag.Lookup("default"); has {
			values[strings.ReplaceAll(field.Tag.Get("yaml"), "-", "_")] = value
		}
	}
	return values
}
