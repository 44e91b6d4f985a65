package service

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

func TestTheDataOfAPersonHasWhatTheyAddedAndSaidAboutOthersAndNothingThatOthersSaid(t *testing.T) {
	t.Parallel()
	b := calibrating(t)
	komite, rini, id := b.as("komite"), b.appoint(t, "pimpinan"), b.cohort(t, "ani")
	b.propose(t, komite, "ani", "Bukti perilaku")
	_, err := b.GiveOpinion(t.Context(), rini, Call{}, id, SessionOpinion{Appraisal: b.of(t, "ani"), Stance: appraisal.StanceOppose, Words: "Capaian serupa Budi"})
	must(t, err)
	_, err = b.ConfirmSession(t.Context(), rini, Call{Version: b.session(t, "ani").Version}, id)
	must(t, err)
	b.run(t, `insert into evidence (appraisal_id, purpose, author_id, at, link) values ($1, 'feedback', $2, $3, 'https://pemda.test/notulen')`,
		b.of(t, "ani"), komite.ID, b.clock.Now())

	of := func(actor appraisal.Actor) (PersonalData, string) {
		t.Helper()
		data, err := b.MyData(t.Context(), actor)
		must(t, err)
		text, err := json.Marshal(data)
		must(t, err)
		return data, string(text)
	}
	data, text := of(rini)
	if len(data.Said) != 1 || data.Said[0].Stance != appraisal.StanceOppose || data.Said[0].Words != "Capaian serupa Budi" || data.Said[0].About != "Ani Lestari" ||
		len(data.Attended) != 1 || data.Attended[0].ConfirmedAt == nil || data.Attended[0].Unit == "" || len(data.Evidence) != 0 {
		t.Errorf("Rini's data have %+v %+v %+v", data.Said, data.Attended, data.Evidence)
	}
	if strings.Contains(text, "Bukti perilaku") || strings.Contains(text, "notulen") {
		t.Error("Rini's data tell what another said or added")
	}
	data, text = of(komite)
	if len(data.Said) != 1 || data.Said[0].Stance != "" || data.Said[0].Proposed == "" || data.Said[0].Words != "Bukti perilaku" || len(data.Attended) != 1 ||
		len(data.Evidence) != 1 || data.Evidence[0].Link != "https://pemda.test/notulen" || data.Evidence[0].About != "Ani Lestari" || strings.Contains(text, "serupa") {
		t.Errorf("the proposer's data have %+v %+v %+v", data.Said, data.Attended, data.Evidence)
	}
	if data, text := of(b.as("ani")); len(data.Said)+len(data.Attended)+len(data.Evidence) != 0 || strings.Contains(text, "serupa") || strings.Contains(text, "Bukti perilaku") {
		t.Errorf("whom it is about reads %+v %+v %+v", data.Said, data.Attended, data.Evidence)
	}

	for _, lang := range locale.Langs {
		p := &printer{lang: lang, zone: b.zone}
		p.authored(data)
		if text := partsText(p.parts); len(p.parts) != 3 || strings.Contains(text, "export.") || strings.Contains(text, "term.") || !strings.Contains(text, "notulen") {
			t.Errorf("in %s the paper says %s", lang, text)
		}
	}
}

func partsText(parts []appraisal.ListingPart) string {
	text, _ := json.Marshal(parts)
	return string(text)
}
