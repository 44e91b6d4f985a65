package service

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func TestAnArchiveHoldsThePapersOfAUnitThatThereAre(t *testing.T) {
	t.Parallel()
	b := setup(t).printing()
	b.reach(t, "ani", appraisal.StageResult)
	b.reach(t, "budi", appraisal.StageSelfReview)
	f, err := b.Archive(t.Context(), b.as("hana"), b.cycle, b.units["BIDANG"])
	must(t, err)
	content, err := io.ReadAll(f)
	must(t, err)
	must(t, f.Close())
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	must(t, err)
	var names []string
	for _, entry := range archive.File {
		folder, name, _ := strings.Cut(entry.Name, "/")
		names = append(names, folder+" "+strings.SplitN(name, "-2026-", 2)[0])
		r, err := entry.Open()
		must(t, err)
		paper, err := io.ReadAll(r)
		must(t, err)
		if !bytes.HasPrefix(paper, []byte("%PDF-")) {
			t.Errorf("%s is no PDF", entry.Name)
		}
	}
	want := "199001012015011003 skp, 199001012015011003 formulir-evaluasi, 199001012015011003 dokumen-evaluasi, 199001012015011004 skp"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("the archive holds %s", got)
	}
	_, err = b.Archive(t.Context(), b.as("hana"), b.cycle, "")
	wantCode(t, err, appraisal.CodeInvalid)
	for _, who := range []string{"kabid", "komite", "pimpinan"} {
		_, err := b.Archive(t.Context(), b.as(who), b.cycle, b.units["BIDANG"])
		wantCode(t, err, appraisal.CodeForbidden)
	}
}
