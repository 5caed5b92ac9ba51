package deadletter

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/switchhook/switchhook/internal/delivery"
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

// store is one container.
type store interface {
	write(ctx context.Context, path string, data []byte) error
	read(ctx context.Context, path string) ([]byte, error)
	// list returns paths that begin with prefix, limit at most.
	list(ctx context.Context, prefix string, limit int) ([]string, error)
	remove(ctx context.Context, path string) error
}

// opener makes a store of the host and path of a URL.
type opener func(host, path string) (store, error)

// openStores remembers clients by URL; there are as many as subscriptions have
// dead-letter destinations.
type openStores struct {
	mu    sync.Mutex
	byURL map[string]store
}

// maxOpenStores bounds them; beyond it they are made anew each time.
const maxOpenStores = 1024

// open returns the store of a dead-letter URL.
func (b *Box) open(address string) (store, error) {
	b.opened.mu.Lock()
	defer b.opened.mu.Unlock()
	if s := b.opened.byURL[address]; s != nil {
		return s, nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("dead-letter destination: %w", errors.Unwrap(err))
	}
	open := b.stores[u.Scheme]
	if open == nil {
		return nil, fmt.Errorf("dead-letter destination: there is no store for %s", u.Scheme)
	}
	s, err := open(u.Host, strings.TrimPrefix(u.Path, "/"))
	if err != nil {
		return nil, fmt.Errorf("dead-letter destination: %w", err)
	}
	if b.opened.byURL == nil {
		b.opened.byURL = map[string]store{}
	}
	if len(b.opened.byURL) < maxOpenStores {
		b.opened.byURL[address] = s
	}
	return s, nil
}

// Check refuses a dead-letter URL that nothing here can write to. It asks no
// server: the container may be made later.
func (b *Box) Check(address string) error {
	_, err := b.open(address)
	return err
}

// failure is an error of a store that has a status in HTTP's sense.
type failure struct {
	status int
	cause  error
}

func (f failure) Error() string { return f.cause.Error() }
func (f failure) Unwrap() error { return f.cause }

// maxErrorText bounds what records keep of a store's error.
const maxErrorText = 256

// outcomeOf turns the error of a write into an outcome.
func outcomeOf(err error) delivery.Outcome {
	var f failure
	switch {
	case err == nil:
		return delivery.Outcome{Status: http.StatusCreated}
	case errors.As(err, &f):
		text := f.Error()
		return delivery.Outcome{Status: f.status, Answer: []byte(text[:min(len(text), maxErrorText)])}
	}
	return delivery.Outcome{Err: err}
}
