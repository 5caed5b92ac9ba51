package config

// keys are the keys of a configuration file. Each field declares one key: its
// tags are parsed and checked (see key), and its comment is the meaning that
// docs/configuration.md shows. Values stay texts, so that a value is checked in one
// way, whether it came from a flag, a variable or the file.
type keys struct {
	// The data directory, with everything that must survive a restart. One server uses a directory at a time.
	Data string `yaml:"data" type:"directory" absent:"switchhook in the user's state directory (XDG_STATE_HOME, ~/.local/state)"`
	// Listener of the APIs over TLS. Port 0 takes a free port, off disables the listener. HTTPS and HTTP cannot both be off.
	HTTPS string `yaml:"https" type:"host:port or off" default:"localhost:8443"`
	// Listener of the APIs without TLS. /metrics is served here only, never over HTTPS.
	HTTP string `yaml:"http" type:"host:port or off" default:"localhost:8080"`
	// Listener of SIP over UDP and TCP, on an IP address. RTP is received on the same address.
	SIP string `yaml:"sip" type:"host:port or off" default:"127.0.0.1:5060"`
	// Listener of SIP over TLS. It is off if sip is off.
	SIPS string `yaml:"sips" type:"host:port or off" default:"127.0.0.1:5061"`
	// Port of browsers' media, UDP and TCP. localhost is all addresses of this machine, for browsers on this machine alone; port 0 takes a free port. For browsers on other machines, give an address that they reach, and a port that a firewall can open.
	WebRTC string `yaml:"webrtc" type:"host:port or off" default:"localhost:0"`
	// UDP ports of RTP, from 1024 to 65535. A call leg takes two. The default lies below the ephemeral ports of Linux.
	RTPPorts string `yaml:"rtp-ports" type:"LOW-HIGH" default:"20000-29999"`
	// Host names and IP addresses by which clients reach the server, without scheme. The certificate names them, and signatures may be made for them. The first one is in links that the server hands out.
	PublicHost []string `yaml:"public-host" type:"list of host names"`
	// Phone numbers that the resource owns at the first start. The default numbers are not in service anywhere.
	Numbers []string `yaml:"numbers" type:"list of E.164 numbers" default:"+15550100001 +15550100002"`
	// Further phone numbers, which applications may purchase.
	AvailableNumbers []string `yaml:"available-numbers" type:"list of E.164 numbers"`
	// Phone numbers that answer with an echo, without an application. They must not be in numbers or available-numbers.
	EchoNumbers []string `yaml:"echo-numbers" type:"list of E.164 numbers"`
	// Numbers of emergency services. Calls to them pass the rules about who may call where, and need no caller id and no route.
	Emergency []string `yaml:"emergency-numbers" type:"list of digits" absent:"112, 911, 999, 000, 110, 119"`
	// Lowest level of log lines.
	LogLevel string `yaml:"log-level" of:"debug info warn error" default:"info"`
	// Format of log lines on standard error.
	LogFormat string `yaml:"log-format" of:"text json" default:"text"`
	// Listener of Go's profiles and execution traces, on a loopback address only.
	Profile string `yaml:"profile" type:"host:port or off" absent:"off"`
	// Immutable id of the ACS resource whose place the server takes. The first start stores it; later starts refuse another id.
	ResourceID string `yaml:"resource-id" type:"GUID" absent:"a random GUID"`
	// Primary access key of that ACS resource.
	Key1 string `yaml:"key1" type:"access key, secret" absent:"a random key"`
	// Secondary access key of that ACS resource.
	Key2 string `yaml:"key2" type:"access key, secret" absent:"a random key"`

	TLS tlsKeys `yaml:"tls"`

	// Certificate authorities, PEM. If set, SIP over TLS accepts only callers with a certificate of one of them.
	SIPSClientCA string `yaml:"sips-client-ca" type:"file" absent:"no client certificates"`
	// Address at which peers on the Internet reach this server, where it has a private one behind NAT: they are told it for signalling and for sound. The ports must be forwarded as they are.
	SIPPublicAddress string `yaml:"sip-public-address" type:"IP address" absent:"the server's own address"`
	// Digest algorithms of SIP challenges, in this order. Phones use the first one that they know. Some give up where one of them is unknown to them.
	SIPDigests []string `yaml:"sip-digests" of:"MD5 SHA-256" default:"MD5"`
	// Origins of web pages that may open SIP over WebSocket at /sip, or take part in calls at /client, such as https://phone.example; * permits every origin. Pages of the server's own hosts always may.
	WebSocketOrigins []string `yaml:"websocket-origins" type:"list of origins"`

	// Addresses and networks of reverse proxies whose X-Forwarded-For is believed. Without them a proxy counts as the client: one client behind it can lock all others out.
	TrustedProxies []string `yaml:"trusted-proxies" type:"list of networks"`

	// true: every connection of trusted-proxies over HTTP, HTTPS, SIP over TCP and TLS must begin with a header of the PROXY protocol, version 1 or 2, which names the client.
	ProxyProtocol bool `yaml:"proxy-protocol"`

	Connections connectionKeys `yaml:"connections"`

	TURN turnKeys `yaml:"turn"`

	Auth     authKeys     `yaml:"auth"`
	Call     callKeys     `yaml:"call"`
	Media    mediaKeys    `yaml:"media"`
	Outbound outboundKeys `yaml:"outbound"`
	Shutdown shutdownKeys `yaml:"shutdown"`
	Delivery deliveryKeys `yaml:"delivery"`
	Events   eventKeys    `yaml:"events"`
	Speech   speechKeys   `yaml:"speech"`

	Recording recordingKeys `yaml:"recording"`

	Insight insightKeys `yaml:"insight"`

	Memory memoryKeys `yaml:"memory"`

	// SIP trunks. An empty list is no trunk.
	Trunks []trunkKeys `yaml:"trunks" absent:"one trunk named loopback: phones on this machine may call in, and outgoing calls go to 127.0.0.1:5080"`
	// Routes of outgoing calls. The trunks of all matching routes are tried, route by route.
	Routes []routeKeys `yaml:"routes" absent:"every number goes to every trunk, in the order of trunks"`
	// Rules about who may call where. All rules must permit a call.
	Guards []guardKeys `yaml:"guards"`
}

type tlsKeys struct {
	// Certificate of the server with its chain, PEM. The server reads it again when it changes. Trunks over TLS that ask who calls are shown it, if it is one for clients too. Needs tls.key.
	Cert string `yaml:"cert" type:"file" absent:"a certificate of the server's private authority"`
	// Private key of that certificate, PEM.
	Key string `yaml:"key" type:"file"`
}

type memoryKeys struct {
	// How much is allocated, at least, between two collections of garbage while many calls come. More saves processor time, and takes as much more memory. While fewer come, it is what is allocated in a second. If GOGC is set, this has no effect.
	GarbageMiB *int `yaml:"garbage-mib" default:"20" min:"1" max:"4096" unit:"MiB"`
}

type connectionKeys struct {
	// Connections of the HTTPS listener at one time, and of the HTTP listener. If there are so many, one that carries no request makes room, of senders without valid credentials first.
	PerListener *int `yaml:"per-listener" min:"16" max:"100000" unit:"connections" absent:"half of the files that the process may open less what calls need (rtp-ports, 5120 others), 4096 at most"`
	// Connections of one source (an IPv4 address, an IPv6 /48) on a listener that have sent no valid credentials. Loopback addresses and trusted-proxies have no such limit.
	PerSource *int `yaml:"per-source" default:"256" min:"1" max:"100000" unit:"connections"`
}

type turnKeys struct {
	// Listener of TURN over UDP and TCP, for browsers that do not reach the media port: they are handed its address with credentials of 10 minutes. It relays to the media port alone.
	Listen string `yaml:"listen" type:"host:port or off" default:"off"`
	// Listener of TURN over TLS, with the server's certificate. Port 443 passes most firewalls.
	TLS string `yaml:"tls" type:"host:port or off" default:"off"`
	// Host name or IP address of both that browsers are told. The certificate names it.
	Host string `yaml:"host" type:"host name" absent:"the first of public-host, else the address of the listener"`
	// Allocations at one time. A browser opens one for each of UDP, TCP and TLS in each call, whether it needs it or not.
	Allocations *int `yaml:"allocations" default:"3000" min:"1" max:"50000" unit:"allocations"`
	// Allocations of one user at one time.
	PerUser *int `yaml:"per-user" default:"16" min:"1" max:"1000" unit:"allocations"`
	// What is relayed of all allocations together, both directions. One allocation carries 8 Mbit/s in each direction.
	Bandwidth *int `yaml:"bandwidth" default:"500" min:"1" max:"100000" unit:"Mbit/s"`
}

type callKeys struct {
	// How long an incoming call waits for an application to answer. Then the caller gets 480.
	RingTimeout string `yaml:"ring-timeout" type:"duration" default:"30s" min:"1s" max:"10m"`
	// Calls at the same time that the telephones and browsers of one user make, each number that is called into one included. 0 is no limit.
	PerUser *int `yaml:"calls-per-user" default:"20" min:"0" max:"100000" unit:"calls"`
	// Calls to phone numbers at the same time that one access key, or one token, asks for. A further request gets 429. Emergency calls do not count. 0 is no limit.
	PerApplication *int `yaml:"calls-per-application" default:"2500" min:"0" max:"100000" unit:"calls"`
	// SIP header in which applications read the caller's Identity header (STIR/SHAKEN). The name begins with X-MS-Custom-.
	Attestation string `yaml:"attestation-header" type:"header name" absent:"no header"`
	// How long call detail records are kept in the folder calls of the data directory.
	KeepRecords string `yaml:"keep-records" type:"duration" default:"720h" min:"24h" max:"87600h"`
	// Size of all call detail records. The oldest are deleted first.
	KeepRecordsMiB *int `yaml:"keep-records-mib" default:"1024" min:"1" max:"1048576" unit:"MiB"`
}

type mediaKeys struct {
	// How long a phone may send no RTP before its call ends.
	Timeout string `yaml:"timeout" type:"duration" default:"60s" min:"1s" max:"24h"`
	// Depth that the jitter buffer of a stream has at least. It grows when packets come late.
	Depth string `yaml:"depth" type:"duration" absent:"a few milliseconds at the start, then what the jitter of the line requires" min:"0s" max:"200ms"`
	// How late sound may be mixed, 99 times of 100, before new calls are refused with 503. Calls that run suffer above it. Raise it where other programs slow the machine down, and gaps are better than refusals.
	MaxLateness string `yaml:"max-lateness" type:"duration" default:"10ms" min:"1ms" max:"10s"`
	// Share of the RTP ports that calls of the telephones of one user may hold at the same time. A further call gets 503. Emergency calls do not count, nor does a range of fewer than 100 pairs.
	UserPorts *int `yaml:"user-ports" default:"50" min:"1" max:"100" unit:"%"`
	// Share of the RTP ports that calls which come over one trunk may hold at the same time, as above.
	TrunkPorts *int `yaml:"trunk-ports" default:"90" min:"1" max:"100" unit:"%"`
	// Music that is heard on hold where an application names none, again and again: a file on this machine (WAV, MP3, Ogg/Opus), or its http or https address, which is asked once an hour.
	HoldMusic string `yaml:"hold-music" type:"file or URL" absent:"music that Switchhook generates"`
	// Text that is spoken to participants on hold, before the music, each time.
	HoldText string `yaml:"hold-text" type:"text" absent:"none"`
	// Loudness to which prompts, speech and music on hold are brought (EBU R 128, ITU-R BS.1770, of one channel). Recorded prompts in telephone networks have about -26; -23 is a good choice. Files that are decoded while they play follow it within 3 dB a second.
	PromptLoudness *int `yaml:"prompt-loudness" min:"-40" max:"-10" unit:"LUFS" absent:"they stay as they are"`
}

type outboundKeys struct {
	// true: webhooks, callbacks, prompts and trunks that applications add must not connect to loopback, private, link-local, shared, reserved or multicast addresses. Set it on a server that others than you give addresses to.
	RefusePrivate bool `yaml:"refuse-private"`
	// Addresses and networks that are permitted nevertheless, such as 10.0.0.5 or 10.1.0.0/16.
	Allow []string `yaml:"allow" type:"list of networks"`
	// true: applications may change only trunks of this file by the SIP routing API, and add none.
	FileTrunksOnly bool `yaml:"file-trunks-only"`
}

type shutdownKeys struct {
	// How long running calls may go on after SIGTERM. Then the server ends them.
	Grace string `yaml:"grace" type:"duration" default:"30s" min:"0s" max:"24h"`
}

type deliveryKeys struct {
	// How long the last events may take after that. Undelivered events stay in the journal for the next start.
	Flush string `yaml:"flush" type:"duration" default:"5s" min:"0s" max:"10m"`
}
