package appraisal_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func FuzzParseSatisfactionRules(f *testing.F) {
	f.Add([]byte(`{"weights":{"U1":"0.11"},"grades":[{"from":"25","grade":"D"}]}`))
	f.Add([]byte(`{"weights":null,"grades":[{"from":"1e9"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := appraisal.ParseSatisfactionRules(raw); err != nil && faultsOf(t, err) == "" {
			t.Fatal("refused without a fault")
		}
	})
}

// A cycle template as somebody sends it either is refused with a fault or can be used.
func FuzzTemplate(f *testing.F) {
	f.Add([]byte(`{"stages":[{"stage":"targets","window":{"days":10}}]}`))
	f.Add([]byte(`{"name":"x","stages":[{"stage":"self_review","window":{"days":-1}},{"stage":"self_review"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var template appraisal.Template
		if appraisal.DecodeJSON(raw, &template) != nil {
			return
		}
		_ = template.Validate()
	})
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"1", "-0.5", "1e9", "1e999999999", "0x1", "1/3", "00", "1_0", "+1", ".5", "1.", "٣", "NaN"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := appraisal.Decimal(s).Rat()
		if err != nil {
			return
		}
		if len(r.Num().String()) > 2000 || len(r.Denom().String()) > 2000 {
			t.Fatalf("%q became a number of %d digits", s, len(r.Num().String()))
		}
		if strings.ContainsAny(s, "/x_ ") {
			t.Fatalf("%q was taken for a decimal", s)
		}
	})
}

func FuzzParseDocumentCode(f *testing.F) {
	f.Add("ABCDE-FGHJK-MNPQR-STVWX")
	f.Add("0O1IL-abcde-\u00a0-\u202e")
	f.Fuzz(func(t *testing.T, typed string) {
		code, ok := appraisal.ParseDocumentCode(typed)
		if !ok {
			return
		}
		if again, ok := appraisal.ParseDocumentCode(string(code)); !ok || again != code || strings.ContainsFunc(string(code), func(r rune) bool { return r > 'Z' }) {
			t.Fatalf("%q was read as %q and then %q", typed, code, again)
		}
	})
}

func FuzzLinkFault(f *testing.F) {
	for _, s := range []string{"https://a.test/x", "https://a@b.test", "javascript:alert(1)", "https:///x", "https://[::1]:80/", "https://a.test\u202e/x", "HTTPS://A"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, link string) {
		if appraisal.LinkFault(link) != "" {
			return
		}
		u, err := url.Parse(link)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || appraisal.LinkHost(link) == "" || strings.ContainsAny(link, "\r\n\t \u202e\u200b") {
			t.Fatalf("%q was taken for a link to %q", link, appraisal.LinkHost(link))
		}
	})
}

// A file with roots that were kept elsewhere is read as it was printed, or refused with the line.
func FuzzParseAuditRoots(f *testing.F) {
	f.Add("telaah-audit-root 1 2026-01-02T03:04:05.000000006Z 7 " + strings.Repeat("ab", 32))
	f.Add(`{"msg":"audit root","root":"telaah-audit-root 1 2026-01-02T03:04:05Z 7 ab"}`)
	f.Add("telaah-audit-root 99999999999999999999 x -1 zz")
	f.Fuzz(func(t *testing.T, text string) {
		roots, err := appraisal.ParseAuditRoots(text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		for _, r := range roots {
			again, err := appraisal.ParseAuditRoots(r.String())
			if err != nil || len(again) != 1 || again[0].Number != r.Number || !again[0].At.Equal(r.At) || string(again[0].Digest) != string(r.Digest) {
				t.Fatalf("%s was read back as %v, %v", r, again, err)
			}
		}
	})
}

// A retention schedule of an office either is refused with its faults or says of every kind how long it is kept.
func FuzzParseRetentionSchedule(f *testing.F) {
	f.Add([]byte(`{"version":1,"source":"x","rules":[{"kind":"drafts","keep":"6m"},{"kind":"audit","keep":"0y"}]}`))
	f.Add([]byte(`{"version":-1,"rules":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := appraisal.ParseRetentionSchedule(raw)
		if err != nil {
			if faultsOf(t, err) == "" {
				t.Fatal("refused without a fault")
			}
			return
		}
		for _, k := range appraisal.RecordKinds {
			if _, _, ok := s.Of(k).Keep.Parts(); !ok {
				t.Fatalf("%s is kept for %q", k, s.Of(k).Keep)
			}
		}
	})
}
