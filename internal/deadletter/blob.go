package deadletter

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

	"github.com/switchhook/switchhook/internal/delivery"
)

// blobs is a container of Azure Blob Storage.
type blobs struct {
	client    *azblob.Client
	container string
}

func (b *Box) openBlob(account, container string) (store, error) {
	if container == "" {
		return nil, errors.New("the container's name is missing")
	}
	known, found := b.cfg.Accounts(account)
	if !found {
		return nil, fmt.Errorf("storage account %q is not configured", account)
	}
	client, err := blobClient(known, b.cfg.Client)
	if err != nil {
		return nil, fmt.Errorf("storage account %q: %w", account, err)
	}
	return blobs{client, container}, nil
}

func blobClient(account delivery.StorageAccount, transport *http.Client) (*azblob.Client, error) {
	options := &azblob.ClientOptions{ClientOptions: azcore.ClientOptions{
		Retry:     policy.RetryOptions{MaxRetries: -1}, // the engine retries, and remembers to
		Telemetry: policy.TelemetryOptions{Disabled: true},
		Transport: transport,
	}}
	if len(account.Key) == 0 {
		return azblob.NewClientWithNoCredential(account.BlobEndpoint+"?"+account.SAS, options)
	}
	credential, err := azblob.NewSharedKeyCredential(account.Name, account.EncodedKey())
	if err != nil {
		return nil, err
	}
	return azblob.NewClientWithSharedKeyCredential(account.BlobEndpoint, credential, options)
}

func (s blobs) write(ctx context.Context, path string, data []byte) error {
	contentType := "application/json; charset=utf-8"
	_, err := s.client.UploadBuffer(ctx, s.container, path, data, &azblob.UploadBufferOptions{
		HTTPHeaders: &blob.HTTPHeaders{BlobContentType: &contentType},
	})
	return blobFailure(err)
}

func (s blobs) read(ctx context.Context, path string) ([]byte, error) {
	got, err := s.client.DownloadStream(ctx, s.container, path, nil)
	if err != nil {
		return nil, blobFailure(err)
	}
	defer got.Body.Close()
	return io.ReadAll(io.LimitReader(got.Body, maxFile))
}

func (s blobs) list(ctx context.Context, prefix string, limit int) ([]string, error) {
	size := int32(min(limit, 5000))
	var found []string
	pages := s.client.NewListBlobsFlatPager(s.container, &azblob.ListBlobsFlatOptions{Prefix: &prefix, MaxResults: &size})
	for pages.More() && len(found) < limit {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, blobFailure(err)
		}
		for _, item := range page.Segment.BlobItems {
			if item.Name != nil && len(found) < limit {
				found = append(found, *item.Name)
			}
		}
	}
	return found, nil
}

func (s blobs) remove(ctx context.Context, path string) error {
	_, err := s.client.DeleteBlob(ctx, s.container, path, nil)
	return blobFailure(err)
}

// blobFailure keeps of the service's answer its status and code; its text
// repeats the request, and with it perhaps a signature.
func blobFailure(err error) error {
	var answer *azcore.ResponseError
	if errors.As(err, &answer) {
		return failure{answer.StatusCode, fmt.Errorf("the blob service answers %d %s", answer.StatusCode, answer.ErrorCode)}
	}
	return err
}
