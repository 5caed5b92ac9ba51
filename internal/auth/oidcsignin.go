package auth

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// Client is this server's registration at an issuer, by which people sign in.
type Client struct {
	ID     string
	Secret Secret // "" for a public client, whose requests PKCE alone protects
}

// SignIn is a sign-in of a person at an issuer's page, by the authorization code flow
// with PKCE (OpenID Connect Core 1.0 §3.1; RFC 7636).
type SignIn struct {
	Issuer   string
	Redirect string // where the issuer's page leads back to
	State    string
	Nonce    string // the ID token repeats it
	Verifier string // of PKCE: 43 to 128 characters
}

// SignIns lists the issuers by which people sign in.
func (o *OIDC) SignIns() (list []string) {
	for url, each := range o.issuers {
		if each.Console.ID != "" {
			list = append(list, url)
		}
	}
	slices.Sort(list)
	return list
}

func (o *OIDC) signInIssuer(ctx context.Context, url string) (*issuer, discovery, error) {
	from, known := o.issuers[url]
	if !known || from.Console.ID == "" {
		return nil, discovery{}, deny(SchemeNone, "nobody signs in by the issuer %q here", clip(url))
	}
	said, err := from.keys.discovered(ctx)
	if err != nil {
		return nil, said, fmt.Errorf("issuer %s: %w", url, err)
	}
	for name, endpoint := range map[string]string{"authorization_endpoint": said.Authorization, "token_endpoint": said.Token} {
		if err := checkFetchURL(endpoint); err != nil {
			return nil, said, fmt.Errorf("discovery document of %s: %s %w", url, name, err)
		}
	}
	return from, said, nil
}

// Address is that of the issuer's page, to which the browser goes.
func (o *OIDC) Address(ctx context.Context, s SignIn) (string, error) {
	from, said, err := o.signInIssuer(ctx, s.Issuer)
	if err != nil {
		return "", err
	}
	page, err := url.Parse(said.Authorization)
	if err != nil {
		return "", err
	}
	challenge := sha256.Sum256([]byte(s.Verifier))
	query := page.Query()
	for name, value := range map[string]string{
		"response_type": "code", "client_id": from.Console.ID, "redirect_uri": s.Redirect, "scope": "openid profile", "state": s.State, "nonce": s.Nonce,
		"code_challenge": base64.RawURLEncoding.EncodeToString(challenge[:]), "code_challenge_method": "S256",
	} {
		query.Set(name, value)
	}
	page.RawQuery = query.Encode()
	return page.String(), nil
}

// Redeem exchanges the code with which the browser came back for an ID token, verifies
// it, and returns who signed in and the person's name. A refusal is a *Denial.
func (o *OIDC) Redeem(ctx context.Context, s SignIn, code string) (Principal, string, error) {
	from, said, err := o.signInIssuer(ctx, s.Issuer)
	if err != nil {
		return Principal{}, "", err
	}
	text, err := from.exchange(ctx, said, s, code)
	if err != nil {
		return Principal{}, "", fmt.Errorf("the token endpoint of %s: %w", s.Issuer, err)
	}
	claims := idClaims{}
	_, err = jwt.ParseWithClaims(text, &claims, from.keys.keyfunc(ctx),
		jwt.WithValidMethods([]string{"RS256", "ES256"}), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithLeeway(o.leeway), jwt.WithTimeFunc(o.now), jwt.WithAudience(from.Console.ID), jwt.WithIssuer(s.Issuer))
	switch {
	case err != nil:
		return Principal{}, "", &Denial{Scheme: SchemeBearer, Reason: "the ID token is not valid", Cause: err}
	case len(claims.Audience) > 1 && claims.AZP != from.Console.ID: // OpenID Connect Core 1.0 §3.1.3.7, 4 and 5
		return Principal{}, "", deny(SchemeBearer, "the ID token was issued to another client")
	case subtle.ConstantTimeCompare([]byte(claims.Nonce), []byte(s.Nonce)) != 1:
		return Principal{}, "", deny(SchemeBearer, "the ID token is of another sign-in")
	}
	// The client is the server itself: its id says nothing of the person.
	claims.AppID, claims.AZP = "", ""
	who, err := from.admit(claims.bearerClaims)
	if err != nil {
		return Principal{}, "", err
	}
	if !who.Reader {
		return Principal{}, "", &Denial{Scheme: SchemeBearer, Forbidden: true, Reason: fmt.Sprintf("the person is known, but neither admin nor read of auth.oidc[] names the subject %q, the object id %q or the roles %q", clip(claims.Subject), clip(claims.ObjectID), clip(strings.Join(claims.Roles, " ")))}
	}
	who.Reads = true
	return who, clip(cmp.Or(claims.Name, claims.Username, claims.Subject)), nil
}

// idClaims are those of an ID token (OpenID Connect Core 1.0 §2 and §5.1).
type idClaims struct {
	bearerClaims
	Nonce    string `json:"nonce"`
	Name     string `json:"name"`
	Username string `json:"preferred_username"`
}

// exchange asks the token endpoint for the ID token of a code (RFC 6749 §4.1.3).
func (i *issuer) exchange(ctx context.Context, said discovery, s SignIn, code string) (string, error) {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {s.Redirect}, "code_verifier": {s.Verifier}, "client_id": {i.Console.ID}}
	secret, posted := string(i.Console.Secret), slices.Contains(said.Methods, "client_secret_post")
	if secret != "" && posted {
		form.Set("client_secret", secret)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, said.Token, strings.NewReader(form.Encode()))
	if err != nil {
		return "", errors.New("its address is not a URL")
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	if secret != "" && !posted { // the default (OpenID Connect Discovery 1.0 §3)
		request.SetBasicAuth(url.QueryEscape(i.Console.ID), url.QueryEscape(secret))
	}
	response, err := i.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxDocument))
	if err != nil {
		return "", err
	}
	var answer struct {
		Token string `json:"id_token"`
		Error string `json:"error"`
	}
	err = json.Unmarshal(text, &answer)
	switch {
	case response.StatusCode != http.StatusOK:
		return "", fmt.Errorf("it answered %d %s", response.StatusCode, clip(answer.Error))
	case err != nil || answer.Token == "" || len(answer.Token) > maxToken:
		return "", errors.New("its answer has no id_token")
	}
	return answer.Token, nil
}
