package storage

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"
)

// Resume implements Resumable. Azure keeps blocks that were not committed for a
// week, and lists them only for those who may read: which there are is what the
// caller has noted.
func (s blobs) Resume(ctx context.Context, name string, content *io.SectionReader, as Properties, from Progress, note func(Progress) error) error {
	if err := errors.Join(checkName(name), as.check()); err != nil {
		return err
	}
	client := s.client.ServiceClient().NewContainerClient(s.container).NewBlockBlobClient(name)
	err := partsOf(contextReaderAt{ctx, content}, content.Size(), blockSize, from.Parts, func(part int, body *io.SectionReader) error {
		if _, err := client.StageBlock(ctx, blockID(part), streaming.NopCloser(body), nil); err != nil {
			return blobError(ctx, err)
		}
		from.Parts = part + 1
		return note(from)
	})
	if err != nil {
		return err
	}
	ids := make([]string, from.Parts)
	for part := range ids {
		ids[part] = blockID(part)
	}
	contentType := as.contentType()
	_, err = client.CommitBlockList(ctx, ids, &blockblob.CommitBlockListOptions{
		HTTPHeaders: &blob.HTTPHeaders{BlobContentType: &contentType}, Metadata: pointers(as.Metadata),
	})
	err = blobError(ctx, err)
	var answer *Error
	if errors.As(err, &answer) && answer.Status == http.StatusBadRequest { // InvalidBlockList
		return fmt.Errorf("%w: %w", ErrPartsLost, err)
	}
	return err
}

// Abandon implements Resumable. Azure forgets blocks that were not committed by itself.
func (s blobs) Abandon(context.Context, string, Progress) error { return nil }

// blockID is the id of a block: of one length for all, as Azure demands.
func blockID(part int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "switchhook-%09d", part))
}

// pointers is metadata as the client takes it.
func pointers(metadata map[string]string) map[string]*string {
	list := make(map[string]*string, len(metadata))
	for name, value := range metadata {
		list[name] = &value
	}
	return list
}
