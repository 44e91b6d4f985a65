package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// stored is a row of any table.
type stored struct {
	table  string
	place  string // where it lies on the page
	text   string
	values map[string]string // by column, what could be a key
	said   []string          // whose opinions
}

// rows reads the whole record.
func (p *panel) rows() []stored {
	p.t.Helper()
	var all []stored
	for _, table := range p.column(`select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`) {
		rows, err := p.pool.Query(p.t.Context(), `select t.ctid::text, to_jsonb(t)::text from "`+table+`" t order by t.ctid`)
		p.must(err)
		for rows.Next() {
			s := stored{table: table, values: map[string]string{}}
			p.must(rows.Scan(&s.place, &s.text))
			var columns map[string]any
			p.must(json.Unmarshal([]byte(s.text), &columns))
			for name, v := range columns {
				switch v := v.(type) {
				case string:
					s.values[name] = v
				case float64:
					s.values[name] = fmt.Sprintf("%020.3f", v)
				}
			}
			all = append(all, s)
		}
		p.must(rows.Err())
		rows.Close()
	}
	return all
}

// inRecord finds rows that tie an opinion to its rater: by standing in one row, by an instant, by an order, by a key that leads
// over other rows to one rater rather than to all, or by the digest of what they handed in.
func (p *panel) inRecord() []string {
	p.t.Helper()
	all := p.rows()
	var found []string
	for _, r := range p.rounds {
		var opinions []stored
		for _, row := range all {
			said := []string{}
			for _, one := range r.raters {
				if anyIn(row.text, one.tokens) {
					said = append(said, one.who)
				}
				if one.answer != nil && strings.Contains(row.text, digestOf(one)) {
					found = append(found, fmt.Sprintf("%s keeps the digest of %s's answer", row.table, one.who))
				}
			}
			if len(said) == 0 {
				continue
			}
			if r.withheld {
				found = append(found, fmt.Sprintf("%s keeps an opinion that is withheld: %s", row.table, row.text))
			}
			if named := r.named(row.text); len(named) > 0 {
				found = append(found, fmt.Sprintf("%s has %v with the opinions of %v", row.table, named, said))
			}
			if row.said = said; len(said) < len(r.raters) {
				opinions = append(opinions, row)
			}
		}
		found = append(found, r.tiedBy(opinions, all)...)
	}
	return found
}

// named returns who of the round is in a text.
func (r round) named(text string) []string {
	var list []string
	for _, one := range r.raters {
		if anyIn(text, one.identity[:1]) || anyIn(text, one.identity[2:]) {
			list = append(list, one.who)
		}
	}
	return list
}

func (r round) tiedBy(opinions, all []stored) []string {
	if r.withheld || len(opinions) == 0 {
		return nil
	}
	var found []string
	if len(opinions) != len(r.raters) {
		found = append(found, fmt.Sprintf("round %s: %d rows have opinions of %d raters", r.name, len(opinions), len(r.raters)))
	}
	shared := map[string]int{}
	for _, row := range opinions {
		for _, v := range row.values {
			shared[v]++
		}
	}
	for name := range opinions[0].values {
		for _, row := range opinions {
			if _, err := time.Parse(time.RFC3339Nano, row.values[name]); err == nil {
				found = append(found, fmt.Sprintf("%s.%s is an instant", row.table, name))
				break
			}
		}
		if name == "comment" {
			continue // the opinion itself
		}
		found = append(found, r.ordered(opinions, "column "+name, func(s stored) string { return s.values[name] })...)
	}
	found = append(found, r.ordered(opinions, "place", func(s stored) string { return place(s.place) })...)
	for _, row := range opinions {
		if reached := r.reached(row, shared, all, len(opinions)); len(reached) > 0 && len(reached) < len(r.raters) {
			found = append(found, fmt.Sprintf("the opinion of %v leads to %v", row.said, reached))
		}
	}
	return found
}

// place makes "(0,7)" comparable.
func place(ctid string) string {
	var page, line int
	_, _ = fmt.Sscanf(ctid, "(%d,%d)", &page, &line)
	return fmt.Sprintf("%09d %09d", page, line)
}

// ordered tells if the opinions, sorted by something of their rows, stand in an order that somebody knows.
func (r round) ordered(opinions []stored, what string, by func(stored) string) []string {
	sorted := slices.Clone(opinions)
	slices.SortStableFunc(sorted, func(a, b stored) int { return strings.Compare(by(a), by(b)) })
	if len(sorted) != len(r.raters) || by(sorted[0]) == by(sorted[len(sorted)-1]) {
		return nil
	}
	if order := r.orderly(func(i int) string { return sorted[i].said[0] }); order != "" {
		return []string{fmt.Sprintf("the opinions stand by %s in %s", what, order)}
	}
	return nil
}

// reached follows the values that a row has for itself through the record, three rows far, and returns the raters it comes to first.
func (r round) reached(from stored, shared map[string]int, all []stored, hub int) []string {
	frontier, visited, named := []stored{from}, map[string]bool{from.table + from.place: true}, map[string]bool{}
	followed := map[string]bool{}
	for range 3 {
		var next []stored
		for _, row := range frontier {
			for _, v := range row.values {
				if len(v) < 16 || followed[v] || shared[v] >= hub { // what all opinions have in common tells nothing
					continue
				}
				followed[v] = true
				for _, other := range all {
					if key := other.table + other.place; !visited[key] && strings.Contains(other.text, v) {
						visited[key] = true
						next = append(next, other)
						for _, who := range r.named(other.text) {
							named[who] = true
						}
					}
				}
			}
		}
		if frontier = next; len(named) > 0 { // farther on everything leads to everybody
			break
		}
	}
	return keys(named)
}
