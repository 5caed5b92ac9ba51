package gate

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// TestCredentialsAreTakenAsPhonesWriteThem has the spellings of desk phones: the uri that
// was signed need not be the Request-URI as it stands (RFC 3261 §22.4), and names, tokens
// and quotes vary. The digests are computed here (RFC 7616 §3.4).
func TestCredentialsAreTakenAsPhonesWriteThem(t *testing.T) {
	t.Parallel()
	const plain = `Digest username="alice", realm="Switchhook", nonce="NONCE", uri="URI", qop=auth, nc=00000001, cnonce="c", response="RESPONSE", algorithm=MD5`
	for name, test := range map[string]struct {
		form, uri string
		refused   bool
	}{
		"as the RFC writes":      {form: plain},
		"server alone":           {form: plain, uri: "sip:pbx.example"},
		"server and parameters":  {form: plain, uri: "sip:pbx.example:5061;transport=TLS"},
		"another port":           {form: plain, uri: "sip:+15551230001@127.0.0.1:5060"},
		"parameters":             {form: plain, uri: "sip:+15551230001@127.0.0.1;user=phone;transport=udp"},
		"headers":                {form: plain, uri: "sip:+15551230001@127.0.0.1?x=y"},
		"escaped user":           {form: plain, uri: "sip:%2B15551230001@127.0.0.1"},
		"user with parameters":   {form: plain, uri: "sip:+15551230001;phone-context=x@127.0.0.1"},
		"scheme in capitals":     {form: plain, uri: "SIP:+15551230001@PBX.Example"},
		"sips":                   {form: plain, uri: "sips:+15551230001@127.0.0.1"},
		"tel":                    {form: plain, uri: "tel:+15551230001"},
		"another callee":         {form: plain, uri: "sip:+15559990001@127.0.0.1", refused: true},
		"another callee, tel":    {form: plain, uri: "tel:+15559990001", refused: true},
		"no uri":                 {form: plain, uri: "pbx", refused: true},
		"quotes everywhere":      {form: `Digest username="alice",realm="Switchhook",nonce="NONCE",uri="URI",qop="auth",nc="00000001",cnonce="c",response="RESPONSE",algorithm="MD5"`},
		"quotes nowhere":         {form: `Digest username=alice,realm=Switchhook,nonce=NONCE,uri=URI,qop=auth,nc=00000001,cnonce=c,response=RESPONSE,algorithm=MD5`},
		"tokens in another case": {form: `DIGEST Username="alice", REALM="Switchhook", Nonce="NONCE", URI="URI", QOP=auth, NC=00000001, CNonce="c", Response="RESPONSE", Algorithm=md5`},
		"tabs":                   {form: strings.ReplaceAll(plain, ", ", "\t,\t")},
		"a comma at the end":     {form: plain + ","},
		"no algorithm":           {form: strings.TrimSuffix(plain, ", algorithm=MD5")},
		"SHA-256":                {form: strings.ReplaceAll(plain, "MD5", "SHA-256")},
		"sha-256 with quotes":    {form: strings.ReplaceAll(plain, "MD5", `"sha-256"`)},
		"without qop":            {form: `Digest username="alice", realm="Switchhook", nonce="NONCE", uri="URI", response="RESPONSE"`},
		"members of others":      {form: plain + `, opaque="", auts=x, charset=UTF-8`},
	} {
		d := newDigest("Switchhook", []string{"MD5", "SHA-256"})
		if test.uri == "" {
			test.uri = "sip:+15551230001@127.0.0.1"
		}
		hash := func(text string) string {
			if strings.Contains(strings.ToUpper(test.form), "SHA-256") {
				return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
			}
			sum := md5.Sum([]byte(text))
			return hex.EncodeToString(sum[:])
		}
		nonce := d.nonces.fresh(netip.Addr{}, start)
		middle := nonce
		if strings.Contains(test.form, "auth") {
			middle += ":00000001:c:auth"
		}
		response := hash(hash("alice:Switchhook:secret") + ":" + middle + ":" + hash("INVITE:"+test.uri))
		value := strings.NewReplacer("NONCE", nonce, "RESPONSE", response, `URI="URI"`, `URI="`+test.uri+`"`, "URI", test.uri).Replace(test.form)
		parsed, err := sip.ParseMessage([]byte(message("INVITE", "a", "", "Authorization: "+value+"\r\n")))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		request := parsed.(*sip.Request)
		given := d.Credentials(request)
		taken := given != nil && IsFor(given, request) && d.Offers(given) && d.Verify(given, sip.INVITE, digest.Options{Password: "secret"}, true, start) == Right
		if taken == test.refused {
			t.Errorf("%s: taken %t: %s", name, taken, value)
		}
	}
}
