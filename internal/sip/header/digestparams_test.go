package header

import (
	"maps"
	"testing"
)

// TestDigestParamsAreReadAsOthersWriteThem has the spellings of desk phones and
// registrars; nil means that the field is of no use.
func TestDigestParamsAreReadAsOthersWriteThem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want map[string]string
	}{
		"quoted":               {`Digest realm="a", nonce="b"`, map[string]string{"realm": "a", "nonce": "b"}},
		"no quotes at all":     {`Digest realm=a,nonce=YQ==,uri=sip:host:5060;transport=tcp,qop=auth`, map[string]string{"realm": "a", "nonce": "YQ==", "uri": "sip:host:5060;transport=tcp", "qop": "auth"}},
		"any case of names":    {`DIGEST Realm="a", NONCE="b"`, map[string]string{"realm": "a", "nonce": "b"}},
		"tabs and blanks":      {"Digest\trealm = \"a\" ,\t nonce\t=b", map[string]string{"realm": "a", "nonce": "b"}},
		"comma inside quotes":  {`Digest qop="auth,auth-int", realm="x, y"`, map[string]string{"qop": "auth,auth-int", "realm": "x, y"}},
		"escaped quote":        {`Digest realm="the \"a\" \\ b"`, map[string]string{"realm": `the "a" \ b`}},
		"empty list elements":  {`Digest realm="a",, nonce="b",`, map[string]string{"realm": "a", "nonce": "b"}},
		"empty value":          {`Digest realm="a", opaque=""`, map[string]string{"realm": "a", "opaque": ""}},
		"another scheme":       {`Basic realm="a"`, nil},
		"no parameters":        {`Digest `, nil},
		"a name twice":         {`Digest realm="a", realm="b"`, nil},
		"quotes without end":   {`Digest realm="a`, nil},
		"text behind a quote":  {`Digest realm="a"b`, nil},
		"name without a value": {`Digest realm`, nil},
	} {
		got, ok := DigestParams(test.text, "Digest")
		if ok != (test.want != nil) || ok && !maps.Equal(got, test.want) {
			t.Errorf("%s: %v, %t", name, got, ok)
		}
	}
	if got, ok := DigestParams(`nextnonce="n", qop=auth`, ""); !ok || got["nextnonce"] != "n" {
		t.Errorf("Authentication-Info: %v, %t", got, ok)
	}
}

func FuzzDigestParams(f *testing.F) {
	f.Add(`Digest username="a", realm="b", nonce="c", uri="sip:d", response="e", algorithm=MD5, qop=auth, nc=00000001`)
	f.Add("Digest realm=\"\\\"\", nonce=")
	f.Fuzz(func(t *testing.T, text string) {
		params, ok := DigestParams(text, "Digest")
		if ok && (len(params) == 0 || len(params) > maxDigestParams) {
			t.Errorf("%d parameters", len(params))
		}
	})
}
