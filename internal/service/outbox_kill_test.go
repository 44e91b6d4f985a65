package service

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/mail"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/smtptest"
)

// drainVariable tells the test binary that it is the process to be killed: "database address|SMTP address|hours ahead".
const drainVariable = "TELAAH_TEST_DRAIN"

// TestADrainToBeKilled is what the killed process runs; in any other it has nothing to do.
func TestADrainToBeKilled(t *testing.T) {
	database, rest, killed := strings.Cut(os.Getenv(drainVariable), "|")
	if !killed {
		return
	}
	smtp, ahead, _ := strings.Cut(rest, "|")
	host, port, err := net.SplitHostPort(smtp)
	must(t, err)
	number, err := strconv.Atoi(port)
	must(t, err)
	hours, err := strconv.Atoi(ahead)
	must(t, err)
	pool, err := postgres.Open(t.Context(), database, 8)
	must(t, err)
	sender, err := mail.NewSender(mail.Options{Host: host, Port: number, TLS: mail.TLSNone, From: "telaah@pemda.test"})
	must(t, err)
	outbox := NewOutbox(OutboxOptions{
		DB: pool, Sender: sender, BaseURL: "https://telaah.test", Zone: time.UTC,
		Now: func() time.Time { return time.Now().Add(time.Duration(hours) * time.Hour) },
	})
	_, err = outbox.Drain(context.Background(), func(int) {})
	must(t, err)
}

func TestKilledDrainsLoseNothingAndRepeatOnlyWhatWasInFlight(t *testing.T) {
	t.Parallel()
	p := setup(t).withPost(t, nil)
	const notices, kills = 500, 4
	p.manyNotices(t, notices)
	p.server.On(smtptest.Everyone, smtptest.SlowMessage(3*time.Millisecond), smtptest.Always)
	for life := range kills + 1 {
		// Every life is an hour later than the one before, so that the claims of the dead have run out.
		child := exec.Command(os.Args[0], "-test.run=^TestADrainToBeKilled$")
		child.Env = append(os.Environ(), drainVariable+"="+strings.Join([]string{p.pool.Config().ConnString(), p.server.Addr(), strconv.Itoa(life)}, "|"))
		must(t, child.Start())
		if life < kills {
			p.server.Wait(t, notices/(kills+1)*(life+1))
		} else {
			p.until(t, "all delivered", func() bool { return p.states(t)["sent"] == notices })
		}
		must(t, child.Process.Kill())
		_ = child.Wait() // killed
	}
	p.wantDoublesOnlyOfWhatWasInFlight(t, notices, kills)
}
