package api_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// effort lists what a request asks the record: how long an answer takes follows from that, and from little else.
type effort struct{ statements []string }

type effortKey struct{}

// lookUps is how many questions more the record may be asked about what is hidden than about what is not there.
const lookUps = 3

// meter writes statements into the effort of their request, if it has one.
type meter struct{}

func (meter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	if e, ok := ctx.Value(effortKey{}).(*effort); ok {
		e.statements = append(e.statements, strings.Join(strings.Fields(q.SQL), " "))
	}
	return ctx
}

func (meter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// metered returns a pool on the database of another that tells the effort of requests.
func metered(t *testing.T, pool *pgxpool.Pool) *pgxpool.Pool {
	t.Helper()
	config := pool.Config()
	config.ConnConfig.Tracer = meter{}
	p, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// measure asks a question and returns what it took.
func (c *court) measure(who string, r tabled, path string) (*httptest.ResponseRecorder, []string) {
	request, e := c.request(who, r, path), &effort{}
	w := httptest.NewRecorder()
	c.engine.ServeHTTP(w, request.WithContext(context.WithValue(request.Context(), effortKey{}, e)))
	return w, e.statements
}

func TestAskingForALinkTakesTheSameWhetherTheAddressIsKnownOrNot(t *testing.T) {
	c := openCourt(t)
	ask := tabled{method: "POST", path: "/masuk"}
	took := func(email string) []string {
		request := c.request("", ask, "/masuk")
		request.PostForm = map[string][]string{"email": {email}}
		e := &effort{}
		w := httptest.NewRecorder()
		c.engine.ServeHTTP(w, request.WithContext(context.WithValue(request.Context(), effortKey{}, e)))
		if w.Code != 200 {
			t.Fatalf("%s: %d %s", email, w.Code, w.Body)
		}
		return e.statements
	}
	known, unknown := took("wati@desa.test"), took("nobody@desa.test")
	if len(known) == 0 || !slices.Equal(known, unknown) {
		t.Errorf("for a known address the record is asked\n%s\nfor an unknown one\n%s", strings.Join(known, "\n"), strings.Join(unknown, "\n"))
	}
}
