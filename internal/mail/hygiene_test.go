package mail_test

import (
	"fmt"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/mail"
)

// hostile are names that a roster could bring in to add headers, to hide or turn text, or to break the page.
var hostile = []string{
	"Budi\r\nBcc: korban@example.org", "Budi\nSubject: palsu", "Budi\u2028X-Jahat: ya", "Budi\u0085X-Jahat: ya", "Budi\x00\x1b[31m",
	"Budi\u202eosotnaS", "Bu\u200bdi\ufeff", "=?utf-8?q?Bcc:_korban@example.org?=", "<script>alert(1)</script>", `"Budi" <korban@example.org>`,
	"Budi\xff\xfe", "{deadline}", "{cycle}{what}", "{{.Link}}", strings.Repeat("Budi ", 200), "Ни́колай 张伟 👩‍👩‍👧", "Budi, S.Sos.; M.Si. (Plt.)",
}

func TestHostileNamesAddNoHeaderAndNoMarkup(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	reference := headerNames(t, b, notice(mail.KindTask, locale.Indonesian, item(mail.ActionAppraiserReview, "Budi", due)))
	for i, name := range hostile {
		task := item(mail.ActionAppraiserReview, name, due)
		n := notice(mail.KindTask, locale.Indonesian, task)
		n.Key, n.ToName, n.Cycle = fmt.Sprint("task", i), name, name
		returned := notice(mail.KindReturned, locale.Indonesian, mail.Item{Subject: name})
		returned.Key, returned.ToName = fmt.Sprint("returned", i), name
		for _, n := range []mail.Notice{n, returned} {
			if got := headerNames(t, b, n); !slices.Equal(got, reference) {
				t.Errorf("%q: the headers are %v, want %v", name, got, reference)
			}
			got := b.server.Messages()[len(b.server.Messages())-1]
			if to, err := netmail.ParseAddressList(got.Header.Get("To")); err != nil || len(to) != 1 || to[0].Address != reader {
				t.Errorf("%q: To is %q (%v)", name, got.Header.Get("To"), err)
			}
			if strings.ContainsAny(got.Subject, "\r\n\u2028\u202e\u200b\x00\x1b") {
				t.Errorf("%q: the subject is %q", name, got.Subject)
			}
			if strings.Contains(string(got.Raw), "=?utf-8?q?Bcc") || strings.Contains(got.Text, "{") {
				t.Errorf("%q works as an encoded word or a placeholder:\n%s", name, got.Raw)
			}
			page := parse(t, got.HTML)
			if page.Find("script").Length() > 0 || strings.ContainsAny(got.Text, "\u202e\u200b\u2028\x1b\x00") {
				t.Errorf("%q went through:\n%s", name, got.Text)
			}
		}
	}
}

// headerNames delivers a notice and returns the names of the headers that arrived.
func headerNames(t *testing.T, b bundle, n mail.Notice) []string {
	t.Helper()
	before := len(b.server.Messages())
	if failed := b.outcome(t, render(t, n)); failed != nil {
		t.Fatal(failed)
	}
	var names []string
	for name := range b.server.Wait(t, before+1)[before].Header {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestAMailNamesEveryNoticeThatItCarries(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	alone, merged := message("alone", reader), message("0", reader)
	var want []string
	for i := range 1200 {
		merged.Keys = append(merged.Keys, fmt.Sprint(i))
		want = append(want, mail.KeyDigest(fmt.Sprint(i)))
	}
	for _, m := range []mail.Message{alone, merged} {
		if failed := b.outcome(t, m); failed != nil {
			t.Fatal(failed)
		}
	}
	got := b.server.Messages()
	if keys := got[0].Header.Get("X-Telaah-Key"); keys != mail.KeyDigest("alone") {
		t.Errorf("a notice alone is named %q", keys)
	}
	if keys := strings.Fields(got[1].Header.Get("X-Telaah-Key")); !slices.Equal(keys, want) {
		t.Errorf("%d notices are named, the first ones %v", len(keys), keys[:2])
	}
	if head, _, _ := strings.Cut(string(got[1].Raw), "\r\n\r\n"); len(head) > 100_000 {
		t.Errorf("the header has %d bytes; some relays cut it at 102,400", len(head))
	}
}

func TestASubjectOutsideASCIIArrivesAsWritten(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	m := message("1", reader)
	m.Subject = "Keberatan Ni Luh Ayu Kusumawardhani-Šimić, 张伟 – sudah diputuskan: paling lambat 14 Januari 2027 pukul 16.00"
	if failed := b.outcome(t, m); failed != nil {
		t.Fatal(failed)
	}
	got := b.server.Messages()[0]
	if got.Subject != m.Subject {
		t.Errorf("the subject arrived as %q", got.Subject)
	}
	for line := range strings.SplitSeq(string(got.Raw), "\r\n") {
		if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > '~' }) {
			t.Errorf("a line is too long or not ASCII: %q", line)
		}
	}
}

func TestANoticeThatCannotBeWrittenIsRefused(t *testing.T) {
	t.Parallel()
	review := item(mail.ActionAppraiserReview, "Budi", due)
	wrong := map[string]func() mail.Notice{
		"an unknown kind":     func() mail.Notice { return notice("gossip", locale.English) },
		"an unknown language": func() mail.Notice { return notice(mail.KindReturned, "fr") },
		"no key":              func() mail.Notice { n := notice(mail.KindReturned, locale.English); n.Key = ""; return n },
		"no address":          func() mail.Notice { n := notice(mail.KindReturned, locale.English); n.To = ""; return n },
		"an address with a line end": func() mail.Notice {
			n := notice(mail.KindReturned, locale.English)
			n.To += "\r\nBcc: x@y.id"
			return n
		},
		"two addresses":   func() mail.Notice { n := notice(mail.KindReturned, locale.English); n.To += ", x@y.id"; return n },
		"no link":         func() mail.Notice { n := notice(mail.KindReturned, locale.English); n.Link = ""; return n },
		"a relative link": func() mail.Notice { n := notice(mail.KindReturned, locale.English); n.Link = "/tugas"; return n },
		"a script for a link": func() mail.Notice {
			n := notice(mail.KindReturned, locale.English)
			n.Link = "javascript:alert(1)"
			return n
		},
		"a link with a line end":    func() mail.Notice { n := notice(mail.KindReturned, locale.English); n.Link = tasks + "\nx"; return n },
		"an item with a bad link":   func() mail.Notice { i := review; i.Link = "tugas"; return notice(mail.KindTask, locale.English, i) },
		"a task without a step":     func() mail.Notice { return notice(mail.KindTask, locale.English) },
		"a step without an action":  func() mail.Notice { return notice(mail.KindTask, locale.English, mail.Item{Subject: "Budi"}) },
		"an unknown action":         func() mail.Notice { return notice(mail.KindTask, locale.English, item("dance", "Budi", due)) },
		"a digest without sections": func() mail.Notice { i := review; i.Section = ""; return notice(mail.KindDigest, locale.English, i) },
		"two results in one mail":   func() mail.Notice { return notice(mail.KindReturned, locale.English, review, review) },
		"a sign-in with a task": func() mail.Notice {
			n := notice(mail.KindSignIn, locale.English)
			n.Items = []mail.Item{review}
			return n
		},
		"a sign-in without a code":    func() mail.Notice { n := notice(mail.KindSignIn, locale.English); n.Code = ""; return n },
		"another mail with a code":    func() mail.Notice { n := notice(mail.KindInvitation, locale.English); n.Code = "7K2M-9QXD"; return n },
		"a sign-in without an expiry": func() mail.Notice { n := notice(mail.KindSignIn, locale.English); n.ValidFor = time.Second; return n },
	}
	for name, make := range wrong {
		if _, err := mail.Render(make()); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

func TestTheMessageIDIsStableOpaqueAndDifferentForEachKey(t *testing.T) {
	t.Parallel()
	a := mail.MessageID("appraisal/1/task/siti", "marelan.go.id")
	if a != mail.MessageID("appraisal/1/task/siti", "marelan.go.id") {
		t.Error("the same key gave two Message-IDs")
	}
	if a == mail.MessageID("appraisal/1/task/budi", "marelan.go.id") {
		t.Error("two keys gave the same Message-ID")
	}
	if strings.Contains(a, "siti") || !strings.HasSuffix(a, "@marelan.go.id") {
		t.Errorf("the Message-ID is %s", a)
	}
}

func TestEveryFailureHasASentenceWithTheServersWords(t *testing.T) {
	t.Parallel()
	causes := []mail.Cause{
		mail.CauseUnreachable, mail.CauseSettings, mail.CauseDeferred, mail.CauseAddressRefused, mail.CauseMessageRefused,
		mail.CauseUnconfirmed, mail.CauseStopped,
	}
	for _, lang := range locale.Langs {
		for _, cause := range causes {
			failed := &mail.SendError{Cause: cause, Code: 550, Text: "5.1.1 no such\r\nuser"}
			sentence := lang.Text(failed.Key(), failed.Args())
			if gap := unfilled.FindString(sentence); gap != "" || sentence == failed.Key() {
				t.Errorf("%s %s: %q", lang, cause, sentence)
			}
			if cause == mail.CauseAddressRefused && !strings.Contains(sentence, "550 5.1.1 no such user") {
				t.Errorf("%s: the server's words are missing: %q", lang, sentence)
			}
		}
	}
}
