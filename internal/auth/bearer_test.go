package auth

import (
	"errors"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// TestTokensNeedToBeNamed: an issuer gives tokens for our audience to many, and the
// configuration says who of them may do what.
func TestTokensNeedToBeNamed(t *testing.T) {
	f := newFakeIssuer(t)
	oidc, err := NewOIDC(OIDCConfig{Issuers: []Issuer{{
		URL:        f.server.URL,
		Allow:      Bearers{Subjects: []string{"sub-1"}, Objects: []string{"oid-1"}, Applications: []string{"app-1"}, Roles: []string{"Calls.All"}},
		Administer: Bearers{Roles: []string{"Admin"}},
	}}, Now: func() time.Time { return captureTime }})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		claims         jwt.MapClaims
		allowed, admin bool
	}{
		"nothing":                    {jwt.MapClaims{}, false, false},
		"no roles":                   {jwt.MapClaims{"sub": "x", "oid": "x", "appid": "x", "roles": []string{}}, false, false},
		"another role":               {jwt.MapClaims{"roles": []string{"Mail.Read", "calls.all"}}, false, false},
		"empty claims":               {jwt.MapClaims{"sub": "", "oid": "", "appid": "", "roles": []string{""}}, false, false},
		"one list's entry elsewhere": {jwt.MapClaims{"sub": "app-1", "oid": "sub-1", "roles": []string{"oid-1"}}, false, false},
		"subject":                    {jwt.MapClaims{"sub": "sub-1"}, true, false},
		"object":                     {jwt.MapClaims{"oid": "oid-1"}, true, false},
		"application, version 1":     {jwt.MapClaims{"appid": "app-1"}, true, false},
		"application, version 2":     {jwt.MapClaims{"azp": "app-1"}, true, false},
		"one of its roles":           {jwt.MapClaims{"roles": []string{"Mail.Read", "Calls.All"}}, true, false},
		"a role as a text":           {jwt.MapClaims{"roles": "Calls.All"}, true, false},
		"administrator":              {jwt.MapClaims{"roles": []string{"Admin"}}, true, true},
	} {
		claims := jwt.MapClaims{"iss": f.server.URL, "aud": EntraAudience, "exp": f.claims(captureTime).ExpiresAt}
		for claim, value := range test.claims {
			claims[claim] = value
		}
		who, err := oidc.Verify(t.Context(), signWith(t, jwt.SigningMethodES256, f.elKey, "el-1", claims))
		if (err == nil) != test.allowed || who.Administrator != test.admin {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
		var denial *Denial
		if err != nil && (!errors.As(err, &denial) || !denial.Forbidden) {
			t.Errorf("%s is refused by %v", name, err)
		}
	}
}

// TestEveryTokenHasASubject: guards and limits of tokens hold for one without the claim sub too.
func TestEveryTokenHasASubject(t *testing.T) {
	f := newFakeIssuer(t)
	oidc, err := NewOIDC(OIDCConfig{Issuers: []Issuer{{URL: f.server.URL, Allow: Bearers{Roles: []string{"Calls.All"}}}}, Now: func() time.Time { return captureTime }})
	if err != nil {
		t.Fatal(err)
	}
	for want, test := range map[string]jwt.MapClaims{
		"sub-1":   {"sub": "sub-1", "oid": "oid-1", "azp": "app-1"},
		"oid-1":   {"sub": "", "oid": "oid-1", "azp": "app-1"},
		"app-1":   {"azp": "app-1"},
		"unnamed": {},
	} {
		claims := jwt.MapClaims{"iss": f.server.URL, "aud": EntraAudience, "exp": f.claims(captureTime).ExpiresAt, "roles": "Calls.All"}
		for claim, value := range test {
			claims[claim] = value
		}
		who, err := oidc.Verify(t.Context(), signWith(t, jwt.SigningMethodES256, f.elKey, "el-1", claims))
		if err != nil || who.Subject != want {
			t.Errorf("%v: %+v, %v; want the subject %s", test, who, err, want)
		}
	}
}

// TestAccessKeysAdministerBySlot: the primary key does, the secondary does not.
func TestAccessKeysAdministerBySlot(t *testing.T) {
	c := loadCapture(t, captures[0])
	for _, slot := range []Slot{Primary, Secondary} {
		pair := [2]Key{NewKey(), NewKey()}
		pair[slot] = testKey(t, c.AccessKey)
		keys, err := NewKeys(pair[0], pair[1])
		if err != nil {
			t.Fatal(err)
		}
		r, body := c.request(0)
		who, err := NewAuthenticator(Config{Keys: keys, Now: func() time.Time { return captureTime }}).Authenticate(r, whole(body), Scope{})
		if err != nil || who.Administrator != (slot == Primary) {
			t.Errorf("%s: %+v, %v", slot, who, err)
		}
	}
}
