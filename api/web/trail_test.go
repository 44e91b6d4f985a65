package web_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func TestTheTrailAboutOneselfIsToldInWords(t *testing.T) {
	t.Parallel()
	b := setup(t)
	page := b.get("/jejak").page(http.StatusOK)
	rows := text(page.Find("tbody"))
	for _, want := range []string{
		"Membaca dokumen resmi", "Hana Putri atas nama Joko Susilo", "pemegang peran", "Kinerja 2026", "Sistem", "Batas waktu penilaian diri lewat",
	} {
		contains(t, rows, want)
	}
	if next := page.Find(".pager a").AttrOr("href", ""); next != "?sesudah=lanjut" {
		t.Errorf("the next page is %q", next)
	}
	contains(t, text(b.get("/jejak?sesudah=lanjut").page(http.StatusOK).Find("main")), "Belum ada jejak")
}

func TestAnAuditorSearchesTheTrailAndKeepsTheSearchOnTheNextPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if a := b.get("/audit"); a.Code != http.StatusForbidden {
		t.Errorf("somebody who is no auditor is answered %d", a.Code)
	}
	b.actor.Roles = []appraisal.Role{appraisal.RoleAuditor}
	page := b.get("/audit?orang=ani&tindakan=sign_in&dari=2026-01-02").page(http.StatusOK)
	if want := (service.TrailFilter{Person: "ani", Action: "sign_in", From: "2026-01-02", Limit: 50}); b.service.searched != want {
		t.Errorf("searched by %+v", b.service.searched)
	}
	if got := page.Find("#orang").AttrOr("value", "") + page.Find("#tindakan option[selected]").AttrOr("value", ""); got != "anisign_in" {
		t.Errorf("the form shows %q", got)
	}
	if next := page.Find(".pager a").AttrOr("href", ""); next != "?dari=2026-01-02&orang=ani&sesudah=lanjut&tindakan=sign_in" {
		t.Errorf("the next page is %q", next)
	}
	main := text(page.Find("main"))
	for _, want := range []string{"rantai, urutan 7", "tersegel", "menunggu segel berikutnya", "isi dimusnahkan dengan berita acara", "10.0.0.7", "41 segel", "telaah-audit-root 5"} {
		contains(t, main, want)
	}
}

func (s *scripted) MyTrail(_ context.Context, _ appraisal.Actor, after string, _ int) (service.Page[service.TrailEntry], error) {
	if after != "" {
		return service.Page[service.TrailEntry]{}, s.refuse["trail"]
	}
	id := appraisal.AppraisalID("a-1")
	return service.Page[service.TrailEntry]{Next: "lanjut", Items: []service.TrailEntry{
		{ID: 9, At: s.at, Action: "read_document", Actor: "Hana Putri", Capacity: service.AsOfficer, Behalf: "Joko Susilo", Appraisal: &id, Cycle: "Kinerja 2026"},
		{ID: 8, At: s.at, Action: "expire_self_review", Capacity: service.AsSystem, Appraisal: &id, Cycle: "Kinerja 2026"},
	}}, s.refuse["trail"]
}

func (s *scripted) SearchTrail(_ context.Context, _ appraisal.Actor, f service.TrailFilter) (service.Page[service.AuditEntry], error) {
	s.searched = f
	return service.Page[service.AuditEntry]{Next: "lanjut", Items: []service.AuditEntry{
		{ID: 9, At: s.at, Action: "change_rating", Actor: "Komite Surya", Network: "10.0.0.7", Employee: "Ani Lestari", Cycle: "Kinerja 2026", Place: 7, Covered: true, Destroyed: true},
		{ID: 8, At: s.at, Action: "sign_in", Actor: "Ani Lestari", Subject: "person/p-1", Covered: true},
		{ID: 7, At: s.at, Action: "read_cohort", Actor: "Komite Surya", Subject: "cohort/k-1"},
	}}, s.refuse["audit"]
}

func (s *scripted) TrailStatus(context.Context, appraisal.Actor) (service.AuditStatus, []string, error) {
	at := s.at
	return service.AuditStatus{Waiting: 3, Seals: 41, SealedAt: &at, Root: "telaah-audit-root 5 2026-11-28T00:00:04Z 12 0a1b"}, []string{"change_rating", "sign_in"}, s.refuse["audit"]
}
