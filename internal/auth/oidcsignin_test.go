package auth

import (
	"slices"
	"testing"
)

func TestPeopleSignInByIssuersThatHaveAClientForThem(t *testing.T) {
	o := &OIDC{issuers: map[string]*issuer{
		"https://b.test": {Issuer: Issuer{Console: Client{ID: "console"}}},
		"https://c.test": {},
		"https://a.test": {Issuer: Issuer{Console: Client{ID: "console"}}},
	}}
	if got := o.SignIns(); !slices.Equal(got, []string{"https://a.test", "https://b.test"}) {
		t.Errorf("they are %v", got)
	}
}
