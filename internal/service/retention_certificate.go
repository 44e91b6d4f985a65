package service

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// Certificate returns a certificate of destruction as a paper. Before the work is done there is none: CodeWrongStage.
func (s *Service) Certificate(ctx context.Context, actor appraisal.Actor, id appraisal.DestructionID) (File, error) {
	d, err := s.Destruction(ctx, actor, id)
	if err != nil {
		return File{}, err
	}
	if d.FinishedAt == nil {
		return File{}, appraisal.Fault(appraisal.CodeWrongStage, "retention.error.unfinished", nil)
	}
	p := &printer{lang: locale.Indonesian, zone: s.zone} // an official paper, as the others are
	by := d.OrderedBy
	switch {
	case d.Scheduled:
		by = p.say("retention.by.schedule")
	case by == "":
		by = p.say("retention.by.operator")
	}
	rows := [][]string{}
	line := func(key, value string) { rows = append(rows, []string{p.say("retention.certificate." + key), value}) }
	line("number", strconv.FormatInt(d.Number, 10))
	line("kind", p.say(d.Kind.Word()))
	line("rule", p.say("retention.certificate.rule.says", "keep", d.Keep.Says().In(p.lang), "from", p.say("retention.from."+string(d.Kind))))
	line("source", p.say("retention.certificate.source.says", "source", d.Source, "version", d.RulesVersion))
	line("cutoff", p.at(d.Cutoff))
	if d.CoversFrom != "" {
		line("covers", p.whole(d.CoversFrom)+" – "+p.whole(d.CoversTo))
	}
	line("by", by)
	line("started", p.at(d.StartedAt))
	line("finished", p.at(*d.FinishedAt))
	line("held", strconv.Itoa(d.Held))
	p.table(false, "", rows, "export.column.what", 50, "export.column.value", 124)
	rows = nil
	for _, c := range d.Counts {
		rows = append(rows, []string{p.word("retention.table.", c.Table), p.lang.Number(strconv.Itoa(c.Count))})
	}
	p.table(false, p.say("retention.certificate.counts"), rows, "retention.column.table", 124, "retention.column.count", 50)
	p.prose(false, p.say("retention.certificate.digest"), d.Digest, p.say("retention.certificate.digest.says"))
	p.prose(false, p.say("retention.certificate.nobody"), p.say("retention.certificate.nobody.says"))
	var pdf bytes.Buffer
	err = s.press.List(&pdf, appraisal.Listing{
		Lang: string(p.lang), Title: p.say("retention.certificate.title"), Subject: p.say("retention.certificate.subject", "number", d.Number),
		At: *d.FinishedAt, Mark: "SHA-256 " + d.Digest[:16] + "…", Parts: p.parts,
	})
	if err != nil {
		return File{}, fmt.Errorf("print the certificate %s: %w", id, err)
	}
	return fileOf(fmt.Sprintf("berita-acara-pemusnahan-%d.pdf", d.Number), typePDF, pdf.Bytes()), nil
}
