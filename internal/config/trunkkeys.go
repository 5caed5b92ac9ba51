package config

type trunkKeys struct {
	// Name of the trunk, in routes, guards, metrics and logs. A trunk of the SIP routing API takes transport, address and credentials from the entry with its name.
	Name string `yaml:"name" type:"text" absent:"required"`
	// Address or host name that calls go to.
	Host string `yaml:"host" type:"host" absent:"the trunk only calls in, with inbound credentials"`
	// Port of the host.
	Port *int `yaml:"port" min:"0" max:"65535" absent:"looked up by DNS SRV for a name, else 5060, or 5061 over TLS"`
	// Transport of SIP.
	Transport string `yaml:"transport" of:"udp tcp tls" default:"udp"`
	// Addresses and networks that may call in as this trunk.
	Sources []string `yaml:"sources" type:"list of networks" absent:"the addresses of the host"`
	// User name for digest authentication at the trunk.
	Username string `yaml:"username" type:"text" absent:"no authentication"`
	// Password of that user name.
	Password string `yaml:"password" type:"secret text"`
	// Certificate authorities that may sign the trunk's certificate, PEM.
	Roots string `yaml:"roots" type:"file" absent:"the authorities of the system"`
	// Codecs of the trunk, the preferred one first. OPUS needs libopus.so.0.
	Codecs []string `yaml:"codecs" of:"PCMU PCMA G722 OPUS" absent:"PCMU, PCMA, G722"`
	// Whether RTP is encrypted.
	SRTP string `yaml:"srtp" of:"off optional required" default:"off"`
	// Duration of the audio in an RTP packet: 10, 20, 30, 40 or 60 ms.
	PTime string `yaml:"ptime" type:"duration" default:"20ms" min:"10ms" max:"60ms"`
	// How keys (DTMF) are sent to the trunk. media: by RFC 4733, or as sound if the other end has no telephone-event. info: by SIP INFO (application/dtmf-relay).
	DTMF string `yaml:"dtmf" of:"media info" default:"media"`
	// Whether the trunk carries out transfers (SIP's REFER). auto: if its Allow header contains REFER.
	Refer string `yaml:"refer" of:"auto never always" default:"auto"`
	// To whom phones of the trunk may transfer a call by REFER. owned: to numbers and identities of the resource.
	Accept string `yaml:"accept-refer" of:"none owned any" default:"none"`
	// Interval of OPTIONS to the trunk. A trunk that does not answer twice is skipped until it answers.
	Ping string `yaml:"ping" type:"duration" min:"1s" max:"24h" absent:"no OPTIONS"`
	// Caller ids that calls through the trunk may show, besides owned numbers: any number, owned numbers only, or a list of numbers.
	CallerIDs stringList `yaml:"caller-ids" type:"any, owned or list of E.164 numbers" absent:"any"`
	// Calls at the same time, both directions together. 0 is no limit.
	MaxCalls *int `yaml:"max-calls" default:"0" min:"0" max:"100000" unit:"calls"`
	// New calls in a second, both directions together. 0 is no limit.
	CallsPerSecond *int `yaml:"calls-per-second" default:"0" min:"0" max:"100000" unit:"calls/s"`
	// Credentials that a caller from another address must have to call in as this trunk.
	Inbound inboundKeys `yaml:"inbound"`

	// Proxy on the way to the host, host or host:port. The host stays in the SIP addresses. Replaces port.
	OutboundProxy string `yaml:"outbound-proxy" type:"host:port" absent:"no proxy"`
	// Registration at the trunk, with username and password.
	Register *registerKeys `yaml:"register" absent:"no registration"`
	// User in the From header. The identity header then has the caller's number.
	FromUser string `yaml:"from-user" type:"text" absent:"the caller's number"`
	// Host in the From header.
	FromDomain string `yaml:"from-domain" type:"host" absent:"the server's own address"`
	// Header with the caller's number: P-Asserted-Identity, P-Preferred-Identity, or none.
	Identity string `yaml:"identity" of:"asserted preferred none" default:"asserted"`
	// id: every caller is anonymous in From, with "Privacy: id".
	Privacy string `yaml:"privacy" of:"none id" default:"none"`
	// Whether Identity headers (STIR/SHAKEN) of callers are passed on to the trunk.
	Stir string `yaml:"stir" of:"pass drop" default:"pass"`
	// Country code of national numbers, such as "33": 01… becomes +331…, in calls that come in and in calls that go out, before guards and routes.
	Country string `yaml:"country" type:"digits" absent:"national numbers stay as they are"`
	// Prefix of international numbers.
	International string `yaml:"international-prefix" type:"digits" default:"00"`
	// Prefix of national numbers. "" if there is none, as in Italy.
	National *string     `yaml:"national-prefix" type:"digits" absent:"0"`
	Rewrite  rewriteKeys `yaml:"rewrite"`
}

type inboundKeys struct {
	// User name that callers must have. Required with the password.
	Username string `yaml:"username" type:"text"`
	// Password that callers must have. Strangers may guess it: it should have 16 characters or more.
	Password string `yaml:"password" type:"secret text"`
}

type registerKeys struct {
	// Account to register.
	User string `yaml:"user" type:"text" absent:"username"`
	// Requested lifetime of the registration.
	Expires string `yaml:"expires" type:"duration" default:"1h" min:"1m" max:"24h"`
}

type rewriteKeys struct {
	// Rules for the called number of incoming calls, before country applies. The first rule that matches is applied.
	CalledIn []ruleKeys `yaml:"called-in"`
	// Rules for the calling number of incoming calls.
	CallingIn []ruleKeys `yaml:"calling-in"`
	// Rules for the called number of outgoing calls.
	CalledOut []ruleKeys `yaml:"called-out"`
	// Rules for the calling number of outgoing calls.
	CallingOut []ruleKeys `yaml:"calling-out"`
}

type ruleKeys struct {
	// .NET regular expression that the number must match, such as ^00.
	Match string `yaml:"match" type:"expression" absent:"required"`
	// Replacement of the match; $1 is its first group.
	Replace string `yaml:"replace" type:"text"`
}

type routeKeys struct {
	// Name of the route.
	Name string `yaml:"name" type:"text"`
	// .NET regular expression that the called number must match.
	Pattern string `yaml:"pattern" type:"expression" absent:"every number"`
	// Trunks of the route, tried in random order.
	Trunks []string `yaml:"trunks" type:"list of trunks" absent:"required"`
}

type guardKeys struct {
	// Name of the rule, which refusals and metrics contain.
	Name string `yaml:"name" type:"text" absent:"guards[N]"`
	// Beginnings of called numbers that the rule is about.
	Prefixes stringList `yaml:"prefix" type:"text or list" absent:"every number"`
	// Beginnings of called numbers that the rule is not about.
	Except stringList `yaml:"except" type:"text or list"`
	// Who asks for the call: primary or secondary (access key), tokens, token:SUBJECT, identities, or the raw id of an identity (its telephones).
	By stringList `yaml:"by" type:"text or list" absent:"everybody"`
	// Trunks that the rule closes. The next trunk of the route is tried.
	Trunks stringList `yaml:"trunks" type:"text or list" absent:"every trunk"`
	// true: calls that the rule is about are refused. Otherwise the rule needs a limit.
	Deny bool `yaml:"deny"`
	// Calls at the same time. 0 is no limit.
	Concurrent *int `yaml:"concurrent-calls" default:"0" min:"0" max:"1000000" unit:"calls"`
	// New calls in a minute. 0 is no limit.
	PerMinute *int `yaml:"calls-per-minute" default:"0" min:"0" max:"1000000" unit:"calls/min"`
	// true: each key, token and identity has the limits for itself.
	Each bool `yaml:"each"`
}
