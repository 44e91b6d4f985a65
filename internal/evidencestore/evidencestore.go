// Package evidencestore keeps the contents of evidence files in a bucket of an S3-compatible store. It sees keys and bytes only.
package evidencestore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/marelan/telaah/internal/appraisal"
)

// Options say where the store is.
type Options struct {
	Endpoint  string // host or host:port
	Bucket    string
	Region    string
	AccessKey string
	SecretKey string
	Prefix    string // before every key, without a slash at its end; empty for none
	TLS       bool
}

// Store is a bucket. It is safe for concurrent use.
type Store struct {
	client *minio.Client
	bucket string
	prefix string
}

// attempts is how often a request is sent while somebody waits for it.
const attempts = 3

// contentType keeps whoever comes upon an object from running or showing it.
const contentType = "application/octet-stream"

// New returns a store; it does not ask whether it answers.
func New(o Options) (*Store, error) {
	client, err := minio.New(o.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""), Secure: o.TLS, Region: o.Region, MaxRetries: attempts,
	})
	if err != nil {
		return nil, fmt.Errorf("evidence store %s: %w", o.Endpoint, err)
	}
	prefix := o.Prefix
	if prefix != "" {
		prefix += "/"
	}
	return &Store{client: client, bucket: o.Bucket, prefix: prefix}, nil
}

// Put lays a content down, readable with our keys only: an object has no access of its own unless it is given some.
func (s *Store) Put(ctx context.Context, key string, content []byte) error {
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+key, bytes.NewReader(content), int64(len(content)), minio.PutObjectOptions{
		ContentType: contentType, ContentDisposition: "attachment", DisableMultipart: true, SendContentMd5: true,
	})
	return s.named("put", key, err)
}

// Get returns a content, and CodeNotFound where there is none.
func (s *Store) Get(ctx context.Context, key string) ([]byte, error) {
	object, err := s.client.GetObject(ctx, s.bucket, s.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, s.named("get", key, err)
	}
	defer object.Close()
	content, err := io.ReadAll(object)
	return content, s.named("get", key, err)
}

// Remove forgets a content; that there is none is no error.
func (s *Store) Remove(ctx context.Context, key string) error {
	err := s.named("remove", key, s.client.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{}))
	if err != nil && appraisal.CodeOf(err) == appraisal.CodeNotFound {
		return nil
	}
	return err
}

// Keys calls each for everything below the prefix.
func (s *Store) Keys(ctx context.Context, each func(key string, at time.Time) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop() // ends the listing that each has broken off
	for object := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix, Recursive: true}) {
		if object.Err != nil {
			return s.named("list", "", object.Err)
		}
		if err := each(strings.TrimPrefix(object.Key, s.prefix), object.LastModified); err != nil {
			return err
		}
	}
	return nil
}

// Check reports why evidence must not be kept in the bucket: it does not answer, it keeps what was removed, or everybody may read it.
func (s *Store) Check(ctx context.Context) error {
	there, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return fmt.Errorf("ask for the bucket %s: %w", s.bucket, err)
	}
	if !there {
		return fmt.Errorf("the bucket %s does not exist: create it, private and without versions", s.bucket)
	}
	versions, err := s.client.GetBucketVersioning(ctx, s.bucket)
	if err == nil && versions.Enabled() {
		return fmt.Errorf("the bucket %s keeps old versions, so that nothing in it is ever destroyed: use one without", s.bucket)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.client.EndpointURL().JoinPath(s.bucket).String(), nil)
	if err != nil {
		return err
	}
	stranger, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask for the bucket %s as a stranger: %w", s.bucket, err)
	}
	_ = stranger.Body.Close()
	if stranger.StatusCode < http.StatusBadRequest {
		return fmt.Errorf("the bucket %s is answered to everybody (%s): make it private", s.bucket, stranger.Status)
	}
	return nil
}

// named says what was being done, and tells nothing from a failure.
func (s *Store) named(act, key string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s %s%s in the bucket %s: %w", act, s.prefix, key, s.bucket, err)
	if answer := (minio.ErrorResponse{}); errors.As(err, &answer) && answer.Code == minio.NoSuchKey {
		return &appraisal.Error{Code: appraisal.CodeNotFound, Key: "error.not_found", Err: err}
	}
	return err
}
