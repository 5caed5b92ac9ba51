package auth

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// Bearers is a list of those to whom an issuer gives tokens. A token is on it by one
// of its claims, whichever. The claims are Entra's; other issuers have sub.
type Bearers struct {
	Subjects     []string // claim sub
	Objects      []string // claim oid: a user or a service principal
	Applications []string // claim appid (version 1.0) or azp (2.0)
	Roles        []string // claim roles
}

// IsEmpty reports whether nobody is on the list.
func (b Bearers) IsEmpty() bool {
	return len(b.Subjects)+len(b.Objects)+len(b.Applications)+len(b.Roles) == 0
}

// bearerClaims are the claims by which tokens are told apart.
type bearerClaims struct {
	jwt.RegisteredClaims
	ObjectID string           `json:"oid"`
	AppID    string           `json:"appid"`
	AZP      string           `json:"azp"`
	Roles    jwt.ClaimStrings `json:"roles"`
}

// application is the client that asked for the token.
func (c bearerClaims) application() string {
	if c.AppID != "" {
		return c.AppID
	}
	return c.AZP
}

// unnamed is the subject of tokens that name nobody: guards and limits count them as one.
const unnamed = "unnamed"

// subject is by whom guards, limits and logs know the sender, never empty: the claim sub,
// which every token should have (RFC 9068 §2.2), else whom the token names besides.
func (c bearerClaims) subject() string {
	return cmp.Or(c.Subject, c.ObjectID, c.application(), unnamed)
}

func (b Bearers) has(c bearerClaims) bool {
	return listed(b.Subjects, c.Subject) || listed(b.Objects, c.ObjectID) || listed(b.Applications, c.application()) ||
		slices.ContainsFunc(c.Roles, func(role string) bool { return listed(b.Roles, role) })
}

// listed reports whether a claim is on a list. An absent claim is on none.
func listed(list []string, claim string) bool { return claim != "" && slices.Contains(list, claim) }

// admit says what the sender of a verified token may do.
func (i *issuer) admit(c bearerClaims) (Principal, error) {
	administrator, reader, application := i.Administer.has(c), i.Read.has(c), i.Allow.has(c)
	if !administrator && !reader && !application {
		return Principal{}, &Denial{Scheme: SchemeBearer, Forbidden: true, Reason: fmt.Sprintf(
			"the bearer token is valid, but auth.oidc[] allows neither its subject %q, its object id %q, its application %q nor its roles %q",
			clip(c.Subject), clip(c.ObjectID), clip(c.application()), clip(strings.Join(c.Roles, " ")))}
	}
	return Principal{Issuer: c.Issuer, Subject: c.subject(), Administrator: administrator, Reader: reader || administrator, ReadOnly: !administrator && !application}, nil
}
