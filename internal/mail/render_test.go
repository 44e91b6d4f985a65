package mail_test

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/mail"
)

var (
	wib   = time.FixedZone("WIB", 7*60*60)
	due   = time.Date(2027, 1, 14, 9, 0, 0, 0, time.UTC) // 16.00 WIB
	later = due.AddDate(0, 0, 7)
)

const tasks = "https://telaah.marelan.go.id/tugas"

func form(n int) string {
	return fmt.Sprintf("https://telaah.marelan.go.id/langkah/%d?dari=surel&n=1", n)
}

func notice(kind mail.Kind, lang locale.Lang, items ...mail.Item) mail.Notice {
	n := mail.Notice{
		Key: "appraisal/1/" + string(kind), Kind: kind, Lang: lang, To: reader, ToName: "Siti Rahma, S.Sos.",
		Cycle: "Penilaian Kinerja 2026", Items: items, Link: tasks, Zone: wib,
	}
	if kind == mail.KindSignIn || kind == mail.KindInvitation {
		n.ValidFor, n.Items = 15*time.Minute, nil
	}
	if kind == mail.KindSignIn {
		n.Code = "7K2M-9QXD"
	}
	return n
}

func item(action mail.Action, subject string, deadline time.Time) mail.Item {
	return mail.Item{Section: mail.KindTask, Subject: subject, Action: action, Deadline: deadline, Link: form(1)}
}

func reviews(count int) []mail.Item {
	items := make([]mail.Item, count)
	for i := range items {
		items[i] = item(mail.ActionAppraiserReview, fmt.Sprintf("Pegawai %d", i+1), due.AddDate(0, 0, i))
		items[i].Link = form(i)
	}
	return items
}

func render(t *testing.T, n mail.Notice) mail.Message {
	t.Helper()
	m, err := mail.Render(n)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// samples returns notices of a kind: about the reader, about somebody else, and one or several steps where the kind has them.
func samples(kind mail.Kind, lang locale.Lang) []mail.Notice {
	switch kind {
	case mail.KindSignIn, mail.KindInvitation:
		return []mail.Notice{notice(kind, lang)}
	case mail.KindDelegated, mail.KindDelegationRevoked:
		told, own := notice(kind, lang), notice(kind, lang)
		told.Leave = &mail.Leave{Delegator: "Edi Saputra", Delegate: "Budi Santoso", From: due, Until: due.AddDate(0, 0, 13)}
		own.Leave = &mail.Leave{Delegator: "Edi Saputra", Delegate: "Budi Santoso", From: due, Until: due.AddDate(0, 0, 13), OfReader: true}
		return []mail.Notice{told, own}
	case mail.KindTask, mail.KindReminder, mail.KindDueToday, mail.KindOverdue, mail.KindEscalation, mail.KindFeedback, mail.KindDigest:
		var all []mail.Notice
		var every []mail.Item
		for _, action := range mail.Actions {
			for _, section := range []mail.Kind{mail.KindOverdue, mail.KindDueToday, mail.KindTask, mail.KindReminder, mail.KindEscalation, mail.KindFeedback} {
				if shown := map[bool]mail.Kind{true: section, false: kind}[kind == mail.KindDigest]; (shown == mail.KindFeedback) != (action == mail.ActionReadFeedback) {
					continue
				}
				for _, subject := range []string{"", "Budi Santoso"} {
					i := item(action, subject, due)
					i.Section, i.WaitingOn, i.Since = section, "Edi Saputra", due
					undated := i
					undated.Deadline, undated.Since, undated.WaitingOn = time.Time{}, time.Time{}, ""
					if i.Section != mail.KindEscalation {
						i.For = "Citra Dewi"
					}
					unstarted := i
					unstarted.Since = time.Time{}
					all = append(all, notice(kind, lang, i), notice(kind, lang, unstarted, undated), notice(kind, lang, undated),
						notice(kind, lang, undated, undated))
					every = append(every, i)
				}
			}
		}
		return append(all, notice(kind, lang, every...))
	default:
		return []mail.Notice{
			notice(kind, lang), notice(kind, lang, mail.Item{}), notice(kind, lang, mail.Item{Subject: "Budi Santoso"}),
			notice(kind, lang, item(mail.ActionDraftPlan, "", due)),
		}
	}
}

var (
	unfilled = regexp.MustCompile(`\{[a-z_]*\}|\bmail\.[a-z]|<no value>|%!|ZgotmplZ`)
	keyUsed  = regexp.MustCompile(`^mail\.failure\.`)
)

func TestEveryKindRendersInEveryLanguageWithoutAGap(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Langs {
		for _, kind := range mail.Kinds {
			for _, n := range samples(kind, lang) {
				m := render(t, n)
				for part, content := range map[string]string{"subject": m.Subject, "text": m.Text, "HTML": m.HTML} {
					if gap := unfilled.FindString(content); gap != "" || strings.TrimSpace(content) == "" {
						t.Fatalf("%s %s: the %s has the gap %q:\n%s", lang, kind, part, gap, content)
					}
				}
				if strings.ContainsAny(m.Subject, "\r\n") {
					t.Fatalf("%s %s: the subject has a line end: %q", lang, kind, m.Subject)
				}
			}
		}
	}
}

func TestTextAndHTMLSayTheSame(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Langs {
		for _, kind := range mail.Kinds {
			for _, n := range samples(kind, lang)[:1] {
				m := render(t, n)
				page := parse(t, m.HTML)
				page.Find("p, li, h2").Each(func(_ int, s *goquery.Selection) {
					sentence := strings.TrimSpace(s.Text())
					if fallback := lang.Text("mail.fallback", nil); strings.HasPrefix(sentence, fallback) {
						sentence = strings.TrimPrefix(sentence, fallback)
					}
					if !strings.Contains(m.Text, sentence) {
						t.Errorf("%s %s: the text lacks %q:\n%s", lang, kind, sentence, m.Text)
					}
				})
			}
		}
	}
}

func TestTheHTMLIsOneColumnWithOneButtonAndNothingFromOutside(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Langs {
		for _, kind := range mail.Kinds {
			n := samples(kind, lang)[0]
			page := parse(t, render(t, n).HTML)
			if got := page.Find("html").AttrOr("lang", ""); got != string(lang) {
				t.Errorf("%s %s: the page's language is %q", lang, kind, got)
			}
			want := n.Link
			if len(n.Items) == 1 && n.Items[0].Link != "" {
				want = n.Items[0].Link
			}
			buttons := page.Find(`a[style*="background-color"]`)
			if buttons.Length() != 1 || buttons.AttrOr("href", "") != want {
				t.Errorf("%s %s: %d buttons, the first to %q, want one to %q", lang, kind, buttons.Length(), buttons.AttrOr("href", ""), want)
			}
			if outside := page.Find("img, script, link, iframe, table, form"); outside.Length() > 0 {
				t.Errorf("%s %s: the page holds %d elements that a mail must do without", lang, kind, outside.Length())
			}
			if page.Find(`meta[name="color-scheme"][content="light dark"]`).Length() != 1 {
				t.Errorf("%s %s: the page does not say that it suits the dark scheme", lang, kind)
			}
			page.Find("[style]").Each(func(_ int, s *goquery.Selection) {
				style := s.AttrOr("style", "")
				if strings.Contains(style, "color:") && !strings.Contains(style, "background-color:") {
					t.Errorf("%s %s: a text colour without its background: %s", lang, kind, style)
				}
			})
		}
	}
}

func TestTheSubjectCountsAndNamesTheEarliestDeadline(t *testing.T) {
	t.Parallel()
	digest := func(section mail.Kind, i mail.Item) mail.Item { i.Section = section; return i }
	held := mail.Item{Section: mail.KindEscalation, Action: mail.ActionAppraiserReview, Subject: "Budi", WaitingOn: "Edi", Since: due}
	cases := []struct {
		kind   mail.Kind
		items  []mail.Item
		id, en string
	}{
		{mail.KindTask, reviews(3), "3 tinjauan menunggu Anda, paling lambat 14 Januari 2027", "3 reviews await you, by 14 January 2027"},
		{mail.KindTask, reviews(1), "1 tinjauan menunggu Anda, paling lambat 14 Januari 2027", "1 review awaits you, by 14 January 2027"},
		{mail.KindTask, []mail.Item{item(mail.ActionSelfReview, "", time.Time{})}, "Penilaian mandiri Anda ditunggu", "Your self-review is awaited"},
		{mail.KindTask, []mail.Item{item(mail.ActionApprovePlan, "Budi", later), item(mail.ActionSelfReview, "", due)}, "2 tugas menunggu Anda, paling lambat 14 Januari 2027", "2 tasks await you, by 14 January 2027"},
		{mail.KindReminder, reviews(2), "Pengingat: 2 tinjauan menunggu Anda, paling lambat 14 Januari 2027", "Reminder: 2 reviews await you, by 14 January 2027"},
		{mail.KindDueToday, reviews(2), "Batas waktu hari ini: 2 tinjauan menunggu Anda", "Due today: 2 reviews await you"},
		{mail.KindOverdue, reviews(2), "Terlambat: 2 tinjauan menunggu Anda, batas 14 Januari 2027 sudah lewat", "Overdue: 2 reviews await you, due since 14 January 2027"},
		{mail.KindEscalation, []mail.Item{held}, "1 langkah tertahan sejak 14 Januari 2027 dan perlu perhatian Anda", "1 step has been held up since 14 January 2027 and needs your attention"},
		{mail.KindEscalation, []mail.Item{held, held}, "2 langkah tertahan, terlama sejak 14 Januari 2027, dan perlu perhatian Anda", "2 steps are held up, the longest since 14 January 2027, and need your attention"},
		{mail.KindDigest, reviews(5), "5 tinjauan menunggu Anda, paling lambat 14 Januari 2027", "5 reviews await you, by 14 January 2027"},
		{mail.KindDigest, []mail.Item{digest(mail.KindOverdue, reviews(1)[0]), digest(mail.KindReminder, item(mail.ActionSelfReview, "", later)), held, held}, "2 tugas menunggu Anda, 1 sudah terlambat; 2 langkah lain tertahan", "2 tasks await you, 1 overdue; 2 held up elsewhere"},
		{mail.KindDigest, []mail.Item{digest(mail.KindOverdue, reviews(1)[0])}, "Terlambat: 1 tinjauan menunggu Anda, batas 14 Januari 2027 sudah lewat", "Overdue: 1 review awaits you, due since 14 January 2027"},
		{mail.KindDigest, []mail.Item{held}, "1 langkah tertahan sejak 14 Januari 2027 dan perlu perhatian Anda", "1 step has been held up since 14 January 2027 and needs your attention"},
		{mail.KindSignIn, nil, "Tautan masuk Telaah, berlaku 15 menit", "Your Telaah sign-in link, valid for 15 minutes"},
		{mail.KindReturned, nil, "SKP Anda dikembalikan untuk diperbaiki", "Your plan was returned for changes"},
		{mail.KindCycleClosed, nil, "Siklus Penilaian Kinerja 2026 sudah ditutup", "The cycle Penilaian Kinerja 2026 has been closed"},
	}
	for _, c := range cases {
		for lang, want := range map[locale.Lang]string{locale.Indonesian: c.id, locale.English: c.en} {
			if got := render(t, notice(c.kind, lang, c.items...)).Subject; got != want {
				t.Errorf("%s %s: the subject is\n  %q, want\n  %q", lang, c.kind, got, want)
			}
		}
	}
}

func TestTheMailAboutAResultSaysThatItCanBeReadAndThatOneMaySayAfterwardsWhetherItWasFair(t *testing.T) {
	t.Parallel()
	result := item(mail.ActionAcknowledgeResult, "", due)
	if text := render(t, notice(mail.KindTask, locale.Indonesian, result)).Text; !strings.Contains(text, "sudah dibuka") || !strings.Contains(text, "adil") {
		t.Errorf("the mail about a result is\n%s", text)
	}
	if text := render(t, notice(mail.KindTask, locale.Indonesian, result, item(mail.ActionSelfReview, "", due))).Text; strings.Contains(text, "sudah dibuka") {
		t.Errorf("the mail about several steps is\n%s", text)
	}
}

func TestAMomentIsWrittenInTheOfficesZone(t *testing.T) {
	t.Parallel()
	n := notice(mail.KindTask, locale.Indonesian, item(mail.ActionAppraiserReview, "Budi Santoso", due))
	if text := render(t, n).Text; !strings.Contains(text, "Nilai kinerja Budi Santoso: paling lambat 14 Januari 2027 16.00 WIB") {
		t.Errorf("the text is:\n%s", text)
	}
	n.Lang, n.Zone = locale.English, time.FixedZone("+08", 8*60*60)
	if text := render(t, n).Text; !strings.Contains(text, "Review the performance of Budi Santoso: by 14 January 2027 17:00 UTC+08:00") {
		t.Errorf("the text is:\n%s", text)
	}
}

func TestADigestShowsItsSectionsInOrderAndTheSoonestFirst(t *testing.T) {
	t.Parallel()
	items := []mail.Item{
		{Section: mail.KindReminder, Action: mail.ActionSelfReview, Deadline: later},
		{Section: mail.KindTask, Action: mail.ActionApprovePlan, Subject: "Zainal", Deadline: later},
		{Section: mail.KindTask, Action: mail.ActionApprovePlan, Subject: "Yusuf", Deadline: due},
		{Section: mail.KindEscalation, Action: mail.ActionApprovePlan, Subject: "Rina", WaitingOn: "Edi Saputra", Since: due},
		{Section: mail.KindOverdue, Action: mail.ActionPeerAnswer, Subject: "Wati", Deadline: due},
	}
	page := parse(t, render(t, notice(mail.KindDigest, locale.Indonesian, items...)).HTML)
	got := page.Find("h2, li").Map(func(_ int, s *goquery.Selection) string { return strings.TrimSpace(s.Text()) })
	want := []string{
		"Sudah lewat batas waktu", "Beri pendapat tentang Wati: batas 14 Januari 2027 16.00 WIB sudah lewat",
		"Baru untuk Anda", "Periksa SKP Yusuf: paling lambat 14 Januari 2027 16.00 WIB", "Periksa SKP Zainal: paling lambat 21 Januari 2027 16.00 WIB",
		"Mendekati batas waktu", "Isi penilaian mandiri Anda: paling lambat 21 Januari 2027 16.00 WIB",
		"Tertahan pada orang lain", "Edi Saputra belum memeriksa SKP Rina; tertahan sejak 14 Januari 2027 16.00 WIB",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the digest reads\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestALongDigestStaysSmallAndCountsTheRest(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Raden Ayu ", 40)
	items := reviews(500)
	for i := range items {
		items[i].Subject = long
	}
	m := render(t, notice(mail.KindDigest, locale.English, items...))
	if len(m.HTML) > 20_000 || len(m.Text) > 20_000 {
		t.Errorf("the HTML has %d bytes, the text %d", len(m.HTML), len(m.Text))
	}
	if !strings.HasPrefix(m.Subject, "500 reviews") || !strings.Contains(m.Text, "and 480 more") {
		t.Errorf("subject %q, text:\n%s", m.Subject, m.Text)
	}
}

func TestAPeerWhoHasNotAnsweredIsNeverNamed(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Langs {
		held := mail.Item{Section: mail.KindEscalation, Action: mail.ActionPeerAnswer, Subject: "Budi", WaitingOn: "Wati Lestari", Since: due}
		m := render(t, notice(mail.KindEscalation, lang, held))
		if strings.Contains(m.Subject+m.Text+m.HTML, "Wati") {
			t.Errorf("%s: the peer is named:\n%s", lang, m.Text)
		}
	}
}

func TestAMailCannotTellARating(t *testing.T) {
	t.Parallel()
	rating := regexp.MustCompile(`(?i)\b(sangat baik|baik|cukup|kurang|butuh perbaikan|istimewa|predikat|nilai akhir|skor|score|rating|above|below|meets|ekspektasi|expectations?)\b`)
	for _, lang := range locale.Langs {
		for key, sentence := range locale.Keys(lang) {
			if word := rating.FindString(sentence); strings.HasPrefix(key, "mail.") && word != "" {
				t.Errorf("%s: %s speaks of %q: %s", lang, key, word, sentence)
			}
		}
	}
	allowed := []string{"Key", "Keys", "Kind", "Lang", "To", "ToName", "Cycle", "Items", "Link", "Code", "ValidFor", "Zone", "Leave"}
	for field := range reflect.TypeFor[mail.Notice]().Fields() {
		if !slices.Contains(allowed, field.Name) {
			t.Errorf("Notice has a new field %s: may it carry a rating or a comment?", field.Name)
		}
	}
	allowed = []string{"Section", "Subject", "Action", "Deadline", "Link", "WaitingOn", "Since", "For"}
	for field := range reflect.TypeFor[mail.Item]().Fields() {
		if !slices.Contains(allowed, field.Name) {
			t.Errorf("Item has a new field %s: may it carry a rating or a comment?", field.Name)
		}
	}
}

func TestEverySentenceOfTheMailsIsUsed(t *testing.T) {
	t.Parallel()
	unused := maps.Clone(locale.Keys(locale.English))
	var seen strings.Builder
	for _, kind := range mail.Kinds {
		for _, n := range samples(kind, locale.English) {
			m := render(t, n)
			seen.WriteString(m.Subject + "\n" + m.Text + "\n")
		}
	}
	for _, validity := range []time.Duration{time.Minute, time.Hour, 3 * time.Hour, 24 * time.Hour, 72 * time.Hour} {
		n := notice(mail.KindInvitation, locale.English)
		n.ValidFor = validity
		seen.WriteString(render(t, n).Text)
	}
	extra := notice(mail.KindTask, locale.English, reviews(21)...)
	seen.WriteString(render(t, extra).Text)
	extra = notice(mail.KindCycleClosed, locale.English)
	extra.ToName, extra.Cycle = "", ""
	seen.WriteString(render(t, extra).Text)
	for _, mixed := range samples(mail.KindDigest, locale.English) {
		other := mixed.Items[0]
		other.Section, other.Action = mail.KindOverdue, mail.ActionSelfReview
		mixed.Items = append(slices.Clone(mixed.Items), other)
		seen.WriteString(render(t, mixed).Subject + "\n")
	}
	for key, sentence := range unused {
		if !strings.HasPrefix(key, "mail.") || keyUsed.MatchString(key) || key == "mail.fallback" {
			continue
		}
		pattern := regexp.MustCompile(`\\\{[a-z_]+\\\}`).ReplaceAllString(regexp.QuoteMeta(sentence), `.+`)
		if !regexp.MustCompile(`(?i)` + pattern).MatchString(seen.String()) {
			t.Errorf("no mail ever says %s: %s", key, sentence)
		}
	}
}

func parse(t *testing.T, html string) *goquery.Document {
	t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	return page
}
