package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Token is where the bearer tokens of a storage account come from: of a managed
// identity of Azure, or of whatever keeps a file current. The zero Token is none.
type Token struct {
	File     string // has the token; it is read again once a minute
	Endpoint string // gives tokens, as Azure's instance metadata service does; ManagedIdentity is that
}

// ManagedIdentity is the endpoint of the instance metadata service of Azure's
// machines ("How to use managed identities on an Azure VM to acquire an access
// token").
const ManagedIdentity = "http://169.254.169.254/metadata/identity/oauth2/token"

const (
	storageResource = "https://storage.azure.com/"
	tokenTimeout    = 10 * time.Second
	maxToken        = 64 << 10 // bytes
	fileLife        = time.Minute
)

// checkToken completes the token of an account, and refuses one that cannot be.
func (a *Account) checkToken() error {
	if strings.EqualFold(a.Token.Endpoint, "managed") {
		a.Token.Endpoint = ManagedIdentity
	}
	u, err := url.Parse(a.Token.Endpoint)
	switch {
	case a.Token == Token{}:
		return nil
	case a.Token.File != "" && a.Token.Endpoint != "", len(a.Key) > 0, a.SAS != "":
		return errors.New("storage connection string: only one of AccountKey, SharedAccessSignature, TokenFile and TokenEndpoint can be given")
	case a.Token.Endpoint != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == ""):
		return errors.New("storage connection string: TokenEndpoint is neither an address nor managed")
	case !strings.HasPrefix(a.BlobEndpoint, "https://"):
		return errors.New("storage connection string: the blob endpoint must have the scheme https, or the token would be sent in the clear")
	}
	return nil
}

// GetToken implements azcore.TokenCredential. The client keeps a token until shortly
// before its end.
func (t Token) GetToken(ctx context.Context, _ policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if t.File != "" {
		text, err := os.ReadFile(t.File)
		return azcore.AccessToken{Token: string(bytes.TrimSpace(text)), ExpiresOn: time.Now().Add(fileLife)}, err
	}
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	return t.fetch(ctx)
}

// fetch asks the endpoint.
func (t Token) fetch(ctx context.Context) (token azcore.AccessToken, err error) {
	u, err := url.Parse(t.Endpoint)
	if err != nil {
		return token, err
	}
	query := u.Query()
	query.Set("api-version", "2018-02-01")
	query.Set("resource", storageResource)
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return token, err
	}
	req.Header.Set("Metadata", "true")
	answer, err := tokenClient.Do(req)
	if err != nil {
		return token, fmt.Errorf("token of the storage account: %w", withoutURL(err))
	}
	defer answer.Body.Close()
	var got struct {
		Token   string      `json:"access_token"`
		Expires json.Number `json:"expires_on"` // seconds since 1970, as text or as a number
	}
	if answer.StatusCode != http.StatusOK {
		return token, fmt.Errorf("token of the storage account: the endpoint answers %d", answer.StatusCode)
	}
	err = json.NewDecoder(io.LimitReader(answer.Body, maxToken)).Decode(&got)
	seconds, wrong := strconv.ParseInt(got.Expires.String(), 10, 64)
	if err != nil || wrong != nil || got.Token == "" {
		return token, errors.New("token of the storage account: the endpoint answers with no token")
	}
	return azcore.AccessToken{Token: got.Token, ExpiresOn: time.Unix(seconds, 0)}, nil
}

// tokenClient asks an endpoint of the machine: no proxy is between them.
var tokenClient = &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
