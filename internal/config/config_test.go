package config

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/storage"
)

const (
	someKey   = "c29tZSBhY2Nlc3Mga2V5IG9mIGEgcmVzb3VyY2U="
	otherKey  = "YW5vdGhlciBhY2Nlc3Mga2V5IG9mIGEgcmVzb3VyY2U="
	someGUID  = "6f1c2c1e-7b5a-4a38-9d55-0c1f3f8a9b2e"
	otherGUID = "11111111-2222-3333-4444-555555555555"
)

// file writes a configuration file and returns its name.
func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "switchhook.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestDefaultsAreLoopback(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", "/somewhere/state")
	cfg, err := Load(Flags{})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.HTTPS != "localhost:8443" || cfg.HTTP != "localhost:8080" || cfg.SIP != "127.0.0.1:5060" || cfg.SIPS != "127.0.0.1:5061" || cfg.WebRTC != "localhost:0" {
		t.Errorf("doors are %q %q %q %q %q", cfg.HTTPS, cfg.HTTP, cfg.SIP, cfg.SIPS, cfg.WebRTC)
	}
	if cfg.RTPPorts != (PortRange{20000, 29999}) || len(cfg.Numbers) != 2 || len(cfg.Trunks) != 1 || cfg.Trunks[0].Name != "loopback" {
		t.Errorf("got %+v", cfg)
	}
	if cfg.RingTimeout != 30*time.Second || cfg.ShutdownGrace != 30*time.Second || cfg.DeliveryFlush != 5*time.Second {
		t.Errorf("times are %v %v %v", cfg.RingTimeout, cfg.ShutdownGrace, cfg.DeliveryFlush)
	}
	if cfg.Data != "/somewhere/state/switchhook" {
		t.Errorf("data directory is %s", cfg.Data)
	}
}

func TestFlagWinsOverFileOverDefault(t *testing.T) {
	name := file(t, "https: 0.0.0.0:1443\nhttp: off\nnumbers: [\"+15550100009\"]\nlog-level: debug\n")
	cfg, err := Load(Flags{Config: name, HTTPS: "localhost:0"})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.HTTPS != "localhost:0" || cfg.HTTP != "" || cfg.SIP != "127.0.0.1:5060" || cfg.LogLevel != slog.LevelDebug || !reflect.DeepEqual(cfg.Numbers, []string{"+15550100009"}) {
		t.Errorf("got %+v", cfg)
	}
}

const wholeFile = `
data: /var/lib/switchhook
https: 0.0.0.0:8443
http: 127.0.0.1:8080
sip: 192.0.2.5:5060
sips: "off"
webrtc: 0.0.0.0:3478
rtp-ports: 30000-30999
numbers: ["+15550100007", "+15550100007"]
public-host: [Calls.Example.com, 203.0.113.7]
log-level: warn
log-format: json
resource-id: 6F1C2C1E-7B5A-4A38-9D55-0C1F3F8A9B2E
key1: c29tZSBhY2Nlc3Mga2V5IG9mIGEgcmVzb3VyY2U=
tls: {cert: /etc/tls.crt, key: /etc/tls.key}
trunks:
  - name: carrier
    host: sip.example.net
    port: 5070
    transport: TLS
    sources: [198.51.100.0/24, 192.0.2.9]
    username: me
    password: hush
    ping: 30s
    srtp: required
    ptime: 30ms
    dtmf: info
    refer: never
    accept-refer: owned
    inbound: {username: them, password: theirs}
    codecs: [pcma]
routes:
  - {name: germany, pattern: ^\+49, trunks: [carrier]}
auth:
  oidc: [{issuer: https://login.example/v2.0, audience: https://communication.azure.com, allow: {applications: [a1], roles: [Calls.All]}, admin: {subjects: [root]}, console: {client-id: page, client-secret: hush}}]
available-numbers: ["+33155501234", "+33155501234"]
echo-numbers: ["+33155501299"]
call: {ring-timeout: 20s, keep-records: 48h, keep-records-mib: 5}
media: {timeout: 2m, depth: 60ms}
shutdown: {grace: 1m}
delivery: {flush: 1s}
events: {keep-attempts: 48h, max-attempts-kept: 500, max-subscriptions: 700, webhook-tokens: [{tenant: contoso, token-endpoint: https://login.example/token, client-id: me, client-secret: hush}]}
`

func TestWholeFileIsRead(t *testing.T) {
	cfg, err := Load(Flags{Config: file(t, wholeFile)})
	if err != nil {
		t.Fatal(err)
	}
	trunk := cfg.Trunks[0]
	if trunk.Port != 5070 || trunk.Transport != "tls" || len(trunk.Sources) != 2 || trunk.Sources[1].String() != "192.0.2.9/32" || trunk.Codecs[0] != "PCMA" || string(trunk.Password) != "hush" || trunk.Ping.Seconds() != 30 || trunk.SRTP != "required" || trunk.PTime.Milliseconds() != 30 || trunk.Keys != "info" || trunk.Refer != "never" || trunk.AcceptRefer != "owned" || trunk.InboundUsername != "them" || string(trunk.InboundPassword) != "theirs" {
		t.Errorf("trunk is %+v", trunk)
	}
	if cfg.Routes[0].Pattern != `^\+49` || cfg.OIDC[0].URL != "https://login.example/v2.0" || cfg.OIDC[0].Console.ID != "page" || cfg.OIDC[0].Console.Secret != "hush" || cfg.Certificate.Key != "/etc/tls.key" {
		t.Errorf("got %+v", cfg)
	}
	if cfg.Identity.ID != someGUID || cfg.Identity.Key1.Base64() != someKey || cfg.SIPS != "" || cfg.WebRTC != "0.0.0.0:3478" {
		t.Errorf("got %+v", cfg)
	}
	if cfg.KeepRecords != 48*time.Hour || cfg.RecordsSize != 5<<20 {
		t.Errorf("records are kept for %v and %d bytes", cfg.KeepRecords, cfg.RecordsSize)
	}
	if cfg.RingTimeout != 20*time.Second || cfg.MediaTimeout != 2*time.Minute || cfg.MediaDepth != 60*time.Millisecond || cfg.ShutdownGrace != time.Minute || cfg.DeliveryFlush != time.Second {
		t.Errorf("got %+v", cfg)
	}
	if issuer := cfg.WebhookIssuers[0]; issuer.Endpoint != "https://login.example/token" || issuer.ClientSecret != "hush" || cfg.MaxSubscriptions != 700 {
		t.Errorf("got %+v", cfg)
	}
	if cfg.KeepAttempts != 48*time.Hour || cfg.MaxAttempts != 500 {
		t.Errorf("attempts are kept for %v, %d of them", cfg.KeepAttempts, cfg.MaxAttempts)
	}
	if !reflect.DeepEqual(cfg.PublicHosts, []string{"calls.example.com", "203.0.113.7"}) || len(cfg.Numbers) != 1 || len(cfg.SpareNumbers) != 1 || !reflect.DeepEqual(cfg.EchoNumbers, []string{"+33155501299"}) {
		t.Errorf("got %+v", cfg)
	}
}

// TestNoDepthIsNotTheDefault: 0s begins with nothing, and without the key the buffer
// follows the jitter from the start.
func TestNoDepthIsNotTheDefault(t *testing.T) {
	for text, want := range map[string]time.Duration{"": 0, "media: {depth: 0s}\n": -1, "media: {depth: 40ms}\n": 40 * time.Millisecond} {
		if cfg, err := Load(Flags{Config: file(t, text)}); err != nil || cfg.MediaDepth != want {
			t.Errorf("%q is a depth of %v, want %v; %v", text, cfg.MediaDepth, want, err)
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	cfg, err := Load(Flags{Config: file(t, wholeFile)})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("configuration", "config", cfg, "identity", cfg.Identity)
	slog.New(slog.NewTextHandler(&out, nil)).Info("configuration", "config", cfg, "identity", cfg.Identity)
	if text := out.String(); strings.Contains(text, someKey) || strings.Contains(text, "hush") {
		t.Error(text)
	}
}

func TestMistakesNameTheirPlace(t *testing.T) {
	tests := []struct {
		name  string
		flags Flags
		file  string
		want  []string
	}{
		{"unknown key", Flags{}, "https: localhost:0\nhtps: x\n", []string{"switchhook.yaml:2", "htps"}},
		{"unknown key below", Flags{}, "tls:\n  cert: a\n  kee: b\n", []string{"switchhook.yaml:3", "kee"}},
		{"key given twice", Flags{}, "http: off\nhttp: off\n", []string{"switchhook.yaml:2", "http"}},
		{"not YAML", Flags{}, "https: [a\n", []string{"switchhook.yaml"}},
		{"second document", Flags{}, "http: off\n---\nhttps: off\n", []string{"more than one document"}},
		{"port too high", Flags{HTTPS: "localhost:70000"}, "", []string{"--https", "SWITCHHOOK_HTTPS", "host:port"}},
		{"no port", Flags{}, "http: off\nsip: localhost\n", []string{"switchhook.yaml:2: sip", "host:port"}},
		{"name for the address of sound", Flags{}, "sip: calls.example.com:5060\n", []string{"switchhook.yaml:1: sip", "0.0.0.0:5060"}},
		{"URL for a door", Flags{HTTP: "http://localhost:80"}, "", []string{"--http", "host:port"}},
		{"no door at all", Flags{HTTP: "off", HTTPS: "off"}, "", []string{"both off"}},
		{"ports reversed", Flags{RTPPorts: "30000-20000"}, "", []string{"--rtp-ports", "20000-29999"}},
		{"one port", Flags{RTPPorts: "20000"}, "", []string{"--rtp-ports"}},
		{"low ports", Flags{RTPPorts: "100-2000"}, "", []string{"1024"}},
		{"number without plus", Flags{Numbers: []string{"15550100001"}}, "", []string{"--numbers", "E.164"}},
		{"number of letters", Flags{}, "numbers: [call-me]\n", []string{"switchhook.yaml:1: numbers", "call-me"}},
		{"spare number of letters", Flags{}, "available-numbers: [call-me]\n", []string{"switchhook.yaml:1: available-numbers", "call-me"}},
		{"echo number that is owned", Flags{Numbers: []string{"+15550100009"}}, "echo-numbers: ['+15550100009']\n", []string{"switchhook.yaml:1: echo-numbers", "+15550100009", "a number of its own"}},
		{"profiles for everybody", Flags{}, "profile: 0.0.0.0:6060\n", []string{"switchhook.yaml:1: profile", "127.0.0.1:6060"}},
		{"profiles for a name", Flags{}, "profile: calls.example.com:6060\n", []string{"switchhook.yaml:1: profile", "a loopback address"}},
		{"echo number of letters", Flags{}, "echo-numbers: [me]\n", []string{"switchhook.yaml:1: echo-numbers", "E.164"}},
		{"public host with port", Flags{PublicHosts: []string{"x.example:443"}}, "", []string{"--public-host", "without scheme and port"}},
		{"log level", Flags{LogLevel: "loud"}, "", []string{"--log-level", "debug, info, warn, error"}},
		{"log format", Flags{LogFormat: "xml"}, "", []string{"--log-format", "text, json"}},
		{"resource id", Flags{ResourceID: "mine"}, "", []string{"--resource-id", "GUID"}},
		{"key", Flags{Key1: "not base64!"}, "", []string{"--key1", "accesskey"}},
		{"half a certificate", Flags{}, "tls: {cert: a}\n", []string{"switchhook.yaml:1: tls", "both cert and key"}},
		{"duration", Flags{}, "shutdown:\n  grace: soon\n", []string{"switchhook.yaml:2: shutdown.grace", "30s"}},
		{"records of no size", Flags{}, "call: {keep-records-mib: 0}\n", []string{"call.keep-records-mib", "from 1"}},
		{"permission for nobody", Flags{}, "recording: {permissions: [{by: everybody, may: start}]}\n", []string{"switchhook.yaml:1: recording.permissions[0]", "everybody"}},
		{"key without a place", Flags{}, "recording: {keys: [{id: a}]}\n", []string{"switchhook.yaml:1: recording.keys[0]", "file and environment"}},
		{"key that is no key", Flags{}, "recording: {keys: [{id: a, file: /dev/null}]}\n", []string{"switchhook.yaml:1: recording.keys[0]", "32 bytes"}},
		{"host of recordings", Flags{}, "recording: {location-host: 'https://x'}\n", []string{"switchhook.yaml:1: recording.location-host", "storage.asm.skype.com"}},
		{"announcement of recordings", Flags{}, "recording: {announcement: \"ftp://web/notice.wav\"}\n", []string{"switchhook.yaml:1: recording.announcement", "http or https"}},
		{"announcement of too many words", Flags{}, "recording: {announcement-text: \"" + strings.Repeat("a", 4001) + "\"}\n", []string{"switchhook.yaml:1: recording.announcement-text", "4000 characters"}},
		{"duration too long", Flags{}, "call: {ring-timeout: 2h}\n", []string{"call.ring-timeout", "10m"}},
		{"too few attempts", Flags{}, "events: {max-attempts-kept: 3}\n", []string{"switchhook.yaml:1: events.max-attempts-kept", "from 100 to 1000000"}},
		{"outbound network", Flags{}, "outbound: {allow: [intranet]}\n", []string{"switchhook.yaml:1: outbound.allow", "192.0.2.0/24"}},
		{"tenant without a secret", Flags{}, "events:\n  webhook-tokens:\n    - {tenant: a, token-endpoint: https://login.example/t, client-id: me}\n", []string{"switchhook.yaml:3: events.webhook-tokens[0]", "no client secret"}},
		{"issuer over http", Flags{}, "auth: {oidc: [{issuer: http://login.example, allow: {roles: [a]}}]}\n", []string{"auth.oidc", "https"}},
		{"issuer without allow", Flags{}, "auth: {oidc: [{issuer: https://login.example}]}\n", []string{"auth.oidc[0]", "allow: {applications: [", "admin: {applications: ["}},
		{"issuer with an empty role", Flags{}, "auth: {oidc: [{issuer: https://login.example, allow: {roles: ['']}}]}\n", []string{"auth.oidc[0]", "empty entry in allow"}},
		{"console secret without id", Flags{}, "auth: {oidc: [{issuer: https://login.example, allow: {roles: [a]}, console: {client-secret: b}}]}\n", []string{"auth.oidc[0]", "console.client-id"}},
		{"console for nobody", Flags{}, "auth: {oidc: [{issuer: https://login.example, allow: {roles: [a]}, admin: {applications: [b]}, console: {client-id: c}}]}\n", []string{"auth.oidc[0]", "lets nobody into the console"}},
		{"issuer missing", Flags{}, "auth: {oidc: [{audience: x}]}\n", []string{"auth.oidc[0]", "issuer"}},
		{"trunk without host", Flags{}, "trunks: [{name: a}]\n", []string{"trunks", "host"}},
		{"trunk source", Flags{}, "trunks:\n  - name: a\n    host: b\n    sources: [c]\n", []string{"switchhook.yaml:4: trunks[0].sources", "192.0.2.0/24"}},
		{"depth of sound", Flags{}, "media: {depth: 1s}\n", []string{"switchhook.yaml:1: media.depth", "200ms"}},
		{"loudness", Flags{}, "media: {prompt-loudness: -5}\n", []string{"switchhook.yaml:1: media.prompt-loudness", "from -40 to -10"}},
		{"hold music", Flags{}, "media: {hold-music: \"ftp://web/music.wav\"}\n", []string{"switchhook.yaml:1: media.hold-music", "http or https"}},
		{"trunk codec", Flags{}, "trunks: [{name: a, host: b, codecs: [mp3]}]\n", []string{"trunks[0].codecs", "PCMU"}},
		{"route to nowhere", Flags{}, "trunks: [{name: a, host: b}]\nroutes: [{pattern: x, trunks: [c]}]\n", []string{"routes", `"c"`}},
		{"slow route pattern", Flags{}, "trunks: [{name: a, host: b}]\nroutes:\n  - {pattern: '^(\\d+)+x$', trunks: [a]}\n", []string{"switchhook.yaml:3: routes[0].pattern", "too slow"}},
		{"slow rule", Flags{}, "trunks:\n  - name: a\n    host: b\n    rewrite:\n      called-in: [{match: '^\\+(1+)+x$', replace: ''}]\n", []string{"trunks[0].rewrite.called-in[0].match", "too slow"}},
		{"route pattern", Flags{}, "trunks: [{name: a, host: b}]\nroutes: [{pattern: \"(\", trunks: [a]}]\n", []string{"routes", "pattern"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.file != "" {
				test.flags.Config = file(t, test.file)
			}
			_, err := Load(test.flags)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is not in: %v", want, err)
				}
			}
		})
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	_, err := Load(Flags{HTTPS: "x", SIP: "y", LogLevel: "z"})
	for _, want := range []string{"--https", "--sip", "--log-level"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not in: %v", want, err)
		}
	}
}

// TestMistakesOfTrunksAndRoutesAreToldOneByOne, each once, with its line; a route may name a trunk that is wrong.
func TestMistakesOfTrunksAndRoutesAreToldOneByOne(t *testing.T) {
	_, err := Load(Flags{Config: file(t, `trunks:
  - {host: a}
  - {name: b, host: "b:5060"}
  - {name: c, host: c, srtp: maybe}
  - {name: d, host: d}
  - {name: d, host: e}
routes:
  - {pattern: "(", trunks: [d]}
  - {name: all, trunks: [b, c, d]}
  - {name: lost, trunks: [nowhere]}
`)})
	if err == nil {
		t.Fatal("accepted")
	}
	got := strings.Split(err.Error(), "\n")
	want := []string{
		`switchhook.yaml:4: trunks[2].srtp is "maybe"`, "switchhook.yaml:2: trunks[0] is refused: a trunk needs a name", "switchhook.yaml:3: trunks[1] is refused: host \"b:5060\"",
		"switchhook.yaml:6: trunks[4] is refused: two trunks are named d", "switchhook.yaml:8: routes[0] is refused: pattern: ", `switchhook.yaml:10: routes[2] is refused: there is no trunk "nowhere"`,
	}
	if len(got) != len(want) {
		t.Errorf("told are\n%s", err)
	}
	for i := range min(len(got), len(want)) {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
}

func TestMistakesDoNotShowSecrets(t *testing.T) {
	for _, text := range []string{"trunks: [{name: a, host: b, password: hush, wrong: 1}]\n", "key1: hush!\n", "password: hush\n", "tls: [hush"} {
		if _, err := Load(Flags{Config: file(t, text)}); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestMissingAndOversizedFilesAreRefused(t *testing.T) {
	if _, err := Load(Flags{Config: filepath.Join(t.TempDir(), "none.yaml")}); err == nil || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("got %v", err)
	}
	if _, err := Load(Flags{Config: file(t, "# "+strings.Repeat("x", maxConfigFile))}); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("got %v", err)
	}
}

func TestEmptyFileIsNoSetting(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n"} {
		if _, err := Load(Flags{Config: file(t, text)}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzConfigFile(f *testing.F) {
	f.Add(wholeFile)
	f.Add("trunks: [{name: a, host: b}]")
	f.Add("a: &a [*a]")
	f.Add("- 1\n- 2")
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := parseConfig("fuzz.yaml", []byte(text))
		if err == nil {
			parsed.where("https")
		}
	})
}

const declaredFile = `
events:
  storage-accounts: ["AccountName=local;AccountKey=aHVzaA==", "AccountName=other;SharedAccessSignature=sig=hush"]
  nats: localhost:4222
  s3: {endpoint: "http://127.0.0.1:9000", access-key: hush, secret-key: hush, region: eu}
  subscriptions:
    - name: incoming
      endpoint: http://127.0.0.1:3000/events?code=hush
      included-event-types: [Microsoft.Communication.IncomingCall]
      subject-begins-with: /caller/
      advanced-filters:
        - {key: data.to.PhoneNumber.Value, operator: StringIn, values: ["+15550100001"]}
        - {key: data.n, operator: NumberGreaterThan, value: 5}
      event-delivery-schema: CloudEventSchemaV1_0
      max-delivery-attempts: 2
      event-ttl: 1
      deadletter-endpoint: /subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/local/blobServices/default/containers/dead
      delivery-attribute-mappings:
        - {name: X-Secret, value: hush, secret: true}
        - {name: X-Call, source-field: data.serverCallId}
    - {name: ended, endpoint: "http://127.0.0.1:3000/ended"}
    - name: queue
      endpoint-type: storagequeue
      endpoint: /subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/local/queueServices/default/queues/calls
      storage-queue-msg-ttl: 60
    - {name: subject, endpoint-type: NatsSubject, endpoint: acs.calls, delivery-attribute-mappings: [{name: X, value: v}]}
    - {name: file, endpoint-type: file, endpoint: calls.jsonl}
    - {name: tail, endpoint-type: tail, deadletter-endpoint: "s3://dead"}
`

func TestSubscriptionsAreDeclared(t *testing.T) {
	cfg, err := Load(Flags{Config: file(t, declaredFile)})
	if err != nil || len(cfg.Subscriptions) != 6 || cfg.Subscriptions[0].Name != "incoming" {
		t.Fatalf("got %v, %v", cfg.Subscriptions, err)
	}
	if s := cfg.S3; s == nil || *s != (storage.S3{Endpoint: "127.0.0.1:9000", Region: "eu", AccessKey: "hush", SecretKey: "hush", Plain: true}) {
		t.Errorf("the S3 server is %+v", s)
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("configuration", "config", cfg, "s3", *cfg.S3)
	slog.New(slog.NewTextHandler(&out, nil)).Info("configuration", "config", cfg)
	if strings.Contains(out.String(), "hush") || strings.Contains(out.String(), "aHVzaA") {
		t.Errorf("a secret is in %s", &out)
	}
}

func TestS3ServersThatAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{endpoint: "s3.test:9000", access-key: hush, secret-key: hush}`:             ":2: events.s3 needs an endpoint such as https://",
		`{endpoint: "https://s3.test/bucket", access-key: hush, secret-key: hush}`:   "without a path",
		`{endpoint: "https://me:hush@s3.test", access-key: hush, secret-key: hush}`:  "needs an endpoint",
		`{endpoint: "https://s3.test", access-key: hush}`:                            "both access-key and secret-key",
		`{access-key: hush, secret-key: hush}`:                                       "needs an endpoint",
		`{endpoint: "https://s3.test", access-key: hush, secret-key: hush, port: 1}`: "unknown field",
	} {
		_, err := Load(Flags{Config: file(t, "events:\n  s3: "+text+"\n")})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s\ngot %v\nwant %s", text, err, want)
		}
	}
	if cfg, err := Load(Flags{}); err != nil || cfg.S3 != nil {
		t.Errorf("without a file: %v, %v", cfg.S3, err)
	}
}

func TestDeclaredSubscriptionsThatAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{name: incoming, endpoint: http://x, included-events: [a]}`:      ":3: unknown field",
		`{name: incoming, endpoint: http://x, deadletter-endpoint: dead}`: "deadLetterDestination.properties.resourceId must be the id of a storage account",
		`{name: incoming}`: "events.subscriptions[0] (incoming) is refused: destination.properties.endpointUrl is missing",
		`{name: incoming, endpoint: http://x, max-delivery-attempts: 31}`:                                                "maxDeliveryAttempts is 31",
		`{name: incoming, endpoint: http://x, advanced-filters: [{key: a, operator: StringIn, values: [+15550100001]}]}`: "filter.advancedFilters[0]",
		`{name: incoming, endpoint-type: storagequeue, endpoint: calls}`:                                                 "destination.properties.resourceId must be the id of a storage account",
		`{name: incoming, endpoint-type: storagequeue, endpoint: /storageAccounts/a/queueServices/default/queues/CALLS}`: `queueName is "CALLS"`,
		`{name: incoming, endpoint-type: natssubject, endpoint: a b, storage-queue-msg-ttl: 5}`:                          "queueMessageTimeToLiveInSeconds is for StorageQueue",
		`{name: incoming, endpoint-type: storagequeue, endpoint: /storageAccounts/a/queueServices/default/queues/calls}`: `storage account "a" is not configured`,
		`{name: incoming, endpoint-type: natssubject, endpoint: acs.calls}`:                                              "set events.nats",
		`{name: incoming, endpoint-type: tail, deadletter-endpoint: "s3://dead"}`:                                        "no S3 server is configured",
		`{name: incoming, endpoint-type: eventhub, endpoint: x}`:                                                         "EventHub is not supported: use NatsSubject",
		"{name: incoming, endpoint: http://x}\n    - {name: Incoming, endpoint: http://y}":                               `events.subscriptions[1] has the name "Incoming" of another subscription`,
	} {
		_, err := Load(Flags{Config: file(t, "events:\n  subscriptions:\n    - "+text+"\n")})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot %v\nwant %s", text, err, want)
		}
	}
}
