package web_test

import (
	"net/http"
	"testing"
)

func TestTheFirstPageSaysWhatChangedWhoDidItAndWhereToReadOfIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	news := b.get("/").page(http.StatusOK).Find(".news li")
	if news.Length() != 2 {
		t.Fatalf("%d lines of news", news.Length())
	}
	for i, want := range [][]string{
		{"SKP dikembalikan untuk diperbaiki", "tentang diri Anda", "oleh Bambang Hartono, S.H."},
		{"Hasil penilaian sudah dapat dibaca", "Oki Ratna Santoso, S.A.P."},
	} {
		for _, part := range want {
			contains(t, text(news.Eq(i)), part)
		}
	}
	if href := news.First().Find("a").AttrOr("href", ""); href != "/penilaian/a-1#riwayat" || b.get("/penilaian/a-1").page(http.StatusOK).Find("#riwayat").Length() != 1 {
		t.Errorf("the news leads to %q", href)
	}
}

func TestWhereNobodyIsLeftToBeAddedThereIsNoFormButTheWayToTheImport(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.service.everybodyIn = true
	page := b.get("/siklus/c-1/tambah").page(http.StatusOK)
	if page.Find("main form").Length() != 0 || page.Find(`main a[href="/impor"]`).Length() != 1 {
		t.Errorf("the page offers %s", text(page.Find("main")))
	}
}
