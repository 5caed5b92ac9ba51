package admin

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/trunk"
)

// phoneOffice is the administration of telephones, in memory, with one user.
type phoneOffice struct {
	*API
	router *rest.Router
	user   string
}

func newPhoneOffice(t *testing.T) phoneOffice {
	t.Helper()
	phones, err := registrar.New(t.Context(), registrar.Config{Store: store.InMemory(), Realm: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(phones.Close)
	trunks, err := trunk.NewTable([]trunk.Trunk{{Name: "roaming", InboundUsername: "carrier", InboundPassword: "secret"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	user := identifier.User(resourceID, "0000000a-1b2c-3d4e-5f60-718293a4b5c6")
	a := New(Config{
		Resource: &resource.Resource{ID: resourceID}, Identities: users{user}, Numbers: owned{"+15550100001"}, Trunks: trunks, Registrar: phones,
	})
	return phoneOffice{a, routerFor(a, everyone{}), user.Raw()}
}

// ask makes a request and reads a telephone from the answer.
func (o phoneOffice) ask(t *testing.T, method, target, body string, status int) (answer Phone, text string) {
	t.Helper()
	w := httptest.NewRecorder()
	o.router.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	if w.Code != status {
		t.Fatalf("%s %s: %d %s, want %d", method, target, w.Code, w.Body, status)
	}
	if w.Body.Len() > 0 && status < 300 {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
	}
	return answer, w.Body.String()
}

func TestPhonesAreManagedOverHTTP(t *testing.T) {
	o := newPhoneOffice(t)
	made, _ := o.ask(t, "POST", PhonesPath, `{"identity":"`+o.user+`","userName":"101","callerId":"+15550100001"}`, 201)
	if made.UserName != "101" || made.Password == "" || made.Identity != o.user || made.CallerID != "+15550100001" {
		t.Errorf("made is %+v", made)
	}
	flow := registrar.Flow{Transport: "UDP", Source: netip.MustParseAddrPort("198.51.100.7:5062")}
	_, err := o.Registrar.Register(t.Context(), registrar.Request{
		UserName: "101", CallID: "c", CSeq: 1, Flow: flow, UserAgent: "desk 1.0", Contacts: []registrar.Contact{{URI: "sip:101@10.0.0.7", Expires: time.Hour}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "/101"} {
		_, text := o.ask(t, "GET", PhonesPath+path, "", 200)
		if strings.Contains(text, made.Password) || strings.Contains(text, "ha1") || !strings.Contains(text, `"198.51.100.7:5062"`) || !strings.Contains(text, "desk 1.0") {
			t.Errorf("GET %s shows %s", path, text)
		}
	}
	again, _ := o.ask(t, "POST", PhonesPath+"/101:resetPassword", "{}", 200)
	if again.Password == "" || again.Password == made.Password || len(again.Devices) != 0 {
		t.Errorf("reset gives %+v", again)
	}
	o.ask(t, "DELETE", PhonesPath+"/101", "", 204)
	o.ask(t, "GET", PhonesPath+"/101", "", 404)
	o.ask(t, "DELETE", PhonesPath+"/101", "", 404)
	o.ask(t, "POST", PhonesPath+"/101:resetPassword", "{}", 404)
}

// TestIssuerOfAPhoneIsItsAskerToo: guards on whoever makes a credential, or learns
// its password anew, hold for the phone.
func TestIssuerOfAPhoneIsItsAskerToo(t *testing.T) {
	o := newPhoneOffice(t)
	for _, step := range []struct {
		by                 auth.Principal
		path, body, issuer string
		status             int
	}{
		{auth.Principal{Key: "primary", Administrator: true}, "", `{"identity":"` + o.user + `","userName":"101"}`, "primary", 201},
		{auth.Principal{Issuer: "https://issuer.example", Subject: "operator", Administrator: true}, "/101:resetPassword", "{}", "token:operator", 200},
	} {
		o.router = routerFor(o.API, as(step.by))
		o.ask(t, "POST", PhonesPath+step.path, step.body, step.status)
		if got, _ := o.Registrar.Find("101"); got.IssuedBy != step.issuer {
			t.Errorf("the phone is %q's, want %q", got.IssuedBy, step.issuer)
		}
	}
}

func TestPhonesThatCannotBe(t *testing.T) {
	o := newPhoneOffice(t)
	for name, test := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"no identity":         {`{"userName":"101"}`, 400, "identity"},
		"another resource's":  {`{"identity":"8:acs:99999999-2222-4333-8444-555555555555_x"}`, 400, "not a user of this resource"},
		"a number":            {`{"identity":"4:+15550100001"}`, 400, "not a user of this resource"},
		"nobody":              {`{"identity":"8:acs:` + resourceID + `_nobody"}`, 404, "does not exist"},
		"a foreign caller id": {`{"identity":"` + o.user + `","callerId":"+15551230001"}`, 400, "not an owned number"},
		"a trunk's name":      {`{"identity":"` + o.user + `","userName":"carrier"}`, 409, "belongs to a trunk"},
		"no name":             {`{"identity":"` + o.user + `","userName":"a b"}`, 400, "characters"},
	} {
		if _, text := o.ask(t, "POST", PhonesPath, test.body, test.status); !strings.Contains(text, test.says) {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestRegistrarOnAllAddressesIsNamedAsItWasReached(t *testing.T) {
	for _, test := range []struct {
		at, host string
		public   []string
		want     string
	}{
		{"127.0.0.1:5060", "switch.example:8443", nil, "127.0.0.1:5060"},
		{"0.0.0.0:5060", "switch.example:8443", nil, "switch.example:5060"},
		{"[::]:5060", "192.0.2.7:8443", nil, "192.0.2.7:5060"},
		{"0.0.0.0:5060", "localhost", []string{"calls.example:443"}, "calls.example:5060"},
	} {
		a := New(Config{PublicHosts: test.public})
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = test.host
		if got := a.reachable(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(test.at)), r); got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
}
