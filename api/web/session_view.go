package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// sessionView is how the reader looks at the table of a session: what the address of the page says, so that it survives a change.
type sessionView struct {
	Name      string // part of a name
	Appraiser string
	Predikat  appraisal.Predikat
	Show      string // "" for everybody, changed, unchanged, opposed, here
	Sort      string // "" by name, appraiser, predikat, change
	Chosen    appraisal.AppraisalID
}

// What a table can be narrowed to, and sorted by.
const (
	showChanged   = "diubah"
	showUnchanged = "tetap"
	showOpposed   = "ditolak"
	showHere      = "sesi-ini"

	sortAppraiser = "penilai"
	sortPredikat  = "predikat"
	sortChange    = "perubahan"
)

func viewOf(q url.Values) sessionView {
	return sessionView{
		Name: strings.TrimSpace(q.Get("cari")), Appraiser: q.Get("penilai"), Predikat: appraisal.Predikat(q.Get("predikat")),
		Show: q.Get("tampil"), Sort: q.Get("urut"), Chosen: appraisal.AppraisalID(q.Get("orang")),
	}
}

// query returns the view as an address has it.
func (v sessionView) query() string {
	q := url.Values{}
	for name, value := range map[string]string{
		"cari": v.Name, "penilai": v.Appraiser, "predikat": string(v.Predikat), "tampil": v.Show, "urut": v.Sort, "orang": string(v.Chosen),
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

// Narrowed reports whether the table leaves anybody out or is in another order than by name.
func (v sessionView) Narrowed() bool {
	v.Chosen = ""
	return v != sessionView{}
}

// apply marks the chosen row and returns the rows to show, in order. When a change takes the chosen person out of the view, the
// next one of the list is chosen in their place.
func (v sessionView) apply(lines []memberLine, open bool) []memberLine {
	shown := []memberLine{}
	for i := range lines {
		if v.shows(lines[i]) {
			lines[i].Linked = open && lines[i].Here()
			shown = append(shown, lines[i])
		}
	}
	slices.SortStableFunc(shown, v.compare)
	at := slices.IndexFunc(shown, func(m memberLine) bool { return m.Appraisal == v.Chosen })
	gone := slices.IndexFunc(lines, func(m memberLine) bool { return m.Appraisal == v.Chosen })
	if at < 0 && gone >= 0 {
		at = slices.IndexFunc(shown, func(m memberLine) bool { return m.Index > gone && m.Here() })
	}
	if at >= 0 {
		shown[at].Chosen = true
	}
	return shown
}

func (v sessionView) shows(m memberLine) bool {
	switch v.Show {
	case showChanged:
		if m.After == nil {
			return false
		}
	case showUnchanged:
		if m.After != nil {
			return false
		}
	case showOpposed:
		if m.Opposed == 0 {
			return false
		}
	case showHere:
		if !m.Here() {
			return false
		}
	}
	return (v.Name == "" || strings.Contains(strings.ToLower(m.Name), strings.ToLower(v.Name))) &&
		(v.Appraiser == "" || m.Appraiser == v.Appraiser) &&
		(v.Predikat == "" || m.Now != nil && m.Now.Predikat == v.Predikat)
}

// compare sorts by the chosen column; what is equal in it stays by name.
func (v sessionView) compare(a, b memberLine) int {
	switch v.Sort {
	case sortAppraiser:
		return strings.Compare(a.Appraiser, b.Appraiser)
	case sortPredikat:
		return cmp.Compare(rankOf(b.Now), rankOf(a.Now))
	case sortChange:
		return cmp.Compare(moved(b), moved(a))
	default:
		return 0
	}
}

func rankOf(cell *service.Cell) int {
	if cell == nil {
		return 0
	}
	return cell.Predikat.Rank()
}

// moved orders changed rows before unchanged ones.
func moved(m memberLine) int {
	if m.After == nil {
		return 0
	}
	return 1
}

// fields are the controls of the filter.
func (v sessionView) fields(cohort service.Cohort, w words) []field {
	var names []string
	for _, s := range cohort.Appraisers {
		names = append(names, s.Appraiser)
	}
	appraisers := []option{{Label: w.text("page.session.everybody")}}
	for _, n := range slices.Compact(names) {
		appraisers = append(appraisers, option{Value: n, Label: n, Chosen: n == v.Appraiser})
	}
	predikats := []option{{Label: w.text("page.session.any")}}
	for _, p := range appraisal.Predikats() {
		if cohort.Counts[p] > 0 || p == v.Predikat {
			predikats = append(predikats, option{Value: string(p), Label: w.word(p), Chosen: p == v.Predikat})
		}
	}
	choose := func(stem, chosen string, values ...string) []option {
		var out []option
		for _, value := range values {
			key := value
			if key == "" {
				key = "semua"
			}
			out = append(out, option{Value: value, Label: w.text(stem + key), Chosen: value == chosen})
		}
		return out
	}
	pick := func(name, key string, options []option) field {
		return field{Name: name, Label: w.text(key), Kind: kindSelect, Groups: []optionGroup{{Options: options}}}
	}
	return []field{
		{Name: "cari", Label: w.text("page.session.filter.name"), Kind: kindLine, Max: 100, Value: v.Name},
		pick("penilai", "page.list.appraiser", appraisers),
		pick("predikat", "page.rating.predikat", predikats),
		pick("tampil", "page.session.filter.show", choose("page.session.show.", v.Show, "", showHere, showChanged, showUnchanged, showOpposed)),
		pick("urut", "page.session.filter.sort", choose("page.session.sort.", v.Sort, "", sortAppraiser, sortPredikat, sortChange)),
	}
}
