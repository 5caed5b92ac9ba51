package export

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/storage"
)

// StorageType is where files are, in the word of Event Grid's storageType.
type StorageType string

// The types. The first is the service's.
const (
	AzureBlob StorageType = "AzureBlob"
	S3        StorageType = "S3"
	Folder    StorageType = "Folder"
)

// PlacesConfig is what Places need. What is absent is not configured, and not
// exported to.
type PlacesConfig struct {
	Folder   string                                    // the directory of folder:///NAME
	Accounts func(name string) (storage.Account, bool) // storage accounts, by name
	S3       *storage.S3                               // the server of s3://BUCKET
	Allow    func(netip.Addr) error                    // refuses addresses that applications name; nil: none
}

// Places are where files can go, by the URLs that applications give: a container's
// https://ACCOUNT.blob.core.windows.net/CONTAINER, with a shared access signature
// as its query or with the key of a configured account; s3://BUCKET and
// folder:///NAME, of the configured server and directory.
type Places struct {
	cfg      PlacesConfig
	own, far *http.Client // to what the operator configured, and to what applications name
}

// NewPlaces returns places.
func NewPlaces(cfg PlacesConfig) *Places {
	if cfg.Accounts == nil {
		cfg.Accounts = func(string) (storage.Account, bool) { return storage.Account{}, false }
	}
	return &Places{cfg, storage.NewClient(nil), storage.NewClient(cfg.Allow)}
}

// Check refuses a URL that names no place, or one that there are no credentials for.
// It asks no server. Its errors repeat no signature.
func (p *Places) Check(address string) error {
	if _, err := p.open(address); err != nil {
		return fault.Invalid("%v", err)
	}
	return nil
}

// place is an open container.
type place struct {
	storage.Container
	kind StorageType
	base string // URL of the container, without credentials
}

// location is the URL of a file.
func (p place) location(name string) string { return p.base + "/" + name }

const maxAddress = 4096 // bytes

func (p *Places) open(address string) (place, error) {
	if len(address) > maxAddress {
		return place{}, fmt.Errorf("the URL of the container has more than %d bytes", maxAddress)
	}
	u, err := url.Parse(address)
	if err != nil {
		return place{}, errors.New("the URL of the container is not a URL") // the cause would repeat it
	}
	var at place
	switch u.Scheme {
	case "https", "http":
		at, err = p.openBlobs(u)
	case "s3":
		at, err = p.openBucket(u)
	case "folder":
		at, err = p.openFolder(u)
	default:
		err = fmt.Errorf("the URL of the container has the scheme %q; it must be https, s3 or folder", u.Scheme)
	}
	at.base = strings.TrimSuffix(outbound.Shown(u), "/")
	return at, err
}

func (p *Places) openFolder(u *url.URL) (place, error) {
	if p.cfg.Folder == "" {
		return place{}, errors.New("recordings are not exported to folders: recording.export-folder is not configured")
	}
	c, err := storage.NewFolder(p.cfg.Folder, strings.Trim(u.Path, "/"))
	return place{Container: c, kind: Folder}, err
}

func (p *Places) openBucket(u *url.URL) (place, error) {
	if p.cfg.S3 == nil {
		return place{}, errors.New("recordings are not exported to S3: no server is configured (events.s3)")
	}
	c, err := storage.NewBucket(*p.cfg.S3, u.Host, p.own)
	return place{Container: c, kind: S3}, err
}

// openBlobs opens a container of Azure Blob Storage. The account is the first label
// of the host, or the first segment of the path, as emulators have it.
func (p *Places) openBlobs(u *url.URL) (place, error) {
	segments := strings.Split(strings.Trim(u.Path, "/"), "/")
	account := storage.Account{SAS: u.RawQuery, BlobEndpoint: u.Scheme + "://" + u.Host}
	account.Name, _, _ = strings.Cut(u.Hostname(), ".")
	if len(segments) == 2 {
		account.Name = segments[0]
		account.BlobEndpoint += "/" + segments[0]
	}
	container := segments[len(segments)-1]
	if u.User != nil || u.Host == "" || len(segments) > 2 || container == "" {
		return place{}, errors.New("the URL of the container must look like https://ACCOUNT.blob.core.windows.net/CONTAINER?SIGNATURE")
	}
	known, configured := p.cfg.Accounts(account.Name)
	configured = configured && strings.EqualFold(known.BlobEndpoint, account.BlobEndpoint)
	client := p.far
	switch {
	case account.SAS == "" && !configured:
		return place{}, fmt.Errorf("the URL of the container has no shared access signature, and no account %q with the endpoint %s is configured (events.storage-accounts)", account.Name, account.BlobEndpoint)
	case account.SAS == "":
		account, client = known, p.own
	case u.Scheme == "http" && !configured && !isLoopback(u.Hostname()):
		return place{}, errors.New("the URL of the container must have the scheme https: its signature would be sent in the clear")
	}
	c, err := storage.NewBlobs(account, container, client)
	return place{Container: c, kind: AzureBlob}, err
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
