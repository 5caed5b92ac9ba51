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
func (s bucket) Resume(ctx context.Context, name string, content *io.SectionReader, as Properties, from Progress, note func(Progress) error) error {
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
			return errors.Join(err, s.Abandon(ctx, name, from))
		}
	}
	err := partsOf(contextReaderAt{ctx, content}, content.Size(), partSize, from.Parts, func(part int, body *io.SectionReader) error {
		put, err := s.client.PutObjectPart(ctx, s.name, name, from.Upload, part+1, body, body.Size(), minio.PutObjectPartOptions{})
		if err != nil {
			return s.lost(ctx, name, from, s3Error(ctx, err))
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
	return s.lost(ctx, name, from, s3Error(ctx, err))
}

// lost tells an upload that the server does not know any more, or whose parts it does
// not, from other failures. Nobody goes on with such an upload.
func (s bucket) lost(ctx context.Context, name string, from Progress, err error) error {
	var answer *Error
	if errors.As(err, &answer) && (answer.Status == http.StatusNotFound || answer.Status == http.StatusBadRequest) {
		if failed := s.Abandon(ctx, name, from); failed != nil {
			return errors.Join(err, failed) // another attempt comes here again
		}
		return fmt.Errorf("%w: %w", ErrPartsLost, err)
	}
	return err
}

// Abandon implements Resumable: S3 keeps, and charges for, the parts of an upload that
// is neither completed nor aborted.
func (s bucket) Abandon(ctx context.Context, name string, from Progress) error {
	if from.Upload == "" {
		return nil
	}
	err := s3Error(ctx, s.client.AbortMultipartUpload(ctx, s.name, name, from.Upload))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
