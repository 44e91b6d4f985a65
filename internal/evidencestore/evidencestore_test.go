package evidencestore_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/evidencestore"
	"github.com/marelan/telaah/internal/s3test"
)

func open(t *testing.T, server *s3test.Server, change func(*evidencestore.Options)) *evidencestore.Store {
	t.Helper()
	o := evidencestore.Options{
		Endpoint: server.Endpoint, Bucket: s3test.Bucket, Region: "us-east-1", AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Prefix: "kantor/bukti",
	}
	if change != nil {
		change(&o)
	}
	s, err := evidencestore.New(o)
	must(t, err)
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const key = "0b6b3a52-57a3-4c31-8c0a-93a7c1f1f0a1/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func TestAContentIsKeptPrivatelyAsBytesThatNothingRunsAndForgottenForGood(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	s := open(t, server, nil)
	must(t, s.Check(t.Context()))
	content := bytes.Repeat([]byte("isi\x00"), 3<<20)
	must(t, s.Put(t.Context(), key, content))
	must(t, s.Put(t.Context(), key, content))
	got, err := s.Get(t.Context(), key)
	must(t, err)
	if !bytes.Equal(got, content) {
		t.Errorf("%d bytes come back of %d", len(got), len(content))
	}

	info, err := server.Client(t).StatObject(t.Context(), s3test.Bucket, "kantor/bukti/"+key, minio.StatObjectOptions{})
	must(t, err)
	if info.ContentType != "application/octet-stream" || info.Metadata.Get("Content-Disposition") != "attachment" {
		t.Errorf("it is kept as %s, %v", info.ContentType, info.Metadata)
	}
	answer, err := http.Get("http://" + server.Endpoint + "/" + s3test.Bucket + "/kantor/bukti/" + key)
	must(t, err)
	read, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden || bytes.Contains(read, []byte("isi")) {
		t.Errorf("a stranger is answered %s", answer.Status)
	}

	var listed []string
	must(t, s.Keys(t.Context(), func(key string, at time.Time) error {
		if time.Since(at).Abs() > time.Hour {
			t.Errorf("it was laid down at %s", at)
		}
		listed = append(listed, key)
		return nil
	}))
	if len(listed) != 1 || listed[0] != key {
		t.Errorf("it lists %v", listed)
	}

	must(t, s.Remove(t.Context(), key))
	must(t, s.Remove(t.Context(), key))
	if _, err := s.Get(t.Context(), key); appraisal.CodeOf(err) != appraisal.CodeNotFound {
		t.Errorf("once removed it is %v", err)
	}
	if left := server.Keys(t); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

func TestAStoreThatIsDownOrRefusesUsSaysSoSoonAndTellsNoSecret(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	down, refused := open(t, server, nil), open(t, server, func(o *evidencestore.Options) { o.SecretKey = "salah-salah-salah" })
	if err := refused.Put(t.Context(), key, []byte("a")); err == nil || strings.Contains(err.Error(), "salah-salah") {
		t.Errorf("a wrong secret: %v", err)
	}
	missing := open(t, server, func(o *evidencestore.Options) { o.Bucket = "lain" })
	if err := missing.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("a missing bucket: %v", err)
	}
	server.Stop(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for name, err := range map[string]error{
		"put": down.Put(ctx, key, []byte("a")), "remove": down.Remove(ctx, key), "check": down.Check(ctx),
		"list": down.Keys(ctx, func(string, time.Time) error { return nil }),
	} {
		if err == nil || ctx.Err() != nil || strings.Contains(err.Error(), s3test.SecretKey) {
			t.Errorf("%s: %v, and the time was %v", name, err, ctx.Err())
		}
	}
	if _, err := down.Get(ctx, key); err == nil || appraisal.CodeOf(err) == appraisal.CodeNotFound {
		t.Errorf("get: %v", err)
	}
}

func TestABucketThatIsOpenToEverybodyIsNamed(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	s := open(t, server, nil)
	open := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::` + s3test.Bucket + `"]}]}`
	must(t, server.Client(t).SetBucketPolicy(t.Context(), s3test.Bucket, open))
	if err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "make it private") {
		t.Errorf("an open bucket: %v", err)
	}
}

func TestABucketThatKeepsOldVersionsIsNamed(t *testing.T) {
	t.Parallel()
	server := s3test.Start(t)
	behind := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: server.Endpoint})
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("versioning") { // the server of the tests keeps none, so this one answer is another's
			_, _ = io.WriteString(w, `<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>`)
			return
		}
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	s := open(t, server, func(o *evidencestore.Options) { o.Endpoint = front.Listener.Addr().String() })
	if err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "keeps old versions") {
		t.Errorf("a bucket that keeps old versions: %v", err)
	}
}
