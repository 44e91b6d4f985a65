package api

import (
	"net/http"
	"time"
)

// Server returns a server whose every wait has an end, so that a slow or silent client cannot hold a connection for ever.
// Reading and writing are given the time that an import of 32 MiB takes over an office's line.
func Server(address string, handler http.Handler) *http.Server {
	return &http.Server{
		Addr:              address,
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      120 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
	}
}
