package sip

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// numbers are ids as a test names them.
func numbers(ids ...identifier.ID) string {
	var list []string
	for _, id := range ids {
		list = append(list, id.Raw())
	}
	return strings.Join(list, " ")
}

// TestFormsOfFieldsAreRead sends calls whose fields are written as the RFCs permit and as
// other stacks do, and asks whom the application hears of.
func TestFormsOfFieldsAreRead(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	const anonymous = "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=x\r\n"
	for _, test := range []struct {
		name    string
		uri     string
		replace map[string]string
		want    string // from, display name, to, whom it was meant for
	}{
		{"every compact form", "", map[string]string{
			"Via": "v: SIP/2.0/UDP 127.0.0.1:PORT;branch=BRANCH;rport\r\n", "From": "f: \"Ann\" <sip:+15550190003@h>;tag=x\r\n", "To": "t: <sip:+15551230001@h>\r\n",
			"Call-ID": "i: BRANCHcompact\r\n", "Contact": "m: <sip:raw@127.0.0.1:PORT>\r\n", "Content-Type": "c: application/sdp\r\nk: timer, 100rel\r\nx: 1800;refresher=uac\r\ns: words\r\ne: identity\r\n",
		}, `4:+15550190003 "Ann" 4:+15551230001 []`},
		{"names of fields in any case", "", map[string]string{
			"From": "FROM: <sip:+15550190003@h>;TAG=x\r\n", "To": "tO: <SIP:+15551230001@h>\r\n", "Contact": "CONTACT: <sip:raw@127.0.0.1:PORT>\r\n",
			"Content-Type": "content-TYPE: Application/SDP;charset=\"UTF-8\"\r\n", "CSeq": "cseq: 1 INVITE\r\n",
		}, `4:+15550190003 "" 4:+15551230001 []`},
		{"folded lines", "", map[string]string{
			"From": "From: \"Ann\r\n  Bee\" \r\n\t<sip:+15550190003@h>\r\n ;tag=x\r\n", "Content-Type": "Content-Type:\r\n application/sdp\r\n",
			"Contact": "Contact: <sip:raw@127.0.0.1:PORT>\r\nP-Asserted-Identity:\r\n  <sip:+15550190009@h>\r\nDiversion:\r\n\t<sip:+15550190008@h>\r\n ;reason=unconditional\r\n",
		}, `4:+15550190003 "Ann Bee" 4:+15551230001 [4:+15550190008]`},
		{"a SIP and a tel identity in one field", "", map[string]string{"From": anonymous + "P-Asserted-Identity: \"Bee, Ann\" <sip:ann@example.org>, <tel:+1-555-019-0004;noifc=term>\r\n"}, `4:ann "Bee, Ann" 4:+15551230001 []`},
		{"a tel and a SIP identity in two fields", "", map[string]string{"From": anonymous + "P-Asserted-Identity: tel:+1-555-019-0004\r\nP-Asserted-Identity: \"Ann\" <sip:+15550190005@h;user=phone>\r\n"}, `4:+15550190004 "" 4:+15551230001 []`},
		{"an identity whose name looks like an address", "", map[string]string{"From": anonymous + "P-Asserted-Identity: \"a <sip:+15550199998@h>, b\" <sip:+15550190004@h>\r\n"}, `4:+15550190004 "a <sip:+15550199998@h>, b" 4:+15551230001 []`},
		{"whom a call was meant for, under names with brackets", "", map[string]string{"To": "To: <sip:+15551230001@h>\r\nDiversion: \"a < b\" <sip:+15550190012@h>, \"c > d\" <sip:+15550190011@h>\r\n"}, `4:+15550190003 "" 4:+15551230001 [4:+15550190011 4:+15550190012]`},
		{"an identity without brackets, with parameters", "", map[string]string{"From": anonymous + "P-Asserted-Identity: sip:+15550190004@h;user=phone\r\n"}, `4:+15550190004 "" 4:+15551230001 []`},
		{"an identity that nobody may see", "", map[string]string{"From": anonymous + "P-Asserted-Identity: <sip:+15550190004@h>\r\nPrivacy: critical;id\r\n"}, `4:anonymous "" 4:+15551230001 []`},
		{"privacy of nothing", "", map[string]string{"From": anonymous + "P-Asserted-Identity: <sip:+15550190004@h>\r\nPrivacy: none\r\n"}, `4:+15550190004 "" 4:+15551230001 []`},
		{"a preferred identity", "", map[string]string{"From": anonymous + "P-Preferred-Identity: <sip:+15550190004@h>\r\n"}, `4:anonymous "Anonymous" 4:+15551230001 []`},
		{"a caller at an IPv6 address", "", map[string]string{"From": "From: <sip:+15550190003@[2001:db8::7]:5070;user=phone>;tag=x\r\n", "To": "To: <sip:+15551230001@[2001:db8::1]>\r\n"}, `4:+15550190003 "" 4:+15551230001 []`},
		{"a Contact and a Via of IPv6", "", map[string]string{"Contact": "Contact: <sip:raw@[2001:db8::7]:PORT;transport=udp>\r\n", "Via": "Via: SIP/2.0/UDP [2001:db8::7]:PORT;branch=BRANCH;rport\r\n"}, `4:+15550190003 "" 4:+15551230001 []`},
		{"an escaped caller", "", map[string]string{"From": "From: \"A \\\"B\\\" C\" <sip:%2B1555019%30003;isub=1@h>;tag=x\r\n"}, `4:+15550190003 "A \"B\" C" 4:+15551230001 []`},
		{"a caller over sips", "", map[string]string{"From": "From: <sips:+15550190003@h>;tag=x\r\n"}, `4:+15550190003 "" 4:+15551230001 []`},
		{"a caller with a password and headers in the address", "", map[string]string{"From": "From: <sip:+15550190003:secret@h?Subject=x>;tag=x\r\n"}, `4:+15550190003 "" 4:+15551230001 []`},
		{"a display name that looks like an address", "", map[string]string{"From": "From: \"<sip:+15550199999@h>;tag=y, z\" <sip:+15550190003@h>;tag=x\r\n"}, `4:+15550190003 "<sip:+15550199999@h>;tag=y, z" 4:+15551230001 []`},
		{"a display name without quotes", "", map[string]string{"From": "From: Ann of Bee <sip:+15550190003@h>;tag=x\r\n"}, `4:+15550190003 "Ann of Bee" 4:+15551230001 []`},
		{"separators in the number", "sip:+1-(555)-123.0001;phone-context=+1@127.0.0.1;user=phone", nil, `4:+15550190003 "" 4:+15551230001 []`},
		{"parameters and headers of the Request-URI", "sip:+15551230001@127.0.0.1:5060;transport=udp;user=phone;x=y?Subject=x", nil, `4:+15550190003 "" 4:+15551230001 []`},
		{"a tel Request-URI", "tel:+1-555-123-0001;ext=5", nil, `4:+15550190003 "" 4:+15551230001 []`},
		{"Diversion, in one field and in two, the latest first", "", map[string]string{"To": "To: <sip:+15551230001@h>\r\nDiversion: \"A, B\" <sip:+15550190011@h>;reason=no-answer;counter=1;privacy=off, <tel:+1-555-019-0012>;reason=user-busy\r\nDiversion: <sip:+15550190013@h>;privacy=full\r\n"},
			`4:+15550190003 "" 4:+15551230001 [4:anonymous 4:+15550190012 4:+15550190011]`},
		{"History-Info", "", map[string]string{"To": "To: <sip:+15551230001@h>\r\nHistory-Info: <sip:+15550190021@h?Reason=SIP%3Bcause%3D302>;index=1, <sip:+15550190022@h?Privacy=history>;index=1.1;mp=1\r\nHistory-Info: <tel:+1-555-019-0023?Privacy=none>;index=1.1.1, <sip:+15551230001@h;cause=486>;index=1.1.2\r\n"},
			`4:+15550190003 "" 4:+15551230001 [4:+15550190021 4:anonymous 4:+15550190023]`},
		{"a Contact with parameters of both kinds", "", map[string]string{"Contact": "Contact: \"Raw, phone\" <sip:raw@127.0.0.1:PORT;transport=udp;ob>;audio;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\";expires=60\r\n"}, `4:+15550190003 "" 4:+15551230001 []`},
		{"extensions that proxies alone must know, and those that we know in any case", "", map[string]string{"To": "To: <sip:+15551230001@h>\r\nProxy-Require: sec-agree\r\nRequire: TIMER ,\r\n replaces\r\nSupported:\r\n"}, `4:+15550190003 "" 4:+15551230001 []`},
		{"several Vias in one field", "", map[string]string{"Via": "Via: SIP/2.0/UDP 127.0.0.1:PORT;branch=BRANCH;rport , SIP/2.0/TCP [2001:db8::9:1];received=192.0.2.9;branch=z9hG4bKinner,\r\n SIP/2.0/UDP 192.0.2.4:5062;branch=z9hG4bKinnermost\r\n"}, `4:+15550190003 "" 4:+15551230001 []`},
		{"fields that nobody knows", "", map[string]string{"To": "To: <sip:+15551230001@h>\r\nP-Charging-Vector: icid-value=\"a;b,c\";icid-generated-at=[::1]\r\nX-Empty:\r\nGeolocation: <cid:a@b>;routing-allowed=yes\r\nAlert-Info: <http://h/ring.wav>\r\nTimestamp: 54\r\n"}, `4:+15550190003 "" 4:+15551230001 []`},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, err := net.Dial("udp", r.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			peer := rawPeer{Conn: conn, transport: "UDP"}
			uri := test.uri
			if uri == "" {
				uri = "sip:+15551230001@127.0.0.1"
			}
			id := "forms" + strings.Map(func(r rune) rune {
				if r == ' ' || r == ',' {
					return -1
				}
				return r
			}, test.name)
			peer.send(t, rawInvite(peer, uri, id, test.replace, tortureSDP))
			select {
			case taken := <-r.application.arrived:
				in := taken.invitation
				if got := fmt.Sprintf("%s %q %s [%s]", in.From.Raw(), in.DisplayName, in.To.Raw(), numbers(in.Diverted...)); got != test.want {
					t.Errorf("the application hears of\n%s, want\n%s", got, test.want)
				}
				taken.End(refusedByTest)
				if refusal := peer.receive(t); !strings.HasPrefix(refusal, "SIP/2.0 603") {
					t.Errorf("the peer got %s", refusal)
				}
				expect[call.Ended](t, taken)
			case <-within(t).Done():
				t.Errorf("no call arrived")
			}
		})
	}
}
