package roster

import (
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
)

const (
	empNIP = iota
	empName
	empPrefix
	empSuffix
	empSex
	empBirth
	empStatus
	empGrade
	empKind
	empPosition
	empUnit
	empUnitName
	empParentName
	empSuperior
	empEmail
	empSince
)

var employeeLayout = layout{name: "employees", columns: []column{
	empNIP:        {header: "NIP BARU", also: []string{"NIP", "NIP / NI PPPK"}, filled: true},
	empName:       {header: "NAMA", also: []string{"NAMA LENGKAP", "NAMA PEGAWAI"}, filled: true},
	empPrefix:     {header: "GELAR DEPAN"},
	empSuffix:     {header: "GELAR BELAKANG"},
	empSex:        {header: "JENIS KELAMIN", also: []string{"L/P"}, filled: true},
	empBirth:      {header: "TANGGAL LAHIR", also: []string{"TGL LAHIR"}, filled: true},
	empStatus:     {header: "STATUS", also: []string{"STATUS KEPEGAWAIAN", "STATUS ASN", "JENIS ASN"}, filled: true},
	empGrade:      {header: "GOLONGAN", also: []string{"GOL", "GOLONGAN RUANG"}},
	empKind:       {header: "JENIS JABATAN", filled: true},
	empPosition:   {header: "NAMA JABATAN", also: []string{"JABATAN"}, filled: true},
	empUnit:       {header: "UNOR ID", also: []string{"ID UNOR", "KODE UNOR", "KODE UNIT", "KODE UNIT ORGANISASI"}, filled: true},
	empUnitName:   {header: "UNOR NAMA", also: []string{"NAMA UNOR", "NAMA UNIT"}, optional: true},
	empParentName: {header: "UNOR INDUK", also: []string{"UNOR INDUK NAMA", "NAMA UNOR INDUK"}, optional: true},
	empSuperior:   {header: "NIP ATASAN", also: []string{"NIP ATASAN LANGSUNG"}},
	empEmail:      {header: "EMAIL", also: []string{"ALAMAT EMAIL", "SUREL"}, filled: true},
	empSince:      {header: "TMT JABATAN"},
}}

func readEmployees(b *book, file *File) reading[Employee] {
	return readAll(b, file, &employeeLayout, empNIP, readEmployee)
}

func readEmployee(r row) Employee {
	e := Employee{
		TitlePrefix: r.text(empPrefix, maxTitle),
		TitleSuffix: r.text(empSuffix, maxTitle),
		Grade:       r.text(empGrade, maxCode),
		SuperiorNIP: r.raw(empSuperior),
		Row:         r.number,
	}
	e.NIP, _ = r.need(empNIP, maxCode)
	e.Name, _ = r.need(empName, maxName)
	e.PositionName, _ = r.need(empPosition, maxName)
	e.UnitCode, _ = r.need(empUnit, maxCode)
	e.PositionKind = readPositionKind(r, empKind)
	e.Email = readEmail(r, empEmail)
	e.Sex = readSex(r)
	e.Kind = readStatus(r)
	birth, birthKnown := r.needDate(empBirth)
	if birthKnown && !r.notLater(empBirth, birth) {
		birthKnown = false
	}
	e.BirthDate = birth
	if since, ok := r.date(empSince); ok && r.notLater(empSince, since) {
		e.PositionSince = since
		if birthKnown && since.Before(birth) {
			r.fault(empSince, "import.since_before_birth", args{"value": writeDate(since), "birth": writeDate(birth)})
		}
	}
	if e.NIP == "" {
		return e
	}
	nip, key, a := parseNIP(e.NIP, r.book.today)
	if key != "" {
		r.fault(empNIP, key, a)
		return e
	}
	if birthKnown && !birth.Equal(nip.birth) {
		r.fault(empBirth, "import.birth_differs", args{"value": writeDate(birth), "nip": writeDate(nip.birth)})
	}
	if e.Sex != "" && e.Sex != nip.sex {
		r.fault(empSex, "import.sex_differs", args{"value": r.raw(empSex), "digit": e.NIP[14:15], "right": sexLetter(nip.sex)})
	}
	if e.Kind != "" && e.Kind != nip.kind {
		r.fault(empStatus, "import.status_differs", args{"value": r.raw(empStatus), "right": strings.ToUpper(string(nip.kind))})
	}
	return e
}

func sexLetter(s Sex) string {
	if s == Male {
		return "L"
	}
	return "P"
}

func readSex(r row) Sex {
	s, ok := r.need(empSex, maxCode)
	if !ok {
		return ""
	}
	switch headerKey(s) {
	case "L", "LAKILAKI", "PRIA", "M", "1":
		return Male
	case "P", "PEREMPUAN", "WANITA", "F", "2":
		return Female
	}
	r.fault(empSex, "import.sex", args{"value": printable(s)})
	return ""
}

func readStatus(r row) appraisal.EmployeeKind {
	s, ok := r.need(empStatus, maxCode)
	if !ok {
		return ""
	}
	switch headerKey(s) {
	case "PNS", "CPNS":
		return appraisal.EmployeePNS
	case "PPPK", "P3K":
		return appraisal.EmployeePPPK
	}
	r.fault(empStatus, "import.status", args{"value": printable(s)})
	return ""
}

// positionKinds maps what offices write, reduced to letters, to the kinds of positions.
var positionKinds = map[string]appraisal.PositionKind{
	"JPTUTAMA": appraisal.PositionJPTUtama, "JABATANPIMPINANTINGGIUTAMA": appraisal.PositionJPTUtama, "PIMPINANTINGGIUTAMA": appraisal.PositionJPTUtama,
	"JPTMADYA": appraisal.PositionJPTMadya, "JABATANPIMPINANTINGGIMADYA": appraisal.PositionJPTMadya, "PIMPINANTINGGIMADYA": appraisal.PositionJPTMadya,
	"JPTPRATAMA": appraisal.PositionJPTPratama, "JABATANPIMPINANTINGGIPRATAMA": appraisal.PositionJPTPratama, "PIMPINANTINGGIPRATAMA": appraisal.PositionJPTPratama,
	"ADMINISTRATOR": appraisal.PositionAdministrator, "JABATANADMINISTRATOR": appraisal.PositionAdministrator,
	"PENGAWAS": appraisal.PositionPengawas, "JABATANPENGAWAS": appraisal.PositionPengawas,
	"JF": appraisal.PositionFungsional, "FUNGSIONAL": appraisal.PositionFungsional, "JABATANFUNGSIONAL": appraisal.PositionFungsional, "JFT": appraisal.PositionFungsional, "FUNGSIONALTERTENTU": appraisal.PositionFungsional,
	"PELAKSANA": appraisal.PositionPelaksana, "JABATANPELAKSANA": appraisal.PositionPelaksana, "JFU": appraisal.PositionPelaksana, "FUNGSIONALUMUM": appraisal.PositionPelaksana,
}

func readPositionKind(r row, c int) appraisal.PositionKind {
	s, ok := r.need(c, maxCode)
	if !ok {
		return ""
	}
	kind, ok := positionKinds[headerKey(s)]
	if !ok {
		r.fault(c, "import.position_kind", args{"value": printable(s)})
	}
	return kind
}

func readEmail(r row, c int) string {
	s, ok := r.need(c, maxText)
	if ok && !validEmail(s) {
		r.fault(c, "import.email", args{"value": printable(s)})
		return ""
	}
	return s
}

// rosterReading is a roster import while it is being checked.
type rosterReading struct {
	book      *book
	known     Known
	units     reading[Unit]
	employees reading[Employee]
	officials reading[Official]

	unitAt     map[string]int
	employeeAt map[string]int
	spellings  map[string]string // of unit codes, made when first needed
}

func (r *rosterReading) check() {
	r.employeeAt = r.employees.first(empNIP, "import.nip_twice", func(e Employee) string { return e.NIP })
	roots := r.checkUnits()
	for i, e := range r.employees.items {
		r.checkUnitReference(r.employees.rows[i], empUnit, e.UnitCode, "import.unit_unknown")
	}
	r.checkSuperiors()
	r.checkTops(roots)
	r.checkOfficials()
	r.checkAddresses()
}

// checkPerson reports a NIP that neither the employees file nor the database has.
func (r *rosterReading) checkPerson(w row, c int, nip, key string) {
	if nip == "" || r.known.Unchecked || r.employees.uncertain(nip) {
		return
	}
	if _, ok := r.employeeAt[nip]; ok {
		return
	}
	if _, ok := r.known.Employees[nip]; ok {
		return
	}
	w.fault(c, unknownNIP(nip, key), nipArgs(nip))
}
