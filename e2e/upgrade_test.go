package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// recordAnswers writes what the server that SWITCHHOOK_BINARY names answers over
// the directory: give it the build that made the directory.
var recordAnswers = flag.Bool("record-answers", false, "write testdata/upgrade/VERSION.answers.json")

// upgrade is testdata/upgrade/VERSION.json: what is in the packed directory.
type upgrade struct {
	Made                       time.Time
	Application, Cloud         string // addresses of webhooks
	User, Revoked, Deleted     string // raw ids
	Repeated                   string // whom a repeatable request made
	Phone                      struct{ UserName, Password, Address string }
	Operations                 []string // of phone numbers
	Search, Reservation        string
	Validation                 struct{ Awaiting, Moved string } // URLs that consent
	Connections                []cutConnection
	RepeatabilityID, WaitsFrom string
}

// cutConnection is a connection that was alive at the kill. Event ends its open
// operation, with Data among the event's.
type cutConnection struct {
	ID, OperationContext, Event string
	Data                        map[string]any
}

// TestDataDirectoryOfAnEarlierVersionOpens: everything that commit 0ff73e4 stored
// is found by this build, and promises that it left open are kept.
func TestDataDirectoryOfAnEarlierVersionOpens(t *testing.T) {
	t.Parallel()
	const version = "0ff73e4"
	var was upgrade
	text, err := os.ReadFile(filepath.Join("testdata", "upgrade", version+".json"))
	must(t, err)
	must(t, json.Unmarshal(text, &was))

	hook := newWebhook(t)
	cloud, telephone := fmt.Sprintf("127.0.0.1:%d", freePort(t)), fmt.Sprintf("127.0.0.1:%d", freePort(t))
	old := packedDirectory{
		archive: filepath.Join("testdata", "upgrade", version+".zip"), made: was.Made,
		shift: time.Since(was.Made).Truncate(time.Second) - 20*time.Second,
		addresses: []string{was.Application, hook.address, was.Cloud, cloud, was.Phone.Address, telephone,
			"sbc.example.com", "127.100.100.100", "old.example.com", "127.100.100.101"}, // nobody asks a name server
	}
	dir := filepath.Join(t.TempDir(), "data")
	old.unpack(t, dir)
	desk, err := siptest.New(siptest.Config{Listen: telephone, User: was.Phone.UserName})
	must(t, err)
	t.Cleanup(desk.Close)

	settings := setup{data: dir, config: `numbers: ["+15550100001", "+15550100002"]
available-numbers: ["+14255550101", "+14255550102", "+14255550103", "+14255550104"]
trunks: [{name: phones, host: 127.0.0.1, port: 9, sources: [127.0.0.0/8]}]
events: {nats: '127.0.0.1:0', webhook-tokens: [{tenant: contoso}], storage-accounts: ['DefaultEndpointsProtocol=http;AccountName=queues;AccountKey=Zml4dHVyZQ==;QueueEndpoint=http://127.0.0.1:9/queues']}
`}
	p := start(t, settings)
	before := answersOf(p, was)
	compareAnswers(t, "after the upgrade", old.unshift(before), recordedAnswers(t, version, old.unshift(before)))

	t.Run("promises are kept", func(t *testing.T) {
		for _, c := range was.Connections {
			hook.checkCut(t, c)
		}
	})
	t.Run("events that waited arrive", func(t *testing.T) {
		hook.wait(t, "the IncomingCall", func(r posted) bool { return r.path == "/events" && strings.Contains(string(r.body), was.WaitsFrom) })
	})
	t.Run("users are known", func(t *testing.T) { was.usersAreKnown(t, p) })
	t.Run("telephones are reached, and register", func(t *testing.T) { was.telephonesRegister(t, p, hook, desk) })
	t.Run("handshakes go on", func(t *testing.T) { was.handshakesGoOn(t, p) })

	upgraded := answersOf(p, was)
	p.stop()
	posts := hook.count()
	p = start(t, settings)
	compareAnswers(t, "at the second start", old.unshift(answersOf(p, was)), old.unshift(upgraded))
	for _, r := range hook.after(posts) {
		for _, c := range was.Connections {
			if strings.Contains(string(r.body), c.ID) {
				t.Errorf("the second start posts %s of %s once more", r.kind(), c.ID)
			}
		}
	}
}

// recordedAnswers are the answers over a packed directory that are on disk; -record-answers
// writes those of now first.
func recordedAnswers(t *testing.T, version string, now []byte) []byte {
	t.Helper()
	file := filepath.Join("testdata", "upgrade", version+".answers.json")
	if *recordAnswers {
		text, err := json.MarshalIndent(json.RawMessage(now), "", " ")
		must(t, err)
		must(t, os.WriteFile(file, append(text, '\n'), 0o644))
	}
	want, err := os.ReadFile(file)
	must(t, err)
	return want
}

func (was upgrade) usersAreKnown(t *testing.T, p *product) {
	for who, status := range map[string]int{was.User: 200, was.Revoked: 200, was.Repeated: 200, was.Deleted: 404} {
		if got := p.signed("POST", "/identities/"+url.PathEscape(who)+"/:issueAccessToken?api-version=2023-10-01", nil, values{"scopes": []string{"voip"}}, nil); got != status {
			t.Errorf("a token for %s: %d, want %d", who, got, status)
		}
	}
	var again struct{ Identity struct{ ID string } }
	p.signed("POST", "/identities?api-version=2023-10-01", map[string]string{"Repeatability-Request-Id": was.RepeatabilityID, "Repeatability-First-Sent": time.Now().UTC().Format(http.TimeFormat)},
		values{"createTokenWithScopes": []string{"voip"}}, &again)
	if again.Identity.ID != was.Repeated {
		t.Errorf("the repeated request made %q, want %q", again.Identity.ID, was.Repeated)
	}
}

func (was upgrade) telephonesRegister(t *testing.T, p *product, hook *webhook, desk *siptest.Phone) {
	p.signed("POST", "/calling/callConnections?api-version="+apiVersion, nil, values{
		"targets": []values{{"kind": "communicationUser", "communicationUser": values{"id": was.User}}}, "callbackUri": "http://" + hook.address + "/callbacks/new",
	}, nil)
	call, err := desk.Next(within(t, 10*time.Second))
	must(t, err)
	must(t, call.Answer())
	hook.wait(t, "CallConnected", func(r posted) bool {
		return r.path == "/callbacks/new" && strings.Contains(string(r.body), "CallConnected")
	})
	must(t, call.Hangup(within(t, 5*time.Second)))
	other, err := siptest.New(siptest.Config{Server: p.addresses.SIP, User: was.Phone.UserName})
	must(t, err)
	defer other.Close()
	answer, err := other.Register(within(t, 5*time.Second), siptest.Account{UserName: was.Phone.UserName, Password: was.Phone.Password}, 600)
	if err != nil || answer.Status() != 200 {
		t.Errorf("REGISTER got %v, %v", answer, err)
	}
	if answer, err = other.Register(within(t, 5*time.Second), siptest.Account{UserName: was.Phone.UserName, Password: was.Phone.Password}, 0); err != nil || answer.Status() != 200 {
		t.Errorf("the end of the registration got %v, %v", answer, err)
	}
}

func (was upgrade) handshakesGoOn(t *testing.T, p *product) {
	for name, link := range map[string]string{"awaiting": was.Validation.Awaiting, "moved": was.Validation.Moved} {
		at, err := url.Parse(link)
		must(t, err)
		response, err := http.Get("http://" + p.addresses.HTTP + at.RequestURI())
		must(t, err)
		response.Body.Close()
		eventually(t, 5*time.Second, name+" is active", func() bool {
			var sub struct {
				Properties struct{ ProvisioningState string }
			}
			p.signed("GET", subscriptionsOf+"/"+name+"?api-version="+eventGridVersion, nil, nil, &sub)
			return sub.Properties.ProvisioningState == "Succeeded"
		})
	}
}

const (
	subscriptionsOf  = resource.ARMPath + "/providers/Microsoft.EventGrid/eventSubscriptions"
	eventGridVersion = "2022-06-15"
)
