package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
)

// blockSize is the memory that an upload takes, beside what the client needs; a
// blob of 50,000 blocks has 400 GB.
const blockSize = 8 << 20

// blobs is a container of Azure Blob Storage.
type blobs struct {
	client    *azblob.Client
	container string
}

// NewBlobs returns a container of a storage account, which must exist when it is
// used. A nil client takes one like NewClient's.
func NewBlobs(account Account, container string, client *http.Client) (Container, error) {
	if err := checkContainer(container); err != nil {
		return nil, err
	}
	service, err := blobService(account, client)
	if err != nil {
		return nil, fmt.Errorf("storage account %q: %w", account.Name, err)
	}
	return blobs{service, container}, nil
}

func blobService(account Account, client *http.Client) (*azblob.Client, error) {
	if client == nil {
		client = NewClient(nil)
	}
	options := &azblob.ClientOptions{ClientOptions: azcore.ClientOptions{
		Retry:     policy.RetryOptions{MaxRetries: -1}, // whoever calls retries, and knows for how long
		Telemetry: policy.TelemetryOptions{Disabled: true},
		Transport: client,
	}}
	if account.Token != (Token{}) {
		return azblob.NewClient(account.BlobEndpoint, account.Token, options)
	}
	if len(account.Key) == 0 {
		return azblob.NewClientWithNoCredential(account.BlobEndpoint+"?"+account.SAS, options)
	}
	credential, err := azblob.NewSharedKeyCredential(account.Name, account.EncodedKey())
	if err != nil {
		return nil, err
	}
	return azblob.NewClientWithSharedKeyCredential(account.BlobEndpoint, credential, options)
}

// Put implements Container. Blocks are committed together when all are there.
func (s blobs) Put(ctx context.Context, name string, content io.Reader, as Properties) error {
	if err := errors.Join(checkName(name), as.check()); err != nil {
		return err
	}
	contentType := as.contentType()
	_, err := s.client.UploadStream(ctx, s.container, name, contextReader{ctx, content}, &azblob.UploadStreamOptions{
		BlockSize: blockSize, Concurrency: 1,
		HTTPHeaders: &blob.HTTPHeaders{BlobContentType: &contentType}, Metadata: pointers(as.Metadata),
	})
	return blobError(ctx, err)
}

// Get implements Container.
func (s blobs) Get(ctx context.Context, name string, offset, length int64) (*File, error) {
	if err := checkRange(name, offset); err != nil {
		return nil, err
	}
	part := blob.HTTPRange{Offset: offset, Count: max(length, 0)} // a count of 0 is the rest
	got, err := s.client.DownloadStream(ctx, s.container, name, &azblob.DownloadStreamOptions{Range: part})
	if err != nil {
		return nil, blobError(ctx, err)
	}
	info := Info{Name: name, Size: offset + valueOf(got.ContentLength), Modified: valueOf(got.LastModified)}
	if total, ok := totalOf(valueOf(got.ContentRange)); ok {
		info.Size = total
	}
	info.ContentType = valueOf(got.ContentType)
	info.Metadata = lowered(got.Metadata, valueOf[string])
	return partOf(info, got.Body, offset, length)
}

// List implements Container.
func (s blobs) List(ctx context.Context, prefix, from string, limit int) (Page, error) {
	size := int32(min(limit, 5000))
	options := &azblob.ListBlobsFlatOptions{Prefix: &prefix, MaxResults: &size}
	if from != "" {
		options.Marker = &from
	}
	answer, err := s.client.NewListBlobsFlatPager(s.container, options).NextPage(ctx)
	if err != nil {
		return Page{}, blobError(ctx, err)
	}
	page := Page{Next: valueOf(answer.NextMarker)}
	for _, item := range answer.Segment.BlobItems {
		if item.Name != nil && item.Properties != nil {
			page.Files = append(page.Files, Info{Name: *item.Name, Size: valueOf(item.Properties.ContentLength), Modified: valueOf(item.Properties.LastModified)})
		}
	}
	return page, nil
}

// Remove implements Container.
func (s blobs) Remove(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	_, err := s.client.DeleteBlob(ctx, s.container, name, nil)
	return blobError(ctx, err)
}

// blobError keeps the status and the code of the service's answer. Its text
// repeats the request, and with it perhaps a signature.
func blobError(ctx context.Context, err error) error {
	var answer *azcore.ResponseError
	switch {
	case errors.As(err, &answer):
		return &Error{answer.StatusCode, fmt.Errorf("the blob service answers %d %s", answer.StatusCode, answer.ErrorCode)}
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return withoutURL(err)
}

func valueOf[T any](p *T) (value T) {
	if p != nil {
		value = *p
	}
	return value
}
