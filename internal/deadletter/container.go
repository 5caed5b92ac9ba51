package deadletter

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/storage"
)

// The schemes of dead-letter URLs.
const (
	schemeFolder = "folder"    // folder:///CONTAINER
	schemeBlob   = "azureblob" // azureblob://ACCOUNT/CONTAINER
	schemeS3     = "s3"        // s3://BUCKET
)

// FolderURL is the dead-letter URL of a container in Config.Folder.
func FolderURL(container string) string {
	return (&url.URL{Scheme: schemeFolder, Path: "/" + container}).String()
}

// BlobURL is the dead-letter URL of a container in a storage account.
func BlobURL(account, container string) string {
	return (&url.URL{Scheme: schemeBlob, Host: account, Path: "/" + container}).String()
}

// S3URL is the dead-letter URL of a bucket.
func S3URL(bucket string) string { return (&url.URL{Scheme: schemeS3, Host: bucket}).String() }

// opener makes the container of the host and path of a URL.
type opener func(host, path string) (storage.Container, error)

// openContainers remembers clients by URL; there are as many as subscriptions
// have dead-letter destinations.
type openContainers struct {
	mu    sync.Mutex
	byURL map[string]storage.Container
}

// maxOpenContainers bounds them; beyond it they are made anew each time.
const maxOpenContainers = 1024

// open returns the container of a dead-letter URL.
func (b *Box) open(address string) (storage.Container, error) {
	b.opened.mu.Lock()
	defer b.opened.mu.Unlock()
	if c := b.opened.byURL[address]; c != nil {
		return c, nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("dead-letter destination: %w", errors.Unwrap(err))
	}
	open := b.openers[u.Scheme]
	if open == nil {
		return nil, fmt.Errorf("dead-letter destination: the scheme %q is unknown or not configured", u.Scheme)
	}
	c, err := open(u.Host, strings.TrimPrefix(u.Path, "/"))
	if err != nil {
		return nil, fmt.Errorf("dead-letter destination: %w", err)
	}
	if b.opened.byURL == nil {
		b.opened.byURL = map[string]storage.Container{}
	}
	if len(b.opened.byURL) < maxOpenContainers {
		b.opened.byURL[address] = c
	}
	return c, nil
}

func (b *Box) openFolder(_, container string) (storage.Container, error) {
	return storage.NewFolder(b.cfg.Folder, container)
}

func (b *Box) openBlobs(account, container string) (storage.Container, error) {
	known, found := b.cfg.Accounts(account)
	if !found {
		return nil, fmt.Errorf("storage account %q is not configured", account)
	}
	return storage.NewBlobs(known, container, b.cfg.Client)
}

func (b *Box) openBucket(name, _ string) (storage.Container, error) {
	return storage.NewBucket(*b.cfg.S3, name, b.cfg.Client)
}

// Check refuses a dead-letter URL that names no configured place. It asks no
// server: the container may be made later.
func (b *Box) Check(address string) error {
	_, err := b.open(address)
	return err
}

// maxErrorText bounds what records keep of a container's error, in bytes.
const maxErrorText = 256

// outcomeOf turns the error of a write into an outcome.
func outcomeOf(err error) delivery.Outcome {
	var answer *storage.Error
	switch {
	case err == nil:
		return delivery.Outcome{Status: http.StatusCreated}
	case errors.As(err, &answer):
		text := answer.Error()
		return delivery.Outcome{Status: answer.Status, Answer: []byte(text[:min(len(text), maxErrorText)])}
	}
	return delivery.Outcome{Err: err}
}
