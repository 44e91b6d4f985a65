package api_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/api"
	"github.com/marelan/telaah/internal/appraisal"
)

// Somebody who sends headers or a body drop by drop is let go of when their time is over, and nothing of it is half done.
func TestWhoSendsDropByDropIsLetGoOfAndNothingIsHalfDone(t *testing.T) {
	t.Parallel()
	b := besiege(t)
	server := api.Server("", b.engine)
	if server.ReadHeaderTimeout <= 0 || server.ReadHeaderTimeout > 10*time.Second || server.ReadTimeout <= 0 || server.ReadTimeout > time.Minute ||
		server.WriteTimeout <= 0 || server.IdleTimeout <= 0 || server.MaxHeaderBytes <= 0 {
		t.Fatalf("some wait has no end: %+v", server)
	}
	server.ReadHeaderTimeout, server.ReadTimeout = 300*time.Millisecond, 600*time.Millisecond // the same, sooner
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	b.must(err)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	b.enter("Wati", appraisal.StageTargets)
	step := b.task("Wati", appraisal.StepDraftPlan, "Wati")
	acts := b.value(`select count(*)::text from act`)
	for name, first := range map[string]string{
		"headers": "POST /api/v1/tasks/" + step + "/plan HTTP/1.1\r\nHost: telaah.test\r\nAuthorization: Bearer Wati\r\nX-Slow: ",
		"a body": "POST /api/v1/tasks/" + step + "/plan HTTP/1.1\r\nHost: telaah.test\r\nAuthorization: Bearer Wati\r\nIdempotency-Key: pelan\r\n" +
			"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"key_results\":[",
		"chunks": "POST /api/v1/tasks/" + step + "/plan HTTP/1.1\r\nHost: telaah.test\r\nAuthorization: Bearer Wati\r\nIdempotency-Key: pelan\r\n" +
			"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"key_results\":[\r\n",
	} {
		conn, err := net.Dial("tcp", listener.Addr().String())
		b.must(err)
		_, err = fmt.Fprint(conn, first)
		b.must(err)
		b.must(conn.SetReadDeadline(time.Now().Add(20 * time.Second)))
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		switch {
		case err != nil && strings.Contains(err.Error(), "timeout"):
			t.Errorf("whoever sends %s drop by drop holds the line", name)
		case err == nil && answer.StatusCode < 400, err == nil && answer.StatusCode >= 500:
			t.Errorf("whoever sends %s drop by drop is answered %s", name, answer.Status)
		}
		_ = conn.Close()
	}
	if n := b.value(`select count(*)::text from act`); n != acts {
		t.Errorf("%s acts are recorded, of %s before", n, acts)
	}
	if strings.Contains(b.log.String(), `"level":"ERROR"`) {
		t.Errorf("the log tells of faults of ours: %s", b.log.String())
	}
}
