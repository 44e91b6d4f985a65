// Command objectstore is an S3 server over a directory, for tests and for trying out how evidence is kept elsewhere. It is a real
// gateway, Versity's, reduced to what is needed: one account, plain files, one address.
//
//	TELAAH_EVIDENCE_S3_ACCESS_KEY=… TELAAH_EVIDENCE_S3_SECRET_KEY=… objectstore -dir DIR -listen 127.0.0.1:9000
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

func main() {
	dir := flag.String("dir", "", "where objects are kept; made if it is not there")
	listen := flag.String("listen", "127.0.0.1:9000", "address to serve")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *dir, *listen); err != nil {
		fmt.Fprintln(os.Stderr, "objectstore:", err)
		os.Exit(1)
	}
}

// Bounds of a server that a few tests share.
const (
	connections = 1000
	parts       = 10000
)

func run(ctx context.Context, dir, listen string) error {
	objects, about := filepath.Join(dir, "objects"), filepath.Join(dir, "about")
	for _, d := range []string{objects, about} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
	}
	side, err := meta.NewSideCar(about) // not every file system has room for attributes
	if err != nil {
		return err
	}
	files, err := posix.New(objects, side, posix.PosixOpts{SideCarDir: about})
	if err != nil {
		return err
	}
	return embedgw.RunVersityGW(ctx, files, &embedgw.Config{
		RootUserAccess: os.Getenv("TELAAH_EVIDENCE_S3_ACCESS_KEY"), RootUserSecret: os.Getenv("TELAAH_EVIDENCE_S3_SECRET_KEY"),
		Ports: []string{listen}, MaxConnections: connections, MaxRequests: connections, MultipartMaxParts: parts, KeepAlive: true, Quiet: true,
	})
}
