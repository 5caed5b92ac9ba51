package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// GridApplication is Event Grid's own application in Entra, and GridRole the
// role that protected webhooks are told to give it ("Deliver events to Microsoft
// Entra protected endpoints"): what receivers look for in appid and roles.
const (
	GridApplication = "4962773b-9cdb-44cf-a8bf-237846a00ab7"
	GridRole        = "AzureEventGridSecureWebhookSubscriber"
)

// ownTokenLifetime is Entra's shortest.
const ownTokenLifetime = time.Hour

// OwnIssuer signs the tokens of a tenant with this server's key. They have the
// claims of both versions of Entra's application tokens.
type OwnIssuer struct {
	signer *Signer
	base   func() string
	tenant string
	now    func() time.Time
}

type applicationClaims struct {
	jwt.RegisteredClaims
	Audience    string   `json:"aud"` // one text, as Entra writes it, where others have a list
	Tenant      string   `json:"tid"`
	AppID       string   `json:"appid"` // version 1.0
	AppIDACR    string   `json:"appidacr"`
	AZP         string   `json:"azp"` // version 2.0
	AZPACR      string   `json:"azpacr"`
	IDType      string   `json:"idtyp"`
	ObjectID    string   `json:"oid"`
	Roles       []string `json:"roles"`
	Version     string   `json:"ver"`
	UniqueToken string   `json:"uti"`
}

// ownIssuerPath is where our issuer of a tenant lies below the public address.
func ownIssuerPath(tenant string) string { return "/entra/" + tenant + "/v2.0" }

func (o OwnIssuer) fetch(ctx context.Context, application string) (string, time.Time, error) {
	if o.signer == nil || o.base == nil {
		return "", time.Time{}, errors.New("this server has no key to sign tokens with")
	}
	now := o.now()
	expires := now.Add(ownTokenLifetime)
	const certified = "2" // how the application has shown who it is: by a key
	text, err := o.signer.sign(ctx, applicationClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    o.Issuer(),
			Subject:   GridApplication,
			ExpiresAt: jwt.NewNumericDate(expires), NotBefore: jwt.NewNumericDate(now), IssuedAt: jwt.NewNumericDate(now),
		},
		Audience: application, Tenant: o.tenant, AppID: GridApplication, AppIDACR: certified, AZP: GridApplication, AZPACR: certified,
		IDType: "app", ObjectID: GridApplication, Roles: []string{GridRole}, Version: "2.0", UniqueToken: uuid.NewString(),
	})
	return text, expires, err
}

// Issuer is the issuer that the tokens name.
func (o OwnIssuer) Issuer() string {
	return strings.TrimSuffix(o.base(), "/") + ownIssuerPath(o.tenant)
}

// JWKS returns the keys that verify the tokens.
func (o OwnIssuer) JWKS(ctx context.Context) ([]byte, error) { return o.signer.JWKS(ctx) }

// Issuer is our issuer of a tenant; false where another issues its tokens.
func (t *WebhookTokens) Issuer(tenant string) (OwnIssuer, bool) {
	own, ours := t.sources[strings.ToLower(tenant)].(OwnIssuer)
	return own, ours
}
