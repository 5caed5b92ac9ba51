package config

import (
	"net"
	"net/url"
	"time"
)

// Insight is what is kept to look into calls. Zero values take the defaults of package
// insight.
type Insight struct {
	Off          bool
	Keep         time.Duration
	Memory, Disk int64 // bytes

	HEP      string // capture server for SIP messages, host:port; "": none
	HEPAgent uint32
	// Rolling is how much of the sound of each leg is always kept; 0: nothing. RollingBytes
	// bounds that of all legs.
	Rolling      time.Duration
	RollingBytes int64
	// OTLP is the URL of a collector of traces; "": none. Authorization is its header.
	OTLP, OTLPAuthorization string
}

type insightKeys struct {
	// off: nothing is kept to look into calls, and the console and the API of calls show none.
	Mode string `yaml:"mode" of:"on off" default:"on"`
	// How long the timelines of calls that are over are kept.
	Keep string `yaml:"keep" type:"duration" default:"168h" min:"1h" max:"8760h"`
	// Memory that timelines may take. Those of the calls that ended first leave it first.
	MemoryMiB *int `yaml:"memory-mib" default:"64" min:"1" max:"65536" unit:"MiB"`
	// Space that timelines of calls that are over may take on disk, in the folder insight of the data directory. The oldest are deleted first.
	DiskMiB *int `yaml:"disk-mib" default:"256" min:"1" max:"1048576" unit:"MiB"`
	// How much of the sound of each phone and trunk is kept in memory while its call goes on, and 10 minutes longer, as RTP packets for administrators. 0s: nothing; with recording.mask-tones nothing either.
	Rolling string `yaml:"rolling" type:"duration" default:"0s" min:"0s" max:"10m"`
	// Memory that these packets may take. Legs for which there is no room are not kept.
	RollingMiB *int `yaml:"rolling-mib" default:"64" min:"1" max:"65536" unit:"MiB"`
	// Capture server, such as Homer, that gets every SIP message by HEP version 3 over UDP. Credentials and keys of SRTP are masked.
	HEP string `yaml:"hep" type:"host:port" absent:"no capture server"`
	// Number by which the capture server knows this server.
	HEPAgent *int `yaml:"hep-agent" default:"2001" min:"0" max:"2147483647"`
	// OpenTelemetry collector: the URL of its traces, OTLP over HTTP with JSON, such as http://127.0.0.1:4318/v1/traces. A call is a trace; webhooks get the header traceparent.
	OTLP string `yaml:"otlp" type:"URL" absent:"no traces are sent"`
	// Header Authorization of these requests.
	OTLPAuthorization string `yaml:"otlp-authorization" type:"secret text"`
}

// UnmarshalYAML also reads the word off in the place of the keys.
func (k *insightKeys) UnmarshalYAML(read func(any) error) error {
	var word string
	if read(&word) == nil {
		k.Mode = word
		return nil
	}
	type plain insightKeys
	return read((*plain)(k))
}

func (c *checker) insight() Insight {
	keys := c.file.keys.Insight
	in := Insight{
		Off: c.word("insight.mode", "") == Off, Keep: c.duration("insight.keep"),
		Memory: int64(c.count("insight.memory-mib")) << 20, Disk: int64(c.count("insight.disk-mib")) << 20,
		Rolling: c.duration("insight.rolling"), RollingBytes: int64(c.count("insight.rolling-mib")) << 20,
		HEP: keys.HEP, HEPAgent: uint32(c.count("insight.hep-agent")), OTLP: keys.OTLP, OTLPAuthorization: keys.OTLPAuthorization,
	}
	if _, port, err := net.SplitHostPort(in.HEP); in.HEP != "" && (err != nil || port == "") {
		c.fail(c.at("insight.hep"), "must be host:port, such as homer.example:9060")
	}
	if u, err := url.Parse(in.OTLP); in.OTLP != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		c.fail(c.at("insight.otlp"), "must be a URL of http or https, such as http://127.0.0.1:4318/v1/traces")
	}
	return in
}
