package e2e

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// twoTrunks are two phones behind two trunks of the configuration file.
func twoTrunks(t *testing.T, more string) (first, second *siptest.Phone, s setup) {
	t.Helper()
	first, one := newFarPhone(t)
	second, two := newFarPhone(t)
	return first, second, setup{config: fmt.Sprintf(`trunks:
  - {name: first, host: 127.0.0.1, port: %d, sources: [127.0.0.0/8]%s}
  - {name: second, host: 127.0.0.1, port: %d, sources: [127.0.0.0/8]%s}
`, one, more, two, more)}
}

type sipTrunk struct {
	FQDN string `json:"fqdn"`
	Port int    `json:"sipSignalingPort"`
}

type sipRoute struct {
	Name, NumberPattern, Description string
	Trunks                           []string
}

// TestTrunksAndRoutesAreManaged: SipRoutingClient sets what calls obey at once.
func TestTrunksAndRoutesAreManaged(t *testing.T) {
	t.Parallel()
	first, second, s := twoTrunks(t, "")
	p := start(t, s)
	a := startAgent(p, application{})
	var trunks []sipTrunk
	a.do("listTrunks", nil, &trunks)
	if len(trunks) != 2 || trunks[0].FQDN != "first" || trunks[1].Port != second.Addr().(*net.UDPAddr).Port {
		t.Errorf("trunks are %+v", trunks)
	}
	a.do("setTrunk", values{"trunk": values{"fqdn": "sbc.example.com", "sipSignalingPort": 5061}}, nil)
	var one sipTrunk
	if a.do("getTrunk", values{"fqdn": "sbc.example.com"}, &one); one.Port != 5061 {
		t.Errorf("the new trunk is %+v", one)
	}
	a.do("setRoutes", values{"routes": []values{
		{"name": "elsewhere", "numberPattern": `^\+44`, "trunks": []string{"sbc.example.com"}},
		{"name": "cheap", "numberPattern": `^\+1`, "trunks": []string{"first"}},
		{"name": "rest", "description": "fallback", "numberPattern": `^\+(?!44)`, "trunks": []string{"second"}},
	}}, nil)
	var routes []sipRoute
	a.do("listRoutes", nil, &routes)
	if len(routes) != 3 || routes[1].Name != "cheap" || routes[2].Description != "fallback" || routes[2].Trunks[0] != "second" {
		t.Errorf("routes are %+v", routes)
	}
	err := a.try("deleteTrunk", values{"fqdn": "sbc.example.com"}, nil)
	if statusOf(err) != 422 {
		t.Errorf("a trunk that a route names is deleted: %v", err)
	}

	t.Run("failover", func(t *testing.T) {
		a := a.with(t)
		for _, test := range []struct {
			status int
			next   bool
		}{{503, true}, {504, true}, {486, false}, {500, false}} {
			c := a.create(toFar(""))
			call, err := first.Next(within(t, 5*time.Second))
			must(t, err)
			must(t, call.Reject(test.status, "As Scripted"))
			if !test.next {
				c.failed("", func(r *result) bool { return r.Code == test.status && r.SubCode == 560000+test.status })
				continue
			}
			call, err = second.Next(within(t, 5*time.Second))
			must(t, err)
			must(t, call.Answer())
			c.got("CallConnected")
			c.do("hangUp", values{"forEveryone": true}, nil)
			c.ended()
		}
	})
	if out := p.mustRun("trunks"); !strings.Contains(out, "sbc.example.com:5061") || !strings.Contains(out, "second") {
		t.Errorf("switchhook trunks says\n%s", out)
	}
	a.do("setRoutes", values{"routes": []values{}}, nil)
	a.do("deleteTrunk", values{"fqdn": "sbc.example.com"}, nil)
	if a.do("listTrunks", nil, &trunks); len(trunks) != 2 {
		t.Errorf("trunks are %+v", trunks)
	}
}

// TestNumbersAreManaged: PhoneNumbersClient finds, takes, changes and releases a
// number, and calls obey it.
func TestNumbersAreManaged(t *testing.T) {
	t.Parallel()
	const spare = "+14255550101"
	p := start(t, setup{config: fmt.Sprintf("numbers: [%q]\navailable-numbers: [%q]\n", ourNumber, spare)})
	a := startAgent(p, application{})
	owns := func(want ...string) {
		t.Helper()
		var found []ownedNumber
		a.do("listNumbers", nil, &found)
		var numbers []string
		for _, one := range found {
			numbers = append(numbers, one.PhoneNumber)
		}
		if !slices.Equal(numbers, want) {
			t.Errorf("owned are %v, want %v", numbers, want)
		}
	}
	owns(ourNumber)
	var search struct {
		SearchID     string
		PhoneNumbers []string
	}
	a.do("searchNumbers", values{"countryCode": "US", "phoneNumberType": "geographic", "assignmentType": "application",
		"capabilities": values{"calling": "inbound+outbound", "sms": "none"}, "areaCode": "425", "quantity": 1}, &search)
	if len(search.PhoneNumbers) != 1 || search.PhoneNumbers[0] != spare {
		t.Fatalf("found %+v", search)
	}
	if out := p.mustRun("numbers"); !strings.Contains(out, "available") || !strings.Contains(out, search.SearchID) {
		t.Errorf("while it is held, switchhook numbers says\n%s", out)
	}
	a.do("purchaseNumbers", values{"searchId": search.SearchID}, nil)
	owns(spare, ourNumber)

	phone := newPhone(p)
	p.subscribe("incoming", a.url+"/events")
	rings(t, phone, spare)
	var changed ownedNumber
	a.do("updateCapabilities", values{"number": spare, "calling": "outbound"}, &changed)
	if changed.Capabilities.Calling != "outbound" {
		t.Errorf("changed to %+v", changed)
	}
	isRefused(t, phone, spare, 404)
	a.do("updateCapabilities", values{"number": spare, "calling": "inbound"}, nil)
	rings(t, phone, spare)
	c := a.create(values{"target": far, "callerNumber": spare})
	c.failed("", func(r *result) bool {
		return r.Code == 403 && r.SubCode == 510403 && strings.Contains(r.Message, "cannot make calls")
	})
	a.do("releaseNumber", values{"number": spare}, nil)
	owns(ourNumber)
	isRefused(t, phone, spare, 404)
	if err := a.try("getNumber", values{"number": spare}, nil); err == nil {
		t.Error("a released number is ours")
	}
}

// ownedNumber is a number as the SDK shows it.
type ownedNumber struct {
	PhoneNumber  string
	Capabilities struct{ Calling string }
}

// rings calls a number, which has to ring, and gives up.
func rings(t *testing.T, phone *siptest.Phone, number string) {
	t.Helper()
	call, err := phone.Call(number)
	must(t, err)
	must(t, call.WaitRinging(within(t, 10*time.Second)))
	must(t, call.Cancel(within(t, 5*time.Second)))
}

// isRefused calls a number, and asks with which status it is refused.
func isRefused(t *testing.T, phone *siptest.Phone, number string, status int) {
	t.Helper()
	call, err := phone.Call(number)
	must(t, err)
	must(t, call.WaitFinal(within(t, 10*time.Second)))
	if got := call.Final().Status(); got != status {
		t.Errorf("a call to %s gets %d, want %d", number, got, status)
	}
}

// TestGuardsAndCallerIDsAreTold: the application learns which rule refused its
// call, at once where a guard did, and by the documented event for a caller id.
func TestGuardsAndCallerIDsAreTold(t *testing.T) {
	t.Parallel()
	phone, _, s := twoTrunks(t, ", caller-ids: owned")
	s.config += `guards:
  - {name: premium, prefix: "+1900", deny: true}
  - {name: thrifty, by: primary, concurrent-calls: 1}
`
	a := startAgent(start(t, s), application{})
	refusal := func(target string) *sdkError {
		t.Helper()
		var refused *sdkError
		if err := a.try("create", values{"target": target, "callerNumber": ourNumber, "callback": a.url + "/callbacks"}, nil); !errors.As(err, &refused) {
			t.Fatalf("%s: got %v", target, err)
		}
		return refused
	}
	if got := refusal("4:+19005550100"); got.StatusCode != 403 || !strings.Contains(got.Message, `Guard "premium"`) {
		t.Errorf("got %v", got)
	}
	stranger := a.create(values{"target": far, "callerNumber": "+15559999999"})
	stranger.failed("", func(r *result) bool {
		return r.Code == 403 && r.SubCode == 510403 && strings.Contains(r.Message, "+15559999999")
	})
	c := a.create(toFar(""))
	if got := refusal(far); got.StatusCode != 429 || !strings.Contains(got.Message, `Guard "thrifty"`) {
		t.Errorf("got %v", got)
	}
	call, err := phone.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, call.Answer())
	c.got("CallConnected")
	c.do("hangUp", values{"forEveryone": true}, nil)
	c.ended()
}

// TestRegisteredTrunkCarriesCalls: the product registers with a provider, takes
// a call that comes for the account, and takes its leave when it stops.
func TestRegisteredTrunkCarriesCalls(t *testing.T) {
	t.Parallel()
	provider, err := siptest.New(siptest.Config{User: farNumber, Username: "account", Password: "secret"})
	must(t, err)
	t.Cleanup(provider.Close)
	registrar := provider.Registrar()
	p := start(t, setup{config: fmt.Sprintf(`trunks:
  - name: provider
    host: 127.0.0.1
    port: %d
    username: account
    password: secret
    register: {expires: 10m}
    country: "1"
    international-prefix: "011"
    rewrite: {called-out: [{match: '^\+1', replace: ''}]}
call: {attestation-header: X-MS-Custom-Attestation}
`, provider.Addr().(*net.UDPAddr).Port)})
	eventually(t, 10*time.Second, "the provider knows us", func() bool { return len(registrar.Contacts()) == 1 })
	eventually(t, 10*time.Second, "the trunk is shown as registered", func() bool {
		return strings.Contains(p.mustRun("trunks"), "account until")
	})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")

	caller := newPhoneAs(p, "0114930123456")
	call, err := caller.Invite(siptest.Invite{To: "account", Fields: []siptest.Field{
		{Name: "P-Called-Party-ID", Value: "<sip:" + strings.TrimPrefix(ourNumber, "+1") + "@provider.example>"},
		{Name: "Identity", Value: identityHeader},
	}})
	must(t, err)
	in := a.incomingCall("4:+4930123456").Data
	if in.To.RawID != callee {
		t.Errorf("%s is called", in.To.RawID)
	}
	if in.CustomContext == nil {
		t.Error("the event has no customContext")
	} else if got := in.CustomContext.SIPHeaders["X-MS-Custom-Attestation"]; !strings.HasPrefix(got, "unverified; attest=A; orig=12155551212") {
		t.Errorf("the application reads %q", got)
	}
	must(t, call.Cancel(within(t, 5*time.Second)))

	c := a.create(toFar(""))
	taken, err := provider.Next(within(t, 5*time.Second))
	must(t, err)
	if uri := taken.Invite.URI(); !strings.HasPrefix(uri, "sip:"+strings.TrimPrefix(farNumber, "+1")+"@") {
		t.Errorf("the provider is asked for %s", uri)
	}
	must(t, taken.Answer())
	c.got("CallConnected")
	c.do("hangUp", values{"forEveryone": true}, nil)
	c.ended()
	p.stop()
	if left := registrar.Contacts(); len(left) != 0 {
		t.Errorf("after the end the provider still knows %v", left)
	}
}

// identityHeader is the example of RFC 8588 §4, with a signature of no worth.
const identityHeader = "eyJhbGciOiJFUzI1NiIsInBwdCI6InNoYWtlbiIsInR5cCI6InBhc3Nwb3J0In0." +
	"eyJhdHRlc3QiOiJBIiwiZGVzdCI6eyJ0biI6WyIxMjE1NTU1MTIxMyJdfSwiaWF0IjoxNDQzMjA4MzQ1LCJvcmlnIjp7InRuIjoiMTIxNTU1NTEyMTIifX0." +
	"c2lnbmF0dXJl;info=<https://cert.example.org/a.cer>;alg=ES256;ppt=shaken"
