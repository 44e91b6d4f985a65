// Package s3test runs a real S3 server for tests: bin/telaah-objectstore, on a free port, with its objects in a temporary directory.
package s3test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// What the server knows: one account and one bucket.
const (
	AccessKey = "telaah-test"
	SecretKey = "rahasia-penyimpanan-uji"
	Bucket    = "bukti"
)

// Server is a running server.
type Server struct {
	Endpoint string // host:port
	dir, bin string
	said     bytes.Buffer
	process  *exec.Cmd
}

// Start runs a server with an empty bucket until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatalf("find the module: %v", err)
	}
	s := &Server{dir: t.TempDir(), bin: filepath.Join(filepath.Dir(strings.TrimSpace(string(out))), "bin", "telaah-objectstore")}
	if _, err := os.Stat(s.bin); err != nil {
		t.Fatal("bin/telaah-objectstore is missing: run `make bin/telaah-objectstore`")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Endpoint = free.Addr().String()
	_ = free.Close()
	s.Resume(t)
	t.Cleanup(func() { s.Stop(t) })
	if err := s.Client(t).MakeBucket(t.Context(), Bucket, minio.MakeBucketOptions{}); err != nil {
		t.Fatalf("make the bucket: %v; the server said %s", err, s.said.String())
	}
	return s
}

// Client is a client of the server's one account.
func (s *Server) Client(t testing.TB) *minio.Client {
	t.Helper()
	client, err := minio.New(s.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(AccessKey, SecretKey, ""), MaxRetries: 1, Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// patience is how long a server may take to start on a busy machine.
const patience = 30 * time.Second

// Resume starts a server that was stopped, with what it had.
func (s *Server) Resume(t testing.TB) {
	t.Helper()
	s.process = exec.Command(s.bin, "-dir", s.dir, "-listen", s.Endpoint)
	s.process.Env = append(os.Environ(), "TELAAH_EVIDENCE_S3_ACCESS_KEY="+AccessKey, "TELAAH_EVIDENCE_S3_SECRET_KEY="+SecretKey)
	s.process.Stdout, s.process.Stderr = &s.said, &s.said
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		if conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Endpoint); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the S3 server does not answer on %s", s.Endpoint)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop ends the server; what it has is kept for Resume.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if s.process == nil {
		return
	}
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
	s.process = nil
}

// Keys lists what the bucket has.
func (s *Server) Keys(t testing.TB) []string {
	t.Helper()
	var keys []string
	for object := range s.Client(t).ListObjects(context.WithoutCancel(t.Context()), Bucket, minio.ListObjectsOptions{Recursive: true}) {
		if object.Err != nil {
			t.Fatal(fmt.Errorf("list: %w", object.Err))
		}
		keys = append(keys, object.Key)
	}
	return keys
}
