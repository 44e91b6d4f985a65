package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// seen is what one reader is answered on one path, or a file in it.
type seen struct {
	reader, path string
	form, body   string
}

// walk asks for everything that can be read, as everybody: every GET of the real tables, with every id that it may be about and
// every query that it understands.
func (p *panel) walk() []seen {
	p.t.Helper()
	var all []seen
	ids := p.ids()
	further := queries(ids)
	for _, r := range p.routes {
		if r.Method != http.MethodGet || r.Asset {
			continue
		}
		for _, pattern := range patterns(r) {
			for _, path := range paths(pattern, ids) {
				for _, reader := range readers {
					all = append(all, p.get(reader, path, pattern)...)
					for _, query := range further[r.Path] {
						all = append(all, p.get(reader, path+"?"+query, pattern)...)
					}
				}
			}
		}
	}
	return all
}

func (p *panel) column(sql string, args ...any) []string {
	p.t.Helper()
	rows, err := p.pool.Query(p.t.Context(), sql, args...)
	p.must(err)
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		p.must(rows.Scan(&s))
		list = append(list, s)
	}
	p.must(rows.Err())
	return list
}

// changing is what differs between two answers to the same question: the key of the next act, and the request.
var changing = regexp.MustCompile(`name="kunci" value="[^"]*"`)

// differences tells where somebody other than Bayu, who answered between two walks, reads something else than before.
func (p *panel) differences(before, after []seen) []string {
	known := map[string]string{}
	for _, s := range before {
		known[s.reader+" "+s.path] = changing.ReplaceAllString(s.body, "")
	}
	var found []string
	for _, s := range after {
		was, ok := known[s.reader+" "+s.path]
		if is := changing.ReplaceAllString(s.body, ""); (!ok || was != is) && !p.tired[s.reader+" "+s.path] {
			found = append(found, fmt.Sprintf("%s reads something else on %s: %s", s.reader, s.path, firstDifference(was, is)))
		}
		delete(known, s.reader+" "+s.path)
	}
	for question := range known {
		if !p.tired[question] {
			found = append(found, question+" is answered no more")
		}
	}
	return found
}

func firstDifference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return fmt.Sprintf("%.80q became %.80q", a[max(0, i-20):], b[max(0, i-20):])
}

// inAnswers finds what ties an answer to its rater in what was read.
func (p *panel) inAnswers(all []seen) []string {
	var found []string
	for _, s := range all {
		for _, r := range p.rounds {
			if what := r.tieIn(s); what != "" {
				found = append(found, fmt.Sprintf("%s on %s, round %s: %s", s.reader, s.path, r.name, what))
			}
		}
	}
	return found
}

// tieIn looks for a part of an answer in which some raters are named beside some opinions: the whole list of those who were asked
// beside all opinions tells nothing, anything less does. Nor may the opinions stand in an order that is somebody's.
func (r round) tieIn(s seen) string {
	others := slices.DeleteFunc(slices.Clone(r.raters), func(one rater) bool { return one.who == s.reader })
	if r.withheld {
		for _, one := range others {
			if anyIn(s.body, one.tokens) {
				return "an opinion that is withheld is shown"
			}
		}
		return ""
	}
	if !slices.ContainsFunc(others, func(one rater) bool { return anyIn(s.body, one.tokens) }) {
		return ""
	}
	order := []string{}
	for _, one := range r.raters {
		if i := strings.Index(s.body, one.tokens[0]); i >= 0 {
			order = append(order, fmt.Sprintf("%09d %s", i, one.who))
		}
	}
	slices.Sort(order)
	if len(order) == len(r.raters) {
		if what := r.orderly(func(i int) string { return order[i][10:] }); what != "" {
			return "the opinions stand in " + what
		}
	}
	_, _, what := s.parts().tie(others)
	return what
}

// orderly tells which order the raters stand in, if it is one that somebody may know: of answering, or of the alphabet, in which
// the panel was also nominated.
func (r round) orderly(at func(i int) string) string {
	answered, named := []string{}, []string{}
	for i, one := range r.raters {
		answered, named = append(answered, one.who), append(named, at(i))
	}
	alphabet := slices.Sorted(slices.Values(answered))
	for name, order := range map[string][]string{"the order of answering": answered, "the order of names": alphabet} {
		if backward := slices.Clone(order); slices.Equal(named, order) {
			return name
		} else if slices.Reverse(backward); slices.Equal(named, backward) {
			return name + ", backward"
		}
	}
	return ""
}

// part is a piece of an answer with the pieces within it.
type part struct {
	text  string
	parts []*part
}

func jsonPart(v any) *part {
	switch v := v.(type) {
	case map[string]any:
		whole := &part{}
		for key, inner := range v {
			whole.parts = append(whole.parts, &part{text: key}, jsonPart(inner))
		}
		return whole
	case []any:
		raw, _ := json.Marshal(v)
		whole := &part{}
		if numbers(v) {
			whole.text = string(raw)
		}
		for _, inner := range v {
			whole.parts = append(whole.parts, jsonPart(inner))
		}
		return whole
	default:
		return &part{text: fmt.Sprint(v)}
	}
}

func numbers(list []any) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(v any) bool { _, ok := v.(float64); return !ok })
}

func htmlPart(s *goquery.Selection) *part {
	whole := &part{}
	if goquery.NodeName(s) == "#text" {
		whole.text = s.Text()
	}
	for _, a := range s.Nodes[0].Attr {
		whole.text += " " + a.Val
	}
	s.Contents().Each(func(_ int, inner *goquery.Selection) { whole.parts = append(whole.parts, htmlPart(inner)) })
	return whole
}

// tie returns whose opinions and who is named in a part, and what is wrong with that.
func (p *part) tie(raters []rater) (opinions, named map[string]bool, what string) {
	opinions, named = map[string]bool{}, map[string]bool{}
	for _, r := range raters {
		if anyIn(p.text, r.tokens) {
			opinions[r.who] = true
		}
		if names(p.text, r.identity) {
			named[r.who] = true
		}
	}
	for _, inner := range p.parts {
		o, n, w := inner.tie(raters)
		if w != "" {
			return o, n, w
		}
		for who := range o {
			opinions[who] = true
		}
		for who := range n {
			named[who] = true
		}
	}
	whole := len(opinions) == len(raters) && len(named) == len(raters)
	if len(opinions) > 0 && len(named) > 0 && !whole {
		what = fmt.Sprintf("beside the opinions of %v %v are named", keys(opinions), keys(named))
	}
	return opinions, named, what
}

func keys(set map[string]bool) []string {
	var list []string
	for k := range set {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

func anyIn(text string, tokens []string) bool {
	return slices.ContainsFunc(tokens, func(t string) bool { return strings.Contains(text, t) })
}

var word = regexp.MustCompile(`[\pL\pN@.-]+`)

// names reports whether a text has one of the marks as a word of its own.
func names(text string, identity []string) bool {
	for _, w := range word.FindAllString(text, -1) {
		if slices.Contains(identity, w) {
			return true
		}
	}
	return false
}

// inLog finds opinions in the log, and lines that tell who was asked about whom, or who answered.
func (p *panel) inLog() []string {
	var found []string
	for line := range strings.Lines(p.log.String()) {
		if answers := requestIn(line).mayAnswer(); answers != "" {
			found = append(found, answers+": "+line)
		}
		for _, r := range p.rounds {
			for _, one := range r.raters {
				if anyIn(line, one.tokens) {
					found = append(found, "the log has an opinion: "+line)
				}
				if strings.Contains(line, one.identity[0]) && (anyIn(line, []string{string(p.of("Wati")), string(p.of("Rudi"))}) || len(one.identity) > 4 && strings.Contains(line, one.identity[4])) {
					found = append(found, "the log has a rater with the appraisal: "+line)
				}
			}
		}
	}
	return found
}

// inPayloads finds raters and opinions in what Temporal is told: the answers to the pipelines' looks, and the wakes.
func (p *panel) inPayloads() []string {
	p.t.Helper()
	payloads := p.column(`select to_jsonb(w)::text from wake w`)
	for _, view := range p.told {
		raw, err := json.Marshal(view)
		p.must(err)
		payloads = append(payloads, string(raw))
	}
	var found []string
	for _, payload := range payloads {
		for _, r := range p.rounds {
			for _, one := range r.raters {
				if r.name != "pulse" && anyIn(payload, append(one.tokens, one.identity...)) {
					found = append(found, "a payload names a rater: "+payload)
				}
			}
		}
	}
	return found
}
