// Package roster reads and validates the files that an office imports: its units and people, its strategy, measurements,
// citizen survey, competencies, trainings and holidays. It knows no database: what the office has already recorded comes in
// as a Known value, and typed rows go out together with a Report of everything that is wrong.
//
// Row numbers are record numbers: the header is 1 and every record after it counts one. In a CSV file a wholly empty line is no
// record and is not counted; a line of nothing but delimiters is one, and so is a quoted cell that spans several lines together
// with its neighbours. In a workbook every sheet row from the header on counts, as the spreadsheet program numbers them when
// the header stands in row 1.
package roster

import (
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// File is one file as it was handed in. Name is used in reports only; the format is recognised by the content.
type File struct {
	Name string
	Data []byte
}

// Sex is what digit 15 of a NIP says.
type Sex string

const (
	Male   Sex = "male"
	Female Sex = "female"
)

// Unit is a node of the organisation tree. A root has no ParentCode; a vacant unit has no HeadNIP.
type Unit struct {
	Code       string
	Name       string
	ParentCode string
	HeadNIP    string
	Row        int
}

// Employee is one civil servant. SuperiorNIP is empty only for the top of a root unit. Dates are midnight UTC; PositionSince
// is zero when the file leaves it blank.
type Employee struct {
	NIP           string
	Name          string
	TitlePrefix   string
	TitleSuffix   string
	Sex           Sex
	BirthDate     time.Time
	Kind          appraisal.EmployeeKind
	Grade         string
	PositionKind  appraisal.PositionKind
	PositionName  string
	UnitCode      string
	SuperiorNIP   string
	Email         string
	PositionSince time.Time
	Row           int
}

// Official is somebody outside the roster who appraises the top of a root, for example a regent.
type Official struct {
	Code     string
	Post     string
	Name     string
	Email    string
	UnitCode string
	Row      int
}

// RosterFiles are the parts of a roster import. A nil part is not given, and what the database holds stands for it.
type RosterFiles struct {
	Units     *File
	Employees *File
	Officials *File
}

// Roster is what the parts of a roster import say, in the order of their rows.
type Roster struct {
	Units     []Unit
	Employees []Employee
	Officials []Official
}

// ReadRoster reads the parts of a roster import and checks them against each other and against known; now decides what lies in the
// future, in its own zone. The Roster may be imported only when the Report has no faults.
func ReadRoster(files RosterFiles, known Known, now time.Time) (Roster, Report) {
	b := newBook(now)
	r := rosterReading{book: b, known: known}
	r.units = readUnits(b, files.Units)
	r.employees = readEmployees(b, files.Employees)
	r.officials = readOfficials(b, files.Officials)
	r.check()
	return Roster{Units: r.units.items, Employees: r.employees.items, Officials: r.officials.items}, b.report()
}
