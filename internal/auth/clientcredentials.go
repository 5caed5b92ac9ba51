package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// clientCredentials is the client credentials grant at an outside issuer: RFC 6749
// §4.4, as Entra's v2.0 endpoint has it, which names the application in the scope.
// Others expect it as audience; an unknown parameter must be ignored (§3.2).
type clientCredentials struct {
	issuer WebhookIssuer
	client *http.Client
	now    func() time.Time
}

// usualLifetime is that of a token whose issuer does not say it (§5.1).
const usualLifetime = 5 * time.Minute

func (c clientCredentials) fetch(ctx context.Context, application string) (string, time.Time, error) {
	scope := c.issuer.Scope
	if scope == "" {
		scope = strings.TrimSuffix(application, "/") + "/.default"
	}
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {c.issuer.ClientID}, "client_secret": {string(c.issuer.ClientSecret)},
		"scope": {scope}, "audience": {application},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.issuer.Endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return "", time.Time{}, errors.New("the token endpoint is not a URL")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	begun := c.now()
	answer, err := c.client.Do(req)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("the token endpoint of tenant %s: %w", c.issuer.Tenant, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxDocument))
	if err != nil {
		return "", time.Time{}, fmt.Errorf("the token endpoint of tenant %s: %w", c.issuer.Tenant, err)
	}
	token, lifetime, err := readTokenAnswer(answer.StatusCode, text)
	if err != nil {
		// An issuer that repeats what it was sent must not make us tell it.
		said := strings.ReplaceAll(err.Error(), string(c.issuer.ClientSecret), "***")
		return "", time.Time{}, fmt.Errorf("the token endpoint of tenant %s: %s", c.issuer.Tenant, said)
	}
	return token, begun.Add(lifetime), nil
}

// readTokenAnswer reads an answer of RFC 6749 §5.1 or §5.2. Its errors repeat
// what the issuer says of the request, which the operator must read.
func readTokenAnswer(status int, text []byte) (token string, lifetime time.Duration, err error) {
	var answer struct {
		Token       string      `json:"access_token"`
		Type        string      `json:"token_type"`
		Expires     json.Number `json:"expires_in"` // a number; some write it as a text
		Error       string      `json:"error"`
		Description string      `json:"error_description"`
	}
	err = json.Unmarshal(text, &answer)
	switch {
	case status != http.StatusOK && answer.Error != "":
		return "", 0, fmt.Errorf("it answered %d %s: %s", status, clip(answer.Error), clip(answer.Description))
	case status != http.StatusOK:
		return "", 0, fmt.Errorf("it answered %d %s", status, http.StatusText(status))
	case err != nil || answer.Token == "":
		return "", 0, errors.New("its answer has no access_token")
	case answer.Type != "" && !strings.EqualFold(answer.Type, "Bearer"):
		return "", 0, fmt.Errorf("its token is of the type %q, not Bearer", clip(answer.Type))
	case len(answer.Token) > maxToken || strings.ContainsFunc(answer.Token, func(c rune) bool { return c <= ' ' || c > '~' }):
		return "", 0, errors.New("its access_token has characters that a header cannot carry")
	}
	lifetime = usualLifetime
	if seconds, err := answer.Expires.Int64(); err == nil && seconds > 0 {
		lifetime = time.Duration(min(seconds, 24*60*60)) * time.Second
	}
	return answer.Token, lifetime, nil
}

// withoutRedirects is a client that follows no redirect, so that the secret goes
// nowhere else.
func withoutRedirects(client *http.Client) *http.Client {
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}
