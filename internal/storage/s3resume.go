package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/minio/minio-go/v7"
)

// Resume implements Resumable, by a multipart upload.
func (s bucket) Resume(ctx context.Context, name string, content io.ReaderAt, size int64, as Properties, from Progress, note func(Progress) error) error {
	if err := errors.Join(checkName(name), as.check()); err != nil {
		return err
	}
	options := minio.PutObjectOptions{ContentType: as.contentType(), UserMetadata: as.Metadata}
	if from.Upload == "" {
		upload, err := s.client.NewMultipartUpload(ctx, s.name, name, options)
		if err != nil {
			return s3Error(ctx, err)
		}
		from = Progress{Upload: upload}
		if err := note(from); err != nil {
			return err
		}
	}
	err := partsOf(contextReaderAt{ctx, content}, size, partSize, from.Parts, func(part int, body *io.SectionReader) error {
		put, err := s.client.PutObjectPart(ctx, s.name, name, from.Upload, part+1, body, body.Size(), minio.PutObjectPartOptions{})
		if err != nil {
			return s3Lost(s3Error(ctx, err))
		}
		from.Parts, from.Tags = part+1, append(from.Tags, put.ETag)
		return note(from)
	})
	if err != nil {
		return err
	}
	parts := make([]minio.CompletePart, len(from.Tags))
	for i, tag := range from.Tags {
		parts[i] = minio.CompletePart{PartNumber: i + 1, ETag: tag}
	}
	_, err = s.client.CompleteMultipartUpload(ctx, s.name, name, from.Upload, parts, options)
	return s3Lost(s3Error(ctx, err))
}

// s3Lost tells an upload that the server does not know any more, or whose parts it
// does not, from other failures.
func s3Lost(err error) error {
	var answer *Error
	if errors.As(err, &answer) && (answer.Status == http.StatusNotFound || answer.Status == http.StatusBadRequest) {
		return fmt.Errorf("%w: %w", ErrPartsLost, err)
	}
	return err
}
