package service

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/postgres"
)

// inSource finds what acts are called in the code that writes the trail.
var inSource = []*regexp.Regexp{
	regexp.MustCompile(`\baudit\w*\(ctx, [\w.]+, [\w.&{}()]+, "([a-z_]+)"`),
	regexp.MustCompile(`Action: "([a-z_]+)"[,}]`),
	regexp.MustCompile(`deed\{name: "([a-z_]+)"[,}]`),
	regexp.MustCompile(`action[A-Z]\w+ +=\s+"([a-z_]+)"`),
	regexp.MustCompile(`PlanChange(?:Agreed|Declined|Withdrawn): +"([a-z_]+)"`),
	regexp.MustCompile(`s\.inSitting\(ctx, actor, "([a-z_]+)"`),
}

// unwritten are acts that leave no line of their own name: those that are anonymous, one that is written by what it came to, and
// having read what one was told.
var unwritten = []string{"answer_peer", "answer_pulse", "answer_plan_change", "read_feedback"}

func TestEveryActOfTheTrailHasASentenceInBothLanguages(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	must(t, err)
	acts := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		must(t, err)
		for _, pattern := range inSource {
			for _, found := range pattern.FindAllStringSubmatch(string(source), -1) {
				acts[found[1]] = true
			}
		}
	}
	for _, name := range []string{"launch", "pause", "resume", "cancel", "close"} {
		acts[name+"_cycle"] = true
	}
	for key := range locale.Keys(locale.Indonesian) { // which has one for each kind of step
		if act, ok := strings.CutPrefix(key, "timeline.expire_"); ok {
			acts["expire_"+act] = true
		}
	}
	if len(acts) < 50 {
		t.Fatalf("only %d acts found: the patterns no longer fit the code", len(acts))
	}
	for act := range acts {
		if slices.Contains(unwritten, act) {
			continue
		}
		for _, lang := range locale.Langs {
			if locale.Keys(lang)["trail.act."+act] == "" {
				t.Errorf("trail.act.%s has no sentence in %s", act, lang)
			}
		}
	}
}

func TestAReadingOfAnothersAppraisalIsToldOnceAndOnesOwnNever(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.of(t, "ani")
	kabid := b.as("kabid")
	kabid.Network = "10.1.2.3"
	lines := func(action string) int {
		return query[int](t, b, `select count(*)::int from audit_event where action = $1`, action)
	}
	read := func(who appraisal.Actor) {
		t.Helper()
		_, err := b.Appraisal(t.Context(), who, id)
		must(t, err)
	}
	read(b.as("ani"))
	if n := lines("read_appraisal"); n != 0 {
		t.Fatalf("reading one's own left %d lines", n)
	}
	read(kabid)
	b.clock.advance(14 * time.Minute)
	read(kabid)
	if n := lines("read_appraisal"); n != 1 {
		t.Errorf("two readings within a quarter of an hour left %d lines", n)
	}
	b.clock.advance(2 * time.Minute)
	read(kabid)
	read(b.as("hana"))
	if n := lines("read_appraisal"); n != 3 {
		t.Errorf("there are %d lines", n)
	}
	_, err := b.Appraisal(t.Context(), b.as("budi"), id)
	wantCode(t, err, appraisal.CodeNotFound)
	if n := lines("read_appraisal"); n != 3 {
		t.Error("a refused reading left a line")
	}
	_, err = b.History(t.Context(), b.as("hana"), b.as("ani").ID)
	must(t, err)
	page, err := b.MyTrail(t.Context(), b.as("ani"), "", 3)
	must(t, err)
	if len(page.Items) != 3 || page.Next == "" || page.Items[0].Action != "read_history" || page.Items[0].Capacity != AsOfficer {
		t.Fatalf("Ani reads %+v", page)
	}
	rest, err := b.MyTrail(t.Context(), b.as("ani"), page.Next, 50)
	must(t, err)
	last := rest.Items[len(rest.Items)-1]
	if last.Action != "read_appraisal" || last.Actor != kabid.Name || last.Capacity != AsAppraiser || last.Appraisal == nil {
		t.Errorf("the first reading reads %+v", last)
	}
	if got := query[string](t, b, `select distinct network from audit_event where actor_id = $1`, kabid.ID); got != "10.1.2.3" {
		t.Errorf("it came from %q", got)
	}
}

func TestTheTrailIsSealedAndRootedOnceADay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	root, err := b.SealTrail(t.Context())
	must(t, err)
	if root == nil || root.Number != 1 {
		t.Fatalf("the first root is %v", root)
	}
	if n := query[int](t, b, `select count(*)::int from audit_unsealed`); n != 0 {
		t.Errorf("%d events wait", n)
	}
	if again, err := b.SealTrail(t.Context()); err != nil || again != nil {
		t.Errorf("on the same day there is another: %v, %v", again, err)
	}
	b.clock.advance(24 * time.Hour)
	root, err = b.SealTrail(t.Context())
	must(t, err)
	if root == nil || root.Number != 2 {
		t.Fatalf("on the next day the root is %v", root)
	}
	kept, err := appraisal.ParseAuditRoots("worker: " + root.String() + "\n")
	must(t, err)
	report, err := postgres.VerifyAudit(t.Context(), b.pool, kept, func(f appraisal.AuditFinding) { t.Errorf("found %+v", f) })
	must(t, err)
	if report.Roots != 2 || report.Events == 0 {
		t.Errorf("verified %+v", report)
	}
}

func TestOnlyAnAuditorSearchesTheTrailAndReadsNoContent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.Withdraw(t.Context(), b.as("hana"), Call{}, b.of(t, "budi"), CycleCommand{Reason: "pindah tugas"})
	must(t, err)
	for _, who := range []string{"ani", "hana", "komite", "operator", "pimpinan"} {
		_, err := b.SearchTrail(t.Context(), b.as(who), TrailFilter{})
		wantCode(t, err, appraisal.CodeForbidden)
	}
	auditor := appraisal.Actor{ID: b.as("dodi").ID, Name: "Auditor", Roles: []appraisal.Role{appraisal.RoleAuditor}}
	for name, c := range map[string]struct {
		filter TrailFilter
		want   []string
	}{
		"whom": {TrailFilter{Person: "santoso"}, []string{"withdraw"}},
		"both": {TrailFilter{Person: "SANTOSO", Actor: "hana", Action: "withdraw"}, []string{"withdraw"}},
		"else": {TrailFilter{Person: "santoso", Actor: "ani"}, nil},
		"who":  {TrailFilter{Actor: "hana", Action: "withdraw"}, []string{"withdraw"}},
		"when": {TrailFilter{Action: "withdraw", From: "2026-01-12", Until: "2026-01-12"}, []string{"withdraw"}},
		"then": {TrailFilter{Action: "withdraw", Until: "2026-01-11"}, nil},
		"like": {TrailFilter{Person: "%"}, nil},
	} {
		page, err := b.SearchTrail(t.Context(), auditor, c.filter)
		must(t, err)
		var acts []string
		for _, e := range page.Items {
			acts = append(acts, e.Action)
		}
		if !slices.Equal(acts, c.want) {
			t.Errorf("%s: found %v", name, acts)
		}
	}
	_, err = b.SearchTrail(t.Context(), auditor, TrailFilter{From: "kemarin"})
	wantCode(t, err, appraisal.CodeInvalid)
	content := query[string](t, b, `select content::text from audit_content c join audit_event e on e.id = c.event_id where e.action = 'withdraw'`)
	if !strings.Contains(content, `"before": "pending"`) || !strings.Contains(content, "pindah tugas") {
		t.Errorf("the content is %s", content)
	}
}

func TestASearchOfTheTrailLeavesNobodyOutWhoIsNamedLikeMany(t *testing.T) {
	t.Parallel()
	b := setup(t)
	auditor := appraisal.Actor{ID: b.as("dodi").ID, Name: "Auditor", Roles: []appraisal.Role{appraisal.RoleAuditor}}
	add := func(n int) {
		t.Helper()
		b.exec(t, `insert into person (kind, name, full_name, email)
			select 'account', 'Dewi', 'Dewi Sari', gen_random_uuid() || '@pemda.test' from generate_series(1, $1)`, n)
	}
	b.signIn(t, "citra")
	add(mostNamed - 1) // and Citra Dewi
	for _, f := range []TrailFilter{{Person: "dewi"}, {Actor: "dewi"}} {
		page, err := b.SearchTrail(t.Context(), auditor, f)
		must(t, err)
		if len(page.Items) == 0 || page.Items[0].Actor != "Citra Dewi" {
			t.Errorf("%+v finds %+v", f, page.Items)
		}
	}
	add(1)
	for field, f := range map[string]TrailFilter{"person": {Person: "dewi"}, "actor": {Actor: "dewi"}} {
		_, err := b.SearchTrail(t.Context(), auditor, f)
		wantCode(t, err, appraisal.CodeInvalid)
		wantRefusal(t, field, err, "audit.error.named")
		if e := asError(err); e.Fields[0].Field != field {
			t.Errorf("the fault is of %q", e.Fields[0].Field)
		}
	}
	page, err := b.SearchTrail(t.Context(), auditor, TrailFilter{Person: "citra dewi"})
	must(t, err)
	if len(page.Items) == 0 {
		t.Error("with more of the name nothing is found")
	}
}

func TestPagesOfASearchOfTheTrailHoldEachLineOnceTheLatestFirst(t *testing.T) {
	t.Parallel()
	b := setup(t)
	auditor := appraisal.Actor{ID: b.as("dodi").ID, Name: "Auditor", Roles: []appraisal.Role{appraisal.RoleAuditor}}
	for range 3 {
		for _, who := range []string{"kabid", "hana"} {
			b.clock.advance(2 * readAgain)
			_, err := b.Appraisal(t.Context(), b.as(who), b.of(t, "ani"))
			must(t, err)
		}
		b.signIn(t, "ani")
	}
	for name, f := range map[string]TrailFilter{"whom": {Person: "ani lestari"}, "who": {Actor: "a"}, "all": {}} {
		f.Action, f.Limit = "read_appraisal", 2
		var ids []int64
		for {
			page, err := b.SearchTrail(t.Context(), auditor, f)
			must(t, err)
			for _, e := range page.Items {
				ids = append(ids, e.ID)
			}
			if f.After = page.Next; f.After == "" {
				break
			}
		}
		if len(ids) != 6 || !slices.IsSortedFunc(ids, func(a, b int64) int { return int(b - a) }) || len(slices.Compact(ids)) != 6 {
			t.Errorf("%s: the lines are %v", name, ids)
		}
	}
}
