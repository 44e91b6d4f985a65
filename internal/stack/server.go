package stack

import (
	"context"
	"fmt"
)

// Server is one part of the stack that runs by itself, without a supervisor, for tests and tools.
type Server struct {
	part     *part
	process  *process
	postgres *postgres
}

// StartPostgres prepares and starts a PostgreSQL server of our own and returns when it takes connections. It ends with
// this process at the latest.
func StartPostgres(ctx context.Context, o PostgresOptions) (*Server, error) {
	prepared, err := preparePostgres(ctx, o)
	if err != nil {
		return nil, err
	}
	s, err := startServer(ctx, prepared.part())
	if err != nil {
		return nil, err
	}
	s.postgres = prepared
	return s, nil
}

// URL is the address of a database of a server from StartPostgres. The role in it may create databases.
func (s *Server) URL(database string) string { return s.postgres.url(roleName, database) }

// TemporalURL is the address of Temporal's database on a server from StartPostgres, by its own role.
func (s *Server) TemporalURL() string { return s.postgres.temporalURL() }

// Bin is the directory of the PostgreSQL binaries that a server from StartPostgres runs.
func (s *Server) Bin() string { return s.postgres.binaries.dir }

// PID is the process's number.
func (s *Server) PID() int { return s.process.pid }

// Stop ends the server in order and reports one that had to be killed.
func (s *Server) Stop() error {
	if !s.part.end(s.process) {
		return fmt.Errorf("%s did not stop and was killed; what it said is in %s", s.part.title, s.part.log)
	}
	return nil
}

func startServer(ctx context.Context, p *part) (*Server, error) {
	proc, said, err := p.launch(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.awaitReady(ctx, proc, said); err != nil {
		p.end(proc)
		return nil, err
	}
	return &Server{part: p, process: proc}, nil
}
