package config

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxConfigFile bounds a configuration file, in bytes.
const maxConfigFile = 1 << 20

// configFile is a configuration file as it is written, before any value is
// checked. The zero configFile is no file.
type configFile struct {
	name string
	text configText
	tree *ast.File // to name lines
}

// configText is the file's content. Values stay texts, so that each is checked
// and refused in one way, wherever it came from.
type configText struct {
	Data       string   `yaml:"data"`
	HTTPS      string   `yaml:"https"`
	HTTP       string   `yaml:"http"`
	SIP        string   `yaml:"sip"`
	SIPS       string   `yaml:"sips"`
	WebRTC     string   `yaml:"webrtc"`
	RTPPorts   string   `yaml:"rtp-ports"`
	Profile    string   `yaml:"profile"`
	Numbers    []string `yaml:"numbers"`
	PublicHost []string `yaml:"public-host"`
	LogLevel   string   `yaml:"log-level"`
	LogFormat  string   `yaml:"log-format"`
	ResourceID string   `yaml:"resource-id"`
	Key1       string   `yaml:"key1"`
	Key2       string   `yaml:"key2"`

	SpareNumbers []string `yaml:"available-numbers"`
	EchoNumbers  []string `yaml:"echo-numbers"`

	TLS          tlsText `yaml:"tls"`
	SIPSClientCA string  `yaml:"sips-client-ca"`

	SIPDigests []string `yaml:"sip-digests"`

	WebSocketOrigins []string `yaml:"websocket-origins"`

	Trunks []trunkText `yaml:"trunks"`
	Routes []routeText `yaml:"routes"`
	Guards []guardText `yaml:"guards"`

	Emergency []string `yaml:"emergency-numbers"`

	Auth struct {
		OIDC []issuerText `yaml:"oidc"`
	} `yaml:"auth"`
	Call struct {
		RingTimeout    string `yaml:"ring-timeout"`
		Attestation    string `yaml:"attestation-header"`
		KeepRecords    string `yaml:"keep-records"`
		KeepRecordsMiB *int   `yaml:"keep-records-mib"`
	} `yaml:"call"`
	Media struct {
		Timeout string `yaml:"timeout"`
		Depth   string `yaml:"depth"`
	} `yaml:"media"`
	Shutdown struct {
		Grace string `yaml:"grace"`
	} `yaml:"shutdown"`
	Events struct {
		ApplicationIdentities bool               `yaml:"application-identities"`
		DeadLetterDelay       string             `yaml:"dead-letter-delay"`
		KeepAttempts          string             `yaml:"keep-attempts"`
		MaxAttempts           *int               `yaml:"max-attempts-kept"`
		StorageAccounts       []string           `yaml:"storage-accounts"`
		NATS                  string             `yaml:"nats"`
		S3                    s3Text             `yaml:"s3"`
		MaxSubscriptions      *int               `yaml:"max-subscriptions"`
		WebhookTokens         []tenantText       `yaml:"webhook-tokens"`
		Subscriptions         []subscriptionText `yaml:"subscriptions"`
	} `yaml:"events"`
	Outbound struct {
		RefusePrivate bool     `yaml:"refuse-private"`
		Allow         []string `yaml:"allow"`
	} `yaml:"outbound"`
	Delivery struct {
		Flush string `yaml:"flush"`
	} `yaml:"delivery"`
}

type tlsText struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

type trunkText struct {
	Name      string     `yaml:"name"`
	Host      string     `yaml:"host"`
	Port      int        `yaml:"port"`
	Transport string     `yaml:"transport"`
	Sources   []string   `yaml:"sources"`
	Username  string     `yaml:"username"`
	Password  string     `yaml:"password"`
	Codecs    []string   `yaml:"codecs"`
	Ping      string     `yaml:"ping"`
	Roots     string     `yaml:"roots"`
	SRTP      string     `yaml:"srtp"`
	PTime     string     `yaml:"ptime"`
	Refer     string     `yaml:"refer"`
	Accept    string     `yaml:"accept-refer"`
	CallerIDs stringList `yaml:"caller-ids"`

	OutboundProxy string        `yaml:"outbound-proxy"`
	Register      *registerText `yaml:"register"`
	FromUser      string        `yaml:"from-user"`
	FromDomain    string        `yaml:"from-domain"`
	Identity      string        `yaml:"identity"`
	Stir          string        `yaml:"stir"`
	Privacy       string        `yaml:"privacy"`
	Country       string        `yaml:"country"`
	International string        `yaml:"international-prefix"`
	National      *string       `yaml:"national-prefix"`
	Rewrite       struct {
		CalledIn   []ruleText `yaml:"called-in"`
		CallingIn  []ruleText `yaml:"calling-in"`
		CalledOut  []ruleText `yaml:"called-out"`
		CallingOut []ruleText `yaml:"calling-out"`
	} `yaml:"rewrite"`

	MaxCalls       int `yaml:"max-calls"`
	CallsPerSecond int `yaml:"calls-per-second"`

	Inbound struct {
		Username string `yaml:"username"`
		Password string `yaml:"password"`
	} `yaml:"inbound"`
}

type routeText struct {
	Name    string   `yaml:"name"`
	Pattern string   `yaml:"pattern"`
	Trunks  []string `yaml:"trunks"`
}

type issuerText struct {
	Issuer   string `yaml:"issuer"`
	Audience string `yaml:"audience"`
}

// openConfigFile reads a file strictly: an unknown key is an error that names
// its line. No name is no file.
func openConfigFile(name string) (*configFile, error) {
	if name == "" {
		return &configFile{}, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxConfigFile+1))
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	if len(text) > maxConfigFile {
		return nil, fmt.Errorf("--config: %s is larger than %d bytes", name, maxConfigFile)
	}
	return parseConfig(name, text)
}

func parseConfig(name string, text []byte) (f *configFile, err error) {
	f = &configFile{name: name}
	// The YAML library panics on some malformed texts (testdata/fuzz has one).
	// A typing mistake should not end in a stack trace.
	defer func() {
		if recover() != nil {
			f, err = nil, fmt.Errorf("%s: not YAML that can be read", name)
		}
	}()
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, f.explain(err)
	}
	if len(tree.Docs) > 1 {
		return nil, fmt.Errorf("%s holds more than one document (---); one is read", name)
	}
	f.tree = tree
	if err := yaml.UnmarshalWithOptions(text, &f.text, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		return nil, f.explain(err)
	}
	return f, nil
}

// explain names the line. The parser's own excerpt stays out: it may show a
// password.
func (f *configFile) explain(err error) error {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", f.name, at.GetToken().Position.Line, at.GetMessage())
	}
	return fmt.Errorf("%s: not YAML", f.name)
}

// where names a key with its line, as "switchhook.yaml:3: tls.cert".
func (f *configFile) where(key string) string {
	path, err := yaml.PathString("$." + key)
	if err != nil {
		return f.name + ": " + key
	}
	node, err := path.FilterFile(f.tree)
	if err != nil || node.GetToken() == nil {
		return f.name + ": " + key
	}
	return fmt.Sprintf("%s:%d: %s", f.name, node.GetToken().Position.Line, key)
}
