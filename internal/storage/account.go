package storage

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
)

// Account is an Azure Storage account, or a server that speaks its protocol:
// the addresses of its services, and the credentials.
type Account struct {
	Name          string
	Key           []byte `json:"-"` // shared key; nil: SAS is used
	SAS           string `json:"-"` // shared access signature, without the question mark
	Token         Token  // of a managed identity, instead of both
	BlobEndpoint  string // without a slash at the end
	QueueEndpoint string
}

// LogValue hides the key.
func (a Account) LogValue() slog.Value { return slog.StringValue(a.Name) }

// String hides the key.
func (a Account) String() string { return a.Name }

// The account of the storage emulator; its key is public knowledge
// (https://learn.microsoft.com/azure/storage/common/storage-connect-azurite).
const emulator = "AccountName=devstoreaccount1;" +
	"AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;" +
	"BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;QueueEndpoint=http://127.0.0.1:10001/devstoreaccount1"

// ParseAccount reads a connection string as Azure's portal shows it
// ("Configure Azure Storage connection strings"). Its errors repeat no secret.
func ParseAccount(connectionString string) (Account, error) {
	values, err := connectionValues(connectionString)
	if err != nil {
		return Account{}, err
	}
	if strings.EqualFold(values["usedevelopmentstorage"], "true") {
		values, _ = connectionValues(emulator)
	}
	a := Account{Name: values["accountname"], SAS: strings.TrimPrefix(values["sharedaccesssignature"], "?"), Token: Token{File: values["tokenfile"], Endpoint: values["tokenendpoint"]}}
	if a.Key, err = base64.StdEncoding.DecodeString(values["accountkey"]); err != nil {
		return Account{}, errors.New("storage connection string: AccountKey is not base64")
	}
	if a.BlobEndpoint, err = endpointOf(values, a.Name, "blob"); err != nil {
		return Account{}, err
	}
	if a.QueueEndpoint, err = endpointOf(values, a.Name, "queue"); err != nil {
		return Account{}, err
	}
	switch {
	case a.Name == "":
		return Account{}, errors.New("storage connection string: AccountName is missing")
	case len(a.Key) == 0 && a.SAS == "" && a.Token == Token{}:
		return Account{}, errors.New("storage connection string: AccountKey, SharedAccessSignature, TokenFile or TokenEndpoint is missing")
	}
	return a, a.checkToken()
}

func connectionValues(text string) (map[string]string, error) {
	values := map[string]string{}
	for i, part := range strings.Split(text, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, value, found := strings.Cut(part, "=")
		if !found {
			return nil, fmt.Errorf("storage connection string: part %d is not name=value", i+1)
		}
		values[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
	return values, nil
}

// endpointOf returns the endpoint of a service, the given or the public one.
func endpointOf(values map[string]string, account, service string) (string, error) {
	name := service + "endpoint"
	endpoint := values[name]
	if endpoint == "" {
		scheme, suffix := values["defaultendpointsprotocol"], values["endpointsuffix"]
		if scheme == "" {
			scheme = "https"
		}
		if suffix == "" {
			suffix = "core.windows.net"
		}
		endpoint = scheme + "://" + account + "." + service + "." + suffix
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("storage connection string: %s is not an address", name)
	}
	return strings.TrimSuffix(endpoint, "/"), nil
}

// EncodedKey is the key in base64, as Azure writes it.
func (a Account) EncodedKey() string { return base64.StdEncoding.EncodeToString(a.Key) }
