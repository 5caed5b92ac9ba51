package deadletter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

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
	client *minio.Client
	name   string
}

func (b *Box) openS3(name, _ string) (store, error) {
	if name == "" {
		return nil, errors.New("the bucket's name is missing")
	}
	client, err := minio.New(b.cfg.S3.Endpoint, &minio.Options{
		Creds:      credentials.NewStaticV4(b.cfg.S3.AccessKey, b.cfg.S3.SecretKey, ""),
		Secure:     !b.cfg.S3.Plain,
		Region:     b.cfg.S3.Region,
		Transport:  b.cfg.Client.Transport,
		MaxRetries: 1, // the engine retries, and remembers to
	})
	if err != nil {
		return nil, err
	}
	return bucket{client, name}, nil
}

func (s bucket) write(ctx context.Context, path string, data []byte) error {
	_, err := s.client.PutObject(ctx, s.name, path, bytes.NewReader(data), int64(len(data)),
		minio.PutObjectOptions{ContentType: "application/json; charset=utf-8"})
	return s3Failure(err)
}

func (s bucket) read(ctx context.Context, path string) ([]byte, error) {
	object, err := s.client.GetObject(ctx, s.name, path, minio.GetObjectOptions{})
	if err != nil {
		return nil, s3Failure(err)
	}
	defer object.Close()
	data, err := io.ReadAll(io.LimitReader(object, maxFile))
	return data, s3Failure(err)
}

func (s bucket) list(ctx context.Context, prefix string, limit int) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx) // ends the listing that is not read to its end
	defer cancel()
	var found []string
	for object := range s.client.ListObjects(ctx, s.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true, MaxKeys: min(limit, 1000)}) {
		if object.Err != nil {
			return nil, s3Failure(object.Err)
		}
		if found = append(found, object.Key); len(found) >= limit {
			break
		}
	}
	return found, nil
}

func (s bucket) remove(ctx context.Context, path string) error {
	return s3Failure(s.client.RemoveObject(ctx, s.name, path, minio.RemoveObjectOptions{}))
}

func s3Failure(err error) error {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) && answer.StatusCode != 0 {
		return failure{answer.StatusCode, fmt.Errorf("the S3 server answers %d %s", answer.StatusCode, answer.Code)}
	}
	return err
}
