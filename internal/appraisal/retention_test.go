package appraisal_test

import (
	"testing"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

func ownSchedule(t *testing.T, replace ...string) []byte {
	return policyFile(t, "retention", replace...)
}

func TestAnOfficesOwnRetentionScheduleTakesThePlaceOfTheDefaults(t *testing.T) {
	own, err := appraisal.LoadPolicies(files(map[string][]byte{
		"retention.json": ownSchedule(t, `"version": 1`, `"version": 2`, `{"kind": "mail", "keep": "2y", "assumed": true}`, `{"kind": "mail", "keep": "90d", "source": "Perwali 7/2026"}`),
	}))
	if err != nil {
		t.Fatal(err)
	}
	all, err := appraisal.Embedded().With(own)
	if err != nil {
		t.Fatal(err)
	}
	if rule := all.Retention().Of(appraisal.RecordMail); rule.Keep != "90d" || rule.Source != "Perwali 7/2026" || rule.Assumed || all.Retention().Version != 2 {
		t.Errorf("the office's rule is %+v", rule)
	}
	if rule := all.Retention().Of(appraisal.RecordContent); rule.Keep != "5y" || rule.Source != "UU 27/2022" || !rule.Assumed {
		t.Errorf("the default is %+v", rule)
	}
	if both, err := all.With(appraisal.Policies{}); err != nil || both.Retention() != all.Retention() {
		t.Errorf("policies without a schedule take it away: %v", err)
	}
}

func TestEveryFaultOfARetentionScheduleIsNamedWithItsPlace(t *testing.T) {
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"a kind that does not exist": {ownSchedule(t, `"kind": "mail"`, `"kind": "surat"`), "rules[3].kind unknown_word\nrules retention.fault.missing"},
		"a kind twice":               {ownSchedule(t, `"kind": "mail"`, `"kind": "imports"`), "rules[4].kind retention.fault.twice\nrules retention.fault.missing"},
		"no span":                    {ownSchedule(t, `"keep": "2y"`, `"keep": "dua tahun"`), "rules[3].keep retention.fault.keep"},
		"nothing kept":               {ownSchedule(t, `"keep": "6m"`, `"keep": "0m"`), "rules[0].keep retention.fault.keep"},
		"a rating that goes before what it was made of": {ownSchedule(t, `{"kind": "outcome", "keep": "10y"`, `{"kind": "outcome", "keep": "59m"`), "rules[10].keep retention.fault.shorter"},
		"no version": {ownSchedule(t, `"version": 1`, `"version": 0`), "version out_of_range"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := appraisal.ParseRetentionSchedule(c.raw)
			if got := faultsOf(t, err); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestASpanIsCountedByTheCalendar(t *testing.T) {
	wib := time.FixedZone("WIB", 7*60*60)
	now := time.Date(2028, 2, 29, 0, 30, 0, 0, wib)
	for keep, want := range map[appraisal.Keep]string{"1y": "2027-03-01", "6m": "2027-08-29", "30d": "2028-01-30", "": "0001-01-01", "5 years": "0001-01-01"} {
		if got := keep.Before(now).Format(time.DateOnly); got != want {
			t.Errorf("%q before that is %s, want %s", keep, got, want)
		}
	}
	if said := appraisal.Keep("5y").Says(); said.Key != "retention.keep.y" || said.Inputs["count"].Number != "5" {
		t.Errorf("said as %+v", said)
	}
}

func TestTheDigestOfWhatWasDestroyedDependsOnNoOrder(t *testing.T) {
	var one, other, fewer appraisal.DestructionDigest
	for _, k := range []string{"a", "b", "c"} {
		one.Add("plan", k)
	}
	for _, k := range []string{"c", "a", "b"} {
		other.Add("plan", k)
	}
	fewer.Add("plan", "a")
	fewer.Add("plan", "b")
	if one != other || one == fewer || one == (appraisal.DestructionDigest{}) {
		t.Errorf("digests are %x, %x and, of fewer, %x", one, other, fewer)
	}
}

func TestARequestForCorrectionSaysWhatIsWrongAndWhatWouldBeRight(t *testing.T) {
	for name, c := range map[string]struct {
		in   appraisal.Correction
		want string
	}{
		"complete":                {appraisal.Correction{Field: appraisal.CorrectUnit, Recorded: "A", Wanted: "B"}, ""},
		"of an appraisal":         {appraisal.Correction{Field: appraisal.CorrectAppraiser, Appraisal: "1", Recorded: "A", Wanted: "B"}, ""},
		"nothing":                 {appraisal.Correction{}, "field correction.error.field\nrecorded error.required\nwanted error.required"},
		"unknown":                 {appraisal.Correction{Field: "gaji", Recorded: "A", Wanted: "B"}, "field error.unknown_word"},
		"which appraisal":         {appraisal.Correction{Field: appraisal.CorrectPeriod, Recorded: "A", Wanted: "B"}, "appraisal correction.error.appraisal"},
		"of no appraisal":         {appraisal.Correction{Field: appraisal.CorrectName, Appraisal: "1", Recorded: "A", Wanted: "B"}, "appraisal correction.error.not_appraisal"},
		"the same":                {appraisal.Correction{Field: appraisal.CorrectName, Recorded: "A ", Wanted: "A"}, "wanted correction.error.same"},
		"with an impossible sign": {appraisal.Correction{Field: appraisal.CorrectName, Recorded: "A\x00", Wanted: "B"}, "recorded error.text_form"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := faultsOf(t, c.in.Validate()); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
