package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// partSize is the memory that an upload of unknown length takes; a file of
// 10,000 parts has 160 GB.
const partSize = 16 << 20

// S3 is a server that speaks Amazon's S3 protocol.
type S3 struct {
	Endpoint  string // host or host:port
	Region    string // may be empty
	AccessKey string `json:"-"`
	SecretKey string `json:"-"`
	Plain     bool   // http, not https
}

// LogValue hides the keys.
func (s S3) LogValue() slog.Value { return slog.StringValue(s.Endpoint) }

// String hides the keys.
func (s S3) String() string { return s.Endpoint }

// bucket is a container of S3.
type bucket struct {
	client minio.Core
	name   string
}

// NewBucket returns a bucket of a server, which must exist when it is used. A
// nil client takes one like NewClient's.
func NewBucket(server S3, name string, client *http.Client) (Container, error) {
	if name == "" {
		return nil, invalid("the bucket's name is missing")
	}
	if client == nil {
		client = NewClient(nil)
	}
	core, err := minio.NewCore(server.Endpoint, &minio.Options{
		Creds:      credentials.NewStaticV4(server.AccessKey, server.SecretKey, ""),
		Secure:     !server.Plain,
		Region:     server.Region,
		Transport:  client.Transport,
		MaxRetries: 1, // whoever calls retries, and knows for how long
	})
	if err != nil {
		return nil, err
	}
	return bucket{*core, name}, nil
}

// Put implements Container. What is larger than a part is uploaded in parts,
// which become a file when all are there.
func (s bucket) Put(ctx context.Context, name string, content io.Reader, as Properties) error {
	if err := errors.Join(checkName(name), as.check()); err != nil {
		return err
	}
	size := int64(-1)
	switch known := content.(type) { // of these no copy is made
	case interface{ Len() int }:
		size = int64(known.Len())
	case *io.SectionReader:
		size = known.Size()
	}
	_, err := s.client.Client.PutObject(ctx, s.name, name, contextReader{ctx, content}, size, minio.PutObjectOptions{
		ContentType: as.contentType(), UserMetadata: as.Metadata, PartSize: partSize, NumThreads: 1,
	})
	return s3Error(ctx, err)
}

// Get implements Container.
func (s bucket) Get(ctx context.Context, name string, offset, length int64) (*File, error) {
	if err := checkRange(name, offset); err != nil {
		return nil, err
	}
	options := minio.GetObjectOptions{}
	if offset > 0 || length > 0 {
		text := "bytes=" + strconv.FormatInt(offset, 10) + "-"
		if length > 0 {
			text += strconv.FormatInt(offset+length-1, 10)
		}
		options.Set("Range", text)
	}
	body, object, header, err := s.client.GetObject(ctx, s.name, name, options)
	if err != nil {
		return nil, s3Error(ctx, err)
	}
	info := Info{Name: name, Size: offset + object.Size, Modified: object.LastModified}
	if total, ok := totalOf(header.Get("Content-Range")); ok {
		info.Size = total
	}
	info.ContentType = object.ContentType
	info.Metadata = lowered(object.UserMetadata, func(s string) string { return s })
	return partOf(info, body, offset, length)
}

// List implements Container. A page's Next is the last name of that page.
func (s bucket) List(ctx context.Context, prefix, from string, limit int) (Page, error) {
	ctx, cancel := context.WithCancel(ctx) // ends the listing that is not read to its end
	defer cancel()
	var page Page
	for object := range s.client.Client.ListObjects(ctx, s.name, minio.ListObjectsOptions{
		Prefix: prefix, StartAfter: from, Recursive: true, MaxKeys: min(limit+1, 1000),
	}) {
		if object.Err != nil {
			return Page{}, s3Error(ctx, object.Err)
		}
		if len(page.Files) == limit {
			page.Next = page.Files[limit-1].Name
			break
		}
		page.Files = append(page.Files, Info{Name: object.Key, Size: object.Size, Modified: object.LastModified})
	}
	return page, nil
}

// Remove implements Container.
func (s bucket) Remove(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return s3Error(ctx, s.client.RemoveObject(ctx, s.name, name, minio.RemoveObjectOptions{}))
}

// s3Error keeps the status and the code of the server's answer.
func s3Error(ctx context.Context, err error) error {
	var answer minio.ErrorResponse
	switch {
	case errors.As(err, &answer) && answer.StatusCode != 0:
		return &Error{answer.StatusCode, fmt.Errorf("the S3 server answers %d %s", answer.StatusCode, answer.Code)}
	case err != nil && ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return withoutURL(err)
}
