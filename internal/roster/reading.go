package roster

import "slices"

// reading is what came out of one file, or of several of one kind: the items and, beside each, its row.
type reading[T any] struct {
	broken bool // a file, or the column that identifies its items, could not be read
	items  []T
	rows   []row
	tables []*table
}

// readAll opens file under layout l and makes an item of every row. identity is the column that other files refer to.
func readAll[T any](b *book, file *File, l *layout, identity int, item func(row) T) reading[T] {
	var r reading[T]
	if file == nil {
		return r
	}
	s, ok := openSheet(b, *file, l)
	if !ok {
		r.broken = true
		return r
	}
	r.take(b, s, l, identity, item)
	return r
}

// take adds the rows of an opened sheet.
func (r *reading[T]) take(b *book, s *sheet, l *layout, identity int, item func(row) T) {
	t, ok := openTable(b, s, l)
	if !ok {
		r.broken = true
		return
	}
	r.tables = append(r.tables, t)
	r.broken = r.broken || !t.has(identity)
	r.items = slices.Grow(r.items, len(s.rows))
	r.rows = slices.Grow(r.rows, len(s.rows))
	t.each(func(w row) {
		r.items = append(r.items, item(w))
		r.rows = append(r.rows, w)
	})
}

// uncertain reports whether code may stand in a row that could not be read, so that nobody should be told that it is unknown.
func (r *reading[T]) uncertain(code string) bool {
	for _, t := range r.tables {
		if t.lost[code] {
			return true
		}
	}
	return r.broken
}

// has reports whether every file that was read has column c.
func (r *reading[T]) has(c int) bool {
	for _, t := range r.tables {
		if !t.has(c) {
			return false
		}
	}
	return !r.broken
}

// first maps each identity to the item that has it first, and reports the others with key.
func (r *reading[T]) first(column int, key string, identity func(T) string) map[string]int {
	at := make(map[string]int, len(r.items))
	for i, item := range r.items {
		id := identity(item)
		if id == "" {
			continue
		}
		j, twice := at[id]
		if !twice {
			at[id] = i
			continue
		}
		k := key
		if sameCells(r.rows[i], r.rows[j]) {
			k = "import.row_twice"
		}
		r.rows[i].fault(column, k, args{"value": printable(id), "file": printable(r.rows[j].file), "row": r.rows[j].number})
	}
	return at
}

func sameCells(a, b row) bool {
	for i := range max(len(a.cells), len(b.cells)) {
		if cellAt(a.cells, i) != cellAt(b.cells, i) {
			return false
		}
	}
	return true
}

func cellAt(cells []string, i int) string {
	if i < len(cells) {
		return clean(cells[i])
	}
	return ""
}
