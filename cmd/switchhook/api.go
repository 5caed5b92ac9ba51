package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/resource"
)

// The api-versions that commands ask for.
const (
	eventGridVersion  = "2022-06-15"
	managementVersion = "2023-04-01"
)

// maxAnswer bounds what a server may answer, in bytes.
const maxAnswer = 16 << 20

// api speaks to a server with an access key, as an SDK does.
type api struct {
	resource.Connection
	client *http.Client
}

// newAPI trusts the certificate in caFile beside the system's, for that name
// or, without one, for the name of the connection.
func newAPI(to resource.Connection, caFile, name string) (*api, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	text, err := os.ReadFile(caFile)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	roots.AppendCertsFromPEM(text)
	return &api{to, &http.Client{
		Timeout:   time.Minute,
		Transport: &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: name}, ForceAttemptHTTP2: true},
	}}, nil
}

// serverFlags say which server a command asks.
type serverFlags struct {
	ConnectionString string `placeholder:"TEXT" env:"SWITCHHOOK_CONNECTION_STRING" help:"Connection string of the server (default: the server of the data directory)."`
}

// connect finds the server: the connection string if there is one, else the
// running server of the data directory.
func (a *app) connect(connectionString string) (*api, error) {
	cfg, err := a.config()
	if err != nil {
		return nil, err
	}
	ca := filepath.Join(cfg.Data, datadir.AuthorityFile)
	if connectionString != "" {
		to, err := resource.ParseConnection(connectionString)
		if err != nil {
			return nil, fmt.Errorf("--connection-string: %w", err)
		}
		return newAPI(to, ca, "")
	}
	_, running, err := datadir.Running(cfg.Data)
	if err != nil {
		return nil, err
	}
	if !running {
		return nil, fmt.Errorf("no server is running on the data directory %s: start one with `switchhook serve`, or choose another server with --data or --connection-string", cfg.Data)
	}
	to, err := resource.ReadConnection(cfg.Data)
	if err != nil {
		return nil, err
	}
	return newOwnAPI(cfg, to)
}

// apiError is a refusal in Azure's shape.
type apiError struct {
	Status  int
	Code    string
	Message string
}

// Error tells what the server said.
func (e *apiError) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("the server answered %d %s", e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("%s (%d %s)", e.Message, e.Status, e.Code)
}

// do makes one signed request. path may have a query of its own, then version
// is not added. in is the body, nil for none; the answer is read into out
// unless that is nil.
func (c *api) do(ctx context.Context, method, path, version string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	if !strings.Contains(path, "?") {
		path += "?api-version=" + version
	}
	address := c.Endpoint.Scheme + "://" + c.Endpoint.Host + path
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if err := sign(request, body, c.Key.Base64(), time.Now()); err != nil {
		return err
	}
	answer, err := c.client.Do(request)
	if err != nil {
		return explain(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the server's response: %w", err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return refusal(answer.StatusCode, text)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("decode the server's response: %w", err)
	}
	return nil
}

func refusal(status int, text []byte) error {
	var body struct {
		Error struct{ Code, Message string }
	}
	if json.Unmarshal(text, &body) != nil { // another program may listen there
		body.Error.Message = ""
	}
	return &apiError{status, body.Error.Code, body.Error.Message}
}

// nextPath is the path and query of a page's nextLink; "" on the last page.
// Its host is not followed: the key is for the server that we know.
func nextPath(link string) (string, error) {
	if link == "" {
		return "", nil
	}
	next, err := url.Parse(link)
	if err != nil {
		return "", fmt.Errorf("the server's nextLink: %w", err)
	}
	return next.RequestURI(), nil
}

// explain says what to do about a server that cannot be reached.
func explain(err error) error {
	var unknown x509.UnknownAuthorityError
	var verification *tls.CertificateVerificationError
	if errors.As(err, &unknown) || errors.As(err, &verification) {
		return fmt.Errorf("%w: set --data to the directory of that server, so that its %s is trusted, and --config to its configuration, if it has a certificate of its own", err, datadir.AuthorityFile)
	}
	return fmt.Errorf("the server cannot be reached: %w", err)
}

// sign signs with HMAC-SHA256 as Azure's clients do: method, path and query,
// then date, host and the body's hash.
func sign(r *http.Request, body []byte, accessKey string, now time.Time) error {
	secret, err := base64.StdEncoding.DecodeString(accessKey)
	if err != nil {
		return errors.New("the access key is not base64")
	}
	sum := sha256.Sum256(body)
	hash := base64.StdEncoding.EncodeToString(sum[:])
	date := now.UTC().Format(http.TimeFormat)
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s\n%s\n%s;%s;%s", r.Method, r.URL.RequestURI(), date, r.URL.Host, hash)
	r.Header.Set("x-ms-date", date)
	r.Header.Set("x-ms-content-sha256", hash)
	r.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return nil
}
