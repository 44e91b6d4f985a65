package roster

import (
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
)

// LibraryEntry is an indicator of a key result that the office offers for the plans of a position. Entries of the same position with
// the same statement are one key result. Without a PositionName it is offered to every position of the kind.
type LibraryEntry struct {
	PositionKind appraisal.PositionKind
	PositionName string
	Aspect       appraisal.Aspect
	Statement    string
	Indicator    string
	Target       string // decimal
	Measure      string
	Direction    appraisal.Direction
	Offered      bool // false takes it out of the library
	Row          int
}

const (
	libKind = iota
	libName
	libAspect
	libStatement
	libIndicator
	libTarget
	libMeasure
	libDirection
	libOffered
)

var libraryLayout = layout{name: "library", columns: []column{
	libKind:      {header: "JENIS JABATAN", filled: true},
	libName:      {header: "NAMA JABATAN", optional: true},
	libAspect:    {header: "ASPEK", also: []string{"ASPEK ATAU PERSPEKTIF", "PERSPEKTIF"}, filled: true},
	libStatement: {header: "RENCANA HASIL KERJA", also: []string{"RHK", "HASIL KERJA"}, filled: true},
	libIndicator: {header: "INDIKATOR", also: []string{"INDIKATOR KINERJA INDIVIDU"}, filled: true},
	libTarget:    {header: "TARGET", filled: true},
	libMeasure:   {header: "SATUAN", filled: true},
	libDirection: {header: "ARAH", filled: true},
	libOffered:   {header: "DITAWARKAN", also: []string{"BERLAKU", "AKTIF"}, optional: true},
}}

// aspectWords maps what offices write, reduced to letters, to aspects and perspectives.
var aspectWords = map[string]appraisal.Aspect{
	"KUANTITAS": appraisal.AspectQuantity, "KUALITAS": appraisal.AspectQuality, "WAKTU": appraisal.AspectTime, "BIAYA": appraisal.AspectCost,
	"PENERIMALAYANAN": appraisal.PerspectiveReceivers, "PROSESBISNIS": appraisal.PerspectiveProcess,
	"PROSESBISNISINTERNAL": appraisal.PerspectiveProcess, "PENGUATANINTERNAL": appraisal.PerspectiveStrengthening,
	"ANGGARAN": appraisal.PerspectiveBudget,
}

var directionWords = map[string]appraisal.Direction{
	"NAIK": appraisal.DirectionMore, "MAKINBESARMAKINBAIK": appraisal.DirectionMore, "LEBIHBESARLEBIHBAIK": appraisal.DirectionMore,
	"TURUN": appraisal.DirectionLess, "MAKINKECILMAKINBAIK": appraisal.DirectionLess, "LEBIHKECILLEBIHBAIK": appraisal.DirectionLess,
}

// ReadLibrary reads the library of key results by position.
func ReadLibrary(file File) ([]LibraryEntry, Report) {
	b := &book{}
	r := readAll(b, &file, &libraryLayout, libStatement, readLibraryEntry)
	r.first(libIndicator, "import.library_twice", LibraryEntry.Key)
	return r.items, b.report()
}

// Key tells entries apart.
func (e LibraryEntry) Key() string {
	if e.Statement == "" || e.Indicator == "" {
		return ""
	}
	return joined(string(e.PositionKind), headerKey(e.PositionName), e.Statement, e.Indicator)
}

func readLibraryEntry(r row) LibraryEntry {
	e := LibraryEntry{PositionKind: readPositionKind(r, libKind), PositionName: r.text(libName, maxName), Offered: true, Row: r.number}
	e.Statement, _ = r.need(libStatement, appraisal.MaxLine)
	e.Indicator, _ = r.need(libIndicator, appraisal.MaxLine)
	e.Measure, _ = r.need(libMeasure, maxTitle)
	if s, ok := r.need(libAspect, maxName); ok {
		e.Aspect = aspectWords[headerKey(s)]
		if e.PositionKind != "" && !slices.Contains(appraisal.Aspects(e.PositionKind.Level()), e.Aspect) {
			key := "import.library_aspect"
			if e.PositionKind.Level() == appraisal.LevelJPT {
				key = "import.library_perspective"
			}
			r.fault(libAspect, key, args{"value": printable(s)})
		}
	}
	if s, ok := r.need(libTarget, maxCode); ok {
		if e.Target, ok = parseDecimal(s); !ok || !appraisal.ValidTarget(e.Target) {
			r.fault(libTarget, "import.target", args{"value": printable(s)})
		}
	}
	if s, ok := r.need(libDirection, maxName); ok {
		if e.Direction, ok = directionWords[headerKey(s)]; !ok {
			r.fault(libDirection, "import.library_direction", args{"value": printable(s)})
		}
	}
	switch s := r.text(libOffered, maxName); headerKey(s) {
	case "", "YA":
	case "TIDAK":
		e.Offered = false
	default:
		r.fault(libOffered, "import.library_offered", args{"value": printable(s)})
	}
	return e
}
