package roster

import "strings"

const (
	unitCode = iota
	unitName
	unitParent
	unitHead
)

var unitLayout = layout{name: "units", columns: []column{
	unitCode:   {header: "UNOR ID", also: []string{"ID UNOR", "KODE UNOR", "KODE UNIT", "KODE UNIT ORGANISASI"}, filled: true},
	unitName:   {header: "UNOR NAMA", also: []string{"NAMA UNOR", "NAMA UNIT", "NAMA UNIT ORGANISASI"}, filled: true},
	unitParent: {header: "UNOR INDUK ID", also: []string{"ID UNOR INDUK", "KODE UNOR INDUK", "KODE INDUK", "UNOR ATASAN ID"}},
	unitHead:   {header: "NIP KEPALA", also: []string{"NIP KEPALA UNIT", "NIP PIMPINAN"}},
}}

func readUnits(b *book, file *File) reading[Unit] {
	return readAll(b, file, &unitLayout, unitCode, func(r row) Unit {
		u := Unit{ParentCode: r.text(unitParent, maxCode), HeadNIP: r.raw(unitHead), Row: r.number}
		u.Code, _ = r.need(unitCode, maxCode)
		u.Name, _ = r.need(unitName, maxName)
		return u
	})
}

// checkUnits checks the tree of units and their heads, and returns the code of each unit's root; units in or below a loop have none.
func (r *rosterReading) checkUnits() map[string]string {
	r.unitAt = r.units.first(unitCode, "import.code_twice", func(u Unit) string { return u.Code })
	tree := newChain(len(r.units.items) + len(r.known.Units))
	for _, u := range r.units.items {
		tree.add(u.Code, u.ParentCode)
	}
	for code, u := range r.known.Units {
		tree.add(code, u.ParentCode)
	}
	tree.link()
	ends, loops := tree.walk()
	for _, loop := range loops {
		path := tree.describe(loop)
		for _, n := range loop {
			if i, ok := r.unitAt[tree.codes[n]]; ok {
				r.units.rows[i].fault(unitParent, "import.unit_loop", args{"loop": path, "count": len(loop)})
			}
		}
	}
	for i, u := range r.units.items {
		r.checkUnitReference(r.units.rows[i], unitParent, u.ParentCode, "import.parent_unknown")
		r.checkPerson(r.units.rows[i], unitHead, u.HeadNIP, "import.head_unknown")
	}
	roots := make(map[string]string, len(ends))
	for n, end := range ends {
		if end != noEnd {
			roots[tree.codes[n]] = tree.codes[end]
		}
	}
	return roots
}

// checkUnitReference reports a unit code that neither the units file nor the database has.
func (r *rosterReading) checkUnitReference(w row, c int, code, key string) {
	if code == "" || r.known.Unchecked || r.units.uncertain(code) {
		return
	}
	if _, ok := r.unitAt[code]; ok {
		return
	}
	if _, ok := r.known.Units[code]; ok {
		return
	}
	if near, ok := r.unitLike(code); ok {
		w.fault(c, "import.unit_spelling", args{"value": printable(code), "near": printable(near)})
		return
	}
	w.fault(c, key, args{"value": printable(code)})
}

// unitLike finds a unit whose code differs from code in capitals, spaces or punctuation only.
func (r *rosterReading) unitLike(code string) (string, bool) {
	if r.spellings == nil {
		r.spellings = map[string]string{}
		for known := range r.known.Units {
			r.spellings[unitSpelling(known)] = known
		}
		for _, u := range r.units.items {
			r.spellings[unitSpelling(u.Code)] = u.Code
		}
	}
	near, ok := r.spellings[unitSpelling(code)]
	return near, ok && near != ""
}

func unitSpelling(code string) string {
	return strings.ToUpper(strings.Join(strings.Fields(code), ""))
}
