package roster

const (
	officialCode = iota
	officialPost
	officialName
	officialEmail
	officialUnit
)

var officialLayout = layout{name: "officials", columns: []column{
	officialCode:  {header: "KODE", also: []string{"KODE PEJABAT"}, filled: true},
	officialPost:  {header: "JABATAN", also: []string{"NAMA JABATAN"}, filled: true},
	officialName:  {header: "NAMA", also: []string{"NAMA LENGKAP", "NAMA PEJABAT"}, filled: true},
	officialEmail: {header: "EMAIL", also: []string{"ALAMAT EMAIL", "SUREL"}, filled: true},
	officialUnit:  {header: "UNOR ID", also: []string{"ID UNOR", "KODE UNOR", "KODE UNIT"}, filled: true},
}}

func readOfficials(b *book, file *File) reading[Official] {
	return readAll(b, file, &officialLayout, officialCode, func(r row) Official {
		o := Official{Email: readEmail(r, officialEmail), Row: r.number}
		o.Code, _ = r.need(officialCode, maxCode)
		o.Post, _ = r.need(officialPost, maxName)
		o.Name, _ = r.need(officialName, maxName)
		o.UnitCode, _ = r.need(officialUnit, maxCode)
		return o
	})
}

func (r *rosterReading) checkOfficials() {
	r.officials.first(officialCode, "import.code_twice", func(o Official) string { return o.Code })
	for i, o := range r.officials.items {
		r.checkUnitReference(r.officials.rows[i], officialUnit, o.UnitCode, "import.unit_unknown")
	}
}
