package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/roster"
)

// written makes a file of lines.
func written(name string, lines ...string) roster.File {
	return roster.File{Name: name, Data: []byte(strings.Join(lines, "\n") + "\n")}
}

// edited returns files with one text of the n-th replaced; it must be there.
func edited(t *testing.T, files []roster.File, n int, old, by string) []roster.File {
	t.Helper()
	if !strings.Contains(string(files[n].Data), old) {
		t.Fatalf("%s does not hold %q", files[n].Name, old)
	}
	changed := slices.Clone(files)
	changed[n].Data = []byte(strings.ReplaceAll(string(files[n].Data), old, by))
	return changed
}

// without returns files without the lines of the n-th that begin with prefix.
func without(files []roster.File, n int, prefix string) []roster.File {
	changed := slices.Clone(files)
	var lines []string
	for line := range strings.Lines(string(files[n].Data)) {
		if !strings.HasPrefix(line, prefix) {
			lines = append(lines, line)
		}
	}
	changed[n].Data = []byte(strings.Join(lines, ""))
	return changed
}

const unitHeader = "UNOR ID;UNOR NAMA;UNOR INDUK ID;NIP KEPALA"
const employeeHeader = "NIP BARU;NAMA;GELAR DEPAN;GELAR BELAKANG;JENIS KELAMIN;TANGGAL LAHIR;STATUS;GOLONGAN;JENIS JABATAN;NAMA JABATAN;UNOR ID;NIP ATASAN;EMAIL;TMT JABATAN"

// Five people of a small agency; Rina heads a unit that is not hers.
const (
	nipTop   = "197001012000011001"
	nipUmar  = "198002022005011002"
	nipRina  = "198503032010012003"
	nipBayu  = "199004042015011004"
	nipCitra = "199105052016012005"
)

func agency() []roster.File {
	return []roster.File{
		written("unit.csv", unitHeader,
			"A;Dinas;;'"+nipTop, "A.1;Bidang Satu;A;'"+nipUmar, "A.2;Bidang Dua;A;'"+nipRina, "A.3;Bidang Kosong;A;"),
		written("pegawai.csv", employeeHeader,
			"'"+nipTop+";Agus Salim;Dr.;M.Si.;L;01-01-1970;PNS;IV/c;JPT Pratama;Kepala Dinas;A;;agus@dinas.go.id;01-02-2020",
			"'"+nipUmar+";Umar Simanjuntak;Ir.;A.Md.;L;02-02-1980;PNS;IV/a;Administrator;Kepala Bidang Satu;A.1;'"+nipTop+";umar@dinas.go.id;01-02-2020",
			"'"+nipRina+";Rina Wati;;;P;03-03-1985;PNS;IV/a;Administrator;Kepala Bidang Dua;A.1;'"+nipTop+";rina@dinas.go.id;",
			"'"+nipBayu+";Bayu Aji;;S.E.;L;04-04-1990;PNS;III/b;Pelaksana;Analis;A.1;'"+nipUmar+";bayu@dinas.go.id;01-02-2020",
			"'"+nipCitra+";Citra Dewi;;;P;05-05-1991;PNS;III/b;Pelaksana;Analis;A.2;'"+nipRina+";citra@dinas.go.id;01-02-2020"),
	}
}

func TestImportWritesWhatTheFilesSay(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, append(agency(), written("pejabat.csv", "KODE;JABATAN;NAMA;EMAIL;UNOR ID", "KDH;Bupati;Hasan Basri;bupati@pemda.go.id;A")))
	for sql, want := range map[string]string{
		`select full_name from person where email = 'umar@dinas.go.id'`:                                                                                                                 "Ir. Umar Simanjuntak, A.Md.",
		`select full_name from person where email = 'rina@dinas.go.id'`:                                                                                                                 "Rina Wati",
		`select full_name from person where email = 'bayu@dinas.go.id'`:                                                                                                                 "Bayu Aji, S.E.",
		`select string_agg(u.code || '=' || coalesce(p.name, '-'), ', ' order by u.code) from unit u left join person p on p.id = u.head_id`:                                            "A=Agus Salim, A.1=Umar Simanjuntak, A.2=Rina Wati, A.3=-",
		`select string_agg(u.code || '<' || coalesce(o.code, ''), ', ' order by u.code) from unit u left join unit o on o.id = u.parent_id`:                                             "A<, A.1<A, A.2<A, A.3<A",
		`select string_agg(p.name || '<' || coalesce(s.name, ''), ', ' order by p.name) from employee e join person p on p.id = e.person_id left join person s on s.id = e.superior_id`: "Agus Salim<, Bayu Aji<Umar Simanjuntak, Citra Dewi<Rina Wati, Rina Wati<Agus Salim, Umar Simanjuntak<Agus Salim",
		`select coalesce(position_since::text, 'blank') from employee where nip = '` + nipRina + `'`:                                                                                    "blank",
		`select concat_ws(' ', sex, birth_date, employment, grade, position_kind, position_name, position_since) from employee where nip = '` + nipBayu + `'`:                           "male 1990-04-04 pns III/b pelaksana Analis 2020-02-01",
		`select p.kind || ' ' || o.post || ' ' || p.full_name || ' ' || u.code from official o join person p on p.id = o.person_id join unit u on u.id = o.unit_id`:                     "official Bupati Hasan Basri A",
	} {
		if got := query[string](t, b, sql); got != want {
			t.Errorf("%s\n got %s\nwant %s", sql, got, want)
		}
	}
}

func TestImportOfAChangedFileUpdatesAndNamesWhatChanged(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	_, err := b.pool.Exec(t.Context(), `update person set mail_bouncing = true`)
	must(t, err)
	files := edited(t, agency(), 0, "A.3;Bidang Kosong;A;", "A.3;Bidang Isi;A.1;'"+nipBayu)
	files = edited(t, files, 1, "Bayu Aji;;S.E.;L;04-04-1990;PNS;III/b;Pelaksana;Analis;A.1;'"+nipUmar+";bayu@dinas.go.id",
		"Bayu Aji;Drs.;M.M.;L;04-04-1990;PNS;III/c;Pengawas;Kepala Seksi;A.3;'"+nipTop+";bayu.aji@dinas.go.id")
	files[1].Data = append(files[1].Data, "'199206062017011006;Dodi Eka;;;L;06-06-1992;PNS;III/a;Pelaksana;Analis;A.3;'"+nipBayu+";dodi@dinas.go.id;\n"...)
	before := query[appraisal.PersonID](t, b, `select person_id from employee where nip = '`+nipBayu+`'`)

	report := b.imports(t, ImportRoster, files)
	want := map[string]counts{"unit": {0, 1, 3, 0}, "employee": {1, 1, 4, 0}}
	if got := countsOf(report); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("counted %v, want %v", got, want)
	}
	if got := fmt.Sprint(report.Entities[0].Changes); got != "[{A.3 [name parent head]}]" {
		t.Errorf("units: %s", got)
	}
	if got := fmt.Sprint(report.Entities[1].Changes); got != "[{"+nipBayu+" [title_prefix title_suffix email grade position_kind position_name unit superior]}]" {
		t.Errorf("employees: %s", got)
	}
	if got := query[string](t, b, `select concat_ws('|', p.id, p.full_name, p.email, p.mail_bouncing, e.grade, e.position_kind, e.position_name, u.code, s.nip)
		from employee e join person p on p.id = e.person_id join unit u on u.id = e.unit_id join employee s on s.person_id = e.superior_id
		where e.nip = $1`, nipBayu); got != string(before)+"|Drs. Bayu Aji, M.M.|bayu.aji@dinas.go.id|f|III/c|pengawas|Kepala Seksi|A.3|"+nipTop {
		t.Errorf("Bayu is now %s", got)
	}
	if n := query[int](t, b, `select count(*) from person where mail_bouncing`); n != 4 {
		t.Errorf("mail bounces to %d people, want the 4 whose address is the same", n)
	}
	if got := query[string](t, b, `select concat_ws('|', u.name, p.code, h.nip) from unit u join unit p on p.id = u.parent_id
		join employee h on h.person_id = u.head_id where u.code = 'A.3'`); got != "Bidang Isi|A.1|"+nipBayu {
		t.Errorf("A.3 is now %s", got)
	}
	if got := query[string](t, b, `select s.nip from employee e join employee s on s.person_id = e.superior_id where e.nip = '199206062017011006'`); got != nipBayu {
		t.Errorf("the new employee's superior is %s", got)
	}
	back := b.imports(t, ImportRoster, edited(t, files, 0, "A.3;Bidang Isi;A.1;'"+nipBayu, "A.3;Bidang Isi;;"))
	if got := fmt.Sprint(back.Entities[0].Changes); got != "[{A.3 [parent head]}]" {
		t.Errorf("units with nothing where there was something: %s", got)
	}
}

func TestImportReportsWhoIsMissingAndRemovesNobody(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	files := without(without(agency(), 0, "A.3"), 1, "'"+nipCitra)
	report := b.imports(t, ImportRoster, files)
	if got := report.Entities[0].MissingKeys; !slices.Equal(got, []string{"A.3"}) {
		t.Errorf("missing units: %v", got)
	}
	if got := report.Entities[1].MissingKeys; !slices.Equal(got, []string{nipCitra}) {
		t.Errorf("missing employees: %v", got)
	}
	if n := query[int](t, b, `select count(*) from person where active`); n != 5 {
		t.Errorf("%d people are active, want 5", n)
	}
	if said := report.Text(locale.Indonesian); !strings.Contains(said, "Pegawai: 0 baru, 0 berubah, 4 tetap, 1 tidak ada di berkas\n    tidak ada di berkas, dibiarkan apa adanya: "+nipCitra) {
		t.Errorf("said\n%s", said)
	}

	_, err := b.pool.Exec(t.Context(), `update person set active = false where email = 'citra@dinas.go.id'`)
	must(t, err)
	if got := b.imports(t, ImportRoster, files).Entities[1].Missing; got != 0 {
		t.Errorf("who has left is reported as missing")
	}
	again := b.imports(t, ImportRoster, agency())
	if got := fmt.Sprint(again.Entities[1].Changes); got != "[{"+nipCitra+" [active]}]" {
		t.Errorf("who comes back: %s", got)
	}
}

func TestImportLetsPeopleExchangeTheirAddresses(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, append(agency(), written("pejabat.csv", "KODE;JABATAN;NAMA;EMAIL;UNOR ID", "KDH;Bupati;Hasan;bupati@pemda.go.id;A")))
	files := edited(t, agency(), 1, "bayu@dinas.go.id", "x@dinas.go.id")
	files = edited(t, files, 1, "citra@dinas.go.id", "bayu@dinas.go.id")
	files = edited(t, files, 1, "x@dinas.go.id", "bupati@pemda.go.id")
	b.imports(t, ImportRoster, append(files, written("pejabat.csv", "KODE;JABATAN;NAMA;EMAIL;UNOR ID", "KDH;Bupati;Hasan;citra@dinas.go.id;A")))
	if got := query[string](t, b, `select string_agg(name || '=' || split_part(email, '@', 1), ' ' order by name) from person where name in ('Bayu Aji', 'Citra Dewi', 'Hasan')`); got != "Bayu Aji=bupati Citra Dewi=bayu Hasan=citra" {
		t.Error(got)
	}
}

func TestAnotherAddressIsToldInTheTrailAndThatOfARoleHolderIsTheOperatorsToChange(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	bayu := query[appraisal.PersonID](t, b, `select id from person where name = 'Bayu Aji'`)
	b.exec(t, `insert into sign_in_link (token_digest, person_id, created_at, expires_at) values (sha256('undangan'), $1, now(), 'infinity')`, bayu)
	hr := appraisal.Actor{ID: query[appraisal.PersonID](t, b, `select id from person where name = 'Citra Dewi'`), Network: "10.1.2.3", Roles: []appraisal.Role{appraisal.RoleHR}}
	moved := edited(t, agency(), 1, "bayu@dinas.go.id", "lain@dinas.go.id")
	b.exec(t, `insert into role_grant (person_id, role) values ($1, 'committee')`, bayu)
	_, _, err := b.Import(t.Context(), hr, ImportRoster, moved, false)
	wantKey(t, err, appraisal.CodeForbidden, "import.role_holder")
	told := func() string {
		return query[string](t, b, `select coalesce(string_agg(concat_ws(' ', e.actor_id = $2, e.network, d.content->>'before', d.content->>'after'), ', '), '')
			from audit_event e join audit_content d on d.event_id = e.id where e.action = 'change_address' and e.subject = 'person/' || $1`, bayu, hr.ID)
	}
	if got := told(); got != "" {
		t.Errorf("of what was refused the trail tells %q", got)
	}
	b.exec(t, `delete from role_grant where person_id = $1`, bayu)
	_, faults, err := b.Import(t.Context(), hr, ImportRoster, moved, false)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	if got := told(); got != "t 10.1.2.3 bayu@dinas.go.id lain@dinas.go.id" {
		t.Errorf("the trail tells %q", got)
	}
	if n := query[int](t, b, `select count(*)::int from sign_in_link`); n != 0 {
		t.Error("a link that went to the old address still works")
	}
	b.exec(t, `insert into role_grant (person_id, role) values ($1, 'committee')`, bayu)
	b.imports(t, ImportRoster, agency()) // as the operator
}

func TestImportOfOnePartLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	files := agency()
	report := b.imports(t, ImportRoster, []roster.File{{}, files[1]})
	if got := countsOf(report); len(got) != 1 || got["employee"] != (counts{0, 0, 5, 0}) {
		t.Errorf("counted %v", got)
	}
	added := written("pegawai.csv", employeeHeader,
		"'199206062017011006;Dodi Eka;;;L;06-06-1992;PNS;III/a;Pelaksana;Analis;A.3;'"+nipUmar+";dodi@dinas.go.id;")
	b.imports(t, ImportRoster, []roster.File{{}, added})
	if got := query[string](t, b, `select s.nip from employee e join employee s on s.person_id = e.superior_id where e.nip = '199206062017011006'`); got != nipUmar {
		t.Errorf("a superior who is in the record only was not found: %s", got)
	}
}

func TestImportWithAFaultOrAsADryRunLeavesNothing(t *testing.T) {
	t.Parallel()
	b := office(t)
	b.imports(t, ImportRoster, agency())
	before := query[string](t, b, everything)

	files := edited(t, agency(), 1, "Bayu Aji", "Bayu Ajo")
	report, faults, err := b.Import(t.Context(), system, ImportRoster, files, true)
	if err != nil || len(faults) > 0 || !report.DryRun || countsOf(report)["employee"] != (counts{0, 1, 4, 0}) {
		t.Errorf("dry run: %+v, %v, %v", report, faults, err)
	}
	if said := report.Text(locale.Indonesian); !strings.HasPrefix(said, "Uji coba: tidak ada yang diubah.") {
		t.Errorf("said %q", said)
	}
	if got := query[string](t, b, everything); got != before {
		t.Errorf("after the dry run: %s, before: %s", got, before)
	}

	files = edited(t, files, 1, "A.2;'"+nipRina+";citra@", "A.9;'"+nipRina+";citra@")
	report, faults, err = b.Import(t.Context(), system, ImportRoster, files, false)
	if err != nil || len(faults) != 1 || len(report.Entities) > 0 {
		t.Fatalf("a fault: %+v, %v, %v", report, faults, err)
	}
	if line := faults[0].Line(locale.English); !strings.HasPrefix(line, "pegawai.csv:6:UNOR ID: ") {
		t.Error(line)
	}
	if got := query[string](t, b, everything); got != before {
		t.Errorf("after the fault: %s, before: %s", got, before)
	}
}

// everything counts what imports write, besides how the rows were written.
const everything = `select concat_ws(' ', (` + fingerprint + `), (select count(*) from import_run), (select count(*) from audit_event),
	(select count(*) from act))`

func TestImportIsForHRAndTheSystemOnly(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	for _, who := range []string{"ani", "kabid", "komite", "operator", "pimpinan", "bupati"} {
		_, _, err := b.Import(t.Context(), b.as(who), ImportRoster, agency(), false)
		wantCode(t, err, appraisal.CodeForbidden)
	}
	_, _, err := b.Import(t.Context(), appraisal.Actor{}, ImportRoster, agency(), false)
	wantCode(t, err, appraisal.CodeUnauthorized)
	for _, wrong := range [][]roster.File{nil, {{}}, {{}, {}, {}}, append(agency(), agency()...)} {
		_, _, err := b.Import(t.Context(), system, ImportRoster, wrong, false)
		wantCode(t, err, appraisal.CodeInvalid)
	}
	_, _, err = b.Import(t.Context(), system, "everything", agency(), false)
	wantCode(t, err, appraisal.CodeNotFound)
}

func TestImportIsRecordedWithItsReportAndItsTrailNamesNobody(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	holidays := written(`C:\Users\hana\libur.csv`, "TANGGAL;KETERANGAN", "2026-12-25;Natal")
	_, faults, err := b.Import(t.Context(), b.as("hana"), ImportHolidays, []roster.File{holidays}, false)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	var actor *appraisal.PersonID
	var kind, files string
	var stored []byte
	must(t, b.pool.QueryRow(t.Context(), `select kind, files, actor_id, report from import_run`).Scan(&kind, &files, &actor, &stored))
	var report ImportReport
	must(t, json.Unmarshal(stored, &report))
	if kind != "holidays" || files != "libur.csv" || actor == nil || *actor != b.as("hana").ID || countsOf(report)["holiday"] != (counts{1, 0, 0, 0}) {
		t.Errorf("recorded %s, %s, %v, %s", kind, files, actor, stored)
	}

	units := without(without(agency(), 0, "A;"), 0, "A.")
	units[0].Data = append(units[0].Data, "DINAS;Dinas Pelayanan;PEMDA;\n"...)
	_, faults, err = b.Import(t.Context(), system, ImportRoster, units[:1], false)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	if n := query[int](t, b, `select count(*) from import_run where actor_id is null`); n != 1 {
		t.Errorf("%d imports by the system", n)
	}
	trail := query[string](t, b, `select string_agg(action || content::text, ' ') from audit_event join audit_content on event_id = id where subject like 'import/%'`)
	if !strings.Contains(trail, `"holiday": {"added": 1`) || strings.Contains(trail, "DINAS") || strings.Contains(trail, "csv") {
		t.Errorf("the trail says %s", trail)
	}
}

func TestImportUnderOneKeyIsOneImport(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	files := []roster.File{written("libur.csv", "TANGGAL;KETERANGAN", "2026-12-25;Natal")}
	call := ImportCall(Call{Key: "satu"})
	var reports [2]ImportReport
	for i := range reports {
		var err error
		reports[i], _, err = b.Import(t.Context(), b.as("hana"), ImportHolidays, files, false, call)
		must(t, err)
	}
	if fmt.Sprint(reports[0]) != fmt.Sprint(reports[1]) || countsOf(reports[1])["holiday"] != (counts{1, 0, 0, 0}) {
		t.Errorf("the repeat says %+v, the first said %+v", reports[1], reports[0])
	}
	if n := query[int](t, b, `select count(*) from import_run`); n != 1 {
		t.Errorf("%d imports are recorded", n)
	}
	files[0].Data = append(files[0].Data, "2026-12-26;Cuti bersama\n"...)
	_, _, err := b.Import(t.Context(), b.as("hana"), ImportHolidays, files, false, call)
	wantCode(t, err, appraisal.CodeKeyReused)
}

func TestImportEndsTheDemonstrationUnlessItIsTheDemonstration(t *testing.T) {
	t.Parallel()
	b := setupUnlaunched(t)
	_, err := b.pool.Exec(t.Context(), `update installation set demonstration = true;
		insert into sign_in_link (token_digest, person_id, created_at, expires_at, demonstration)
		select '\x01', id, now(), 'infinity', true from person limit 1`)
	must(t, err)
	state := func() string {
		return query[string](t, b, `select demonstration || ' ' || (select count(*) from sign_in_link) from installation`)
	}
	files := []roster.File{written("libur.csv", "TANGGAL;KETERANGAN", "2026-12-25;Natal")}
	_, _, err = b.ImportDemonstration(t.Context(), system, ImportHolidays, files)
	must(t, err)
	if got := state(); got != "true 1" {
		t.Errorf("after the demonstration's own import: %s", got)
	}
	_, _, err = b.Import(t.Context(), system, ImportHolidays, files, true)
	must(t, err)
	if got := state(); got != "true 1" {
		t.Errorf("after a dry run: %s", got)
	}
	b.imports(t, ImportHolidays, files)
	if got := state(); got != "false 0" {
		t.Errorf("after an import: %s", got)
	}
}

func TestImportsAtTheSameTimeFollowEachOther(t *testing.T) {
	t.Parallel()
	b := office(t)
	var reports [4]ImportReport
	var faults [4]error
	var wait sync.WaitGroup
	for i := range reports {
		wait.Go(func() {
			reports[i], _, faults[i] = b.Import(context.WithoutCancel(t.Context()), system, ImportRoster, agency(), false)
		})
	}
	wait.Wait()
	must(t, errors.Join(faults[:]...))
	added := 0
	for _, r := range reports {
		added += countsOf(r)["employee"][0]
	}
	if added != 5 {
		t.Errorf("%d employees were added in all, want 5", added)
	}
}
