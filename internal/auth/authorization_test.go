package auth

import (
	"slices"
	"strings"
	"testing"
)

const someSignature = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

func TestAuthorizationFieldsAreRead(t *testing.T) {
	tests := []struct {
		name, params string
		headers      string // signed, joined by commas; "" when refused
	}{
		{"usual", "SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" + someSignature, "x-ms-date,host,x-ms-content-sha256"},
		{"order kept", "SignedHeaders=host;date;x-ms-content-sha256&Signature=" + someSignature, "host,date,x-ms-content-sha256"},
		{"more headers", "SignedHeaders=x-ms-date;host;x-ms-content-sha256;x-extra&Signature=" + someSignature, "x-ms-date,host,x-ms-content-sha256,x-extra"},
		{"other case, space", "signedheaders=X-MS-Date;Host;X-Ms-Content-Sha256& SIGNATURE=" + someSignature, "x-ms-date,host,x-ms-content-sha256"},
		{"empty", "", ""},
		{"no signature", "SignedHeaders=x-ms-date;host;x-ms-content-sha256", ""},
		{"no headers", "Signature=" + someSignature, ""},
		{"host unsigned", "SignedHeaders=x-ms-date;x-ms-content-sha256&Signature=" + someSignature, ""},
		{"date unsigned", "SignedHeaders=host;x-ms-content-sha256&Signature=" + someSignature, ""},
		{"hash unsigned", "SignedHeaders=x-ms-date;host&Signature=" + someSignature, ""},
		{"short signature", "SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=AAAA", ""},
		{"not base64", "SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" + strings.Repeat("!", 44), ""},
		{"too many", "SignedHeaders=x-ms-date;host;x-ms-content-sha256" + strings.Repeat(";a", 20) + "&Signature=" + someSignature, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got authorization
			denial := got.parse(test.params)
			if test.headers == "" {
				if denial == nil {
					t.Fatalf("accepted as %v", got)
				}
				return
			}
			if denial != nil || strings.Join(got.signedHeaders(), ",") != test.headers {
				t.Fatalf("got %v, %v", got.signedHeaders(), denial)
			}
		})
	}
}

func FuzzParseAuthorization(f *testing.F) {
	f.Add("SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" + someSignature)
	f.Add("SignedHeaders=;;;&Signature==&&=")
	f.Fuzz(func(t *testing.T, params string) {
		var got authorization
		denial := got.parse(params)
		if denial != nil {
			return
		}
		if !slices.Contains(got.signedHeaders(), "host") {
			t.Fatalf("accepted an unsafe signature: %+v", got)
		}
	})
}
