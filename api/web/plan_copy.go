package web

import (
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// longestOption bounds a line of a list to choose from; what is chosen is copied whole.
const longestOption = 120

// copyField offers key results to begin with, by where they come from.
func copyField(offered []service.Copyable, chosen string, w words) *field {
	f := &field{
		Name: "copy", Label: w.text("plan.copy"), Hint: w.text("plan.copy.hint"), Kind: kindSelect,
		Groups: []optionGroup{{Options: []option{{Label: w.text("form.choose")}}}},
	}
	for _, source := range []service.CopySource{
		service.CopyFromSuperior, service.CopyFromLastPeriod, service.CopyFromLibrary, service.CopyFromPosition,
	} {
		group := optionGroup{Label: w.text("plan.copy.source." + string(source))}
		for _, c := range offered {
			if c.Source == source {
				group.Options = append(group.Options, option{Value: c.ID, Label: clipped(c.KeyResult.Statement), Chosen: c.ID == chosen})
			}
		}
		if len(group.Options) > 0 {
			f.Groups = append(f.Groups, group)
		}
	}
	return f
}

func clipped(s string) string {
	if runes := []rune(s); len(runes) > longestOption {
		return string(runes[:longestOption-1]) + "…"
	}
	return s
}

// copyFrom adds the chosen key result, in the place of one that nobody has typed into.
func (f *planForm) copyFrom(view service.StepForm, w words) (string, bool) {
	at := slices.IndexFunc(view.Copyables, func(c service.Copyable) bool { return c.ID == f.copied })
	if at < 0 {
		return "", false
	}
	kr := view.Copyables[at].KeyResult
	kr.Weight = w.lang.Number(kr.Weight)
	kr.Indicators = slices.Clone(kr.Indicators)
	for i := range kr.Indicators {
		kr.Indicators[i].Target = w.lang.Number(kr.Indicators[i].Target)
	}
	f.copied = ""
	if i := slices.IndexFunc(f.KeyResults, untouched); i >= 0 {
		f.KeyResults[i] = kr
		return keyResultAnchor(i), true
	}
	if len(f.KeyResults) >= appraisal.MaxKeyResults {
		return "", false
	}
	f.KeyResults = append(f.KeyResults, kr)
	return keyResultAnchor(len(f.KeyResults) - 1), true
}

// untouched reports whether nobody has typed anything into a key result.
func untouched(kr appraisal.KeyResult) bool {
	return kr.ID == "" && kr.Statement == "" && kr.ServesKeyResult == "" && kr.ServesStrategy == "" &&
		!slices.ContainsFunc(kr.Indicators, func(ind appraisal.Indicator) bool {
			return ind.Description != "" || ind.Target != "" || ind.Measure != ""
		})
}
