package sip

import (
	"encoding/base64"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// signedAs makes an Identity header with a payload; its signature is nonsense.
func signedAs(payload string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"https://cert.example.org/a.cer"}`)) + "." +
		encode([]byte(payload)) + ".c2lnbmF0dXJl;info=<https://cert.example.org/a.cer>;alg=ES256;ppt=shaken"
}

// attested is the example of RFC 8588 §4.
const attested = `{"attest":"A","dest":{"tn":["12155551213"]},"iat":1443208345,"orig":{"tn":"12155551212"},"origid":"123e4567-e89b-12d3-a456-426655440000"}`

// TestAttestationIsShownToTheApplication asks for the configured header, which
// a caller cannot forge, and for the header in the call's record.
func TestAttestationIsShownToTheApplication(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.AttestationHeader = "X-MS-Custom-Attestation" })
	phone := r.phone(t, nil)
	forged := siptest.Field{Name: "X-MS-Custom-Attestation", Value: "verified; attest=A"}
	otherCase := siptest.Field{Name: "x-ms-custom-ATTESTATION", Value: "verified; attest=A"}
	signed := siptest.Field{Name: "Identity", Value: signedAs(attested)}
	for _, test := range []struct {
		fields []siptest.Field
		want   string
	}{
		{[]siptest.Field{forged, signed}, "unverified; attest=A; orig=12155551212; dest=12155551213; iat=1443208345"},
		{[]siptest.Field{forged}, ""},
		{[]siptest.Field{otherCase}, ""},
	} {
		made, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: test.fields})
		if err != nil {
			t.Fatal(err)
		}
		taken := r.next(t)
		got := taken.invitation.SIPHeaders
		if got["X-MS-Custom-Attestation"] != test.want || test.want == "" && len(got) != 0 {
			t.Errorf("the application reads %v", got)
		}
		if err := made.Cancel(within(t)); err != nil {
			t.Fatal(err)
		}
		if got := expect[call.Ended](t, taken).Wire.Attestation; got != test.want {
			t.Errorf("the record has %q", got)
		}
	}
}

// TestIdentityGoesWithTheCall asks that the header is passed on as it is, and
// left behind where the trunk wants that.
func TestIdentityGoesWithTheCall(t *testing.T) {
	t.Parallel()
	for _, drop := range []bool{false, true} {
		phone, via := callee(t, "carrier", nil)
		via.Shown.DropIdentity = drop
		r := newRig(t, nil, via)
		p := newTestLeg(call.Invitation{From: mustPhone(t, "+12155551212"), To: mustPhone(t, "+15557770000"), Identities: []string{signedAs(attested)}})
		leg, err := r.Dial(t.Context(), p.invitation, p.report)
		if err != nil {
			t.Fatal(err)
		}
		p.is(leg)
		want := signedAs(attested)
		if drop {
			want = ""
		}
		if got := next(t, phone).Invite.Get("Identity"); got != want {
			t.Errorf("drop %t: Identity is %q", drop, got)
		}
	}
}
