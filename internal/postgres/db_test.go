package postgres

import (
	"errors"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestOnlyADatabaseThatDoesNotAnswerCountsAsUnavailable(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want appraisal.Code
	}{
		{"a connection that is refused", &net.OpError{Op: "dial", Err: errors.New("refused")}, appraisal.CodeUnavailable},
		{"a connection that breaks", io.ErrUnexpectedEOF, appraisal.CodeUnavailable},
		{"a database that shuts down", &pgconn.PgError{Code: "57P01"}, appraisal.CodeUnavailable},
		{"a row that is missing", pgx.ErrNoRows, appraisal.CodeNotFound},
		{"a key that is taken", &pgconn.PgError{Code: "23505"}, appraisal.CodeConflict},
		{"a fault of ours", errors.New("cannot scan NULL into *string"), appraisal.CodeUnexpected},
		{"a statement that is wrong", &pgconn.PgError{Code: "42804"}, appraisal.CodeUnexpected},
	} {
		if got := appraisal.CodeOf(Mapped(c.err)); got != c.want {
			t.Errorf("%s is %s, want %s", c.name, got, c.want)
		}
	}
}
