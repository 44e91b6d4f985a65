package roster

import (
	"strconv"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// youngest is the age in years below which nobody was ever appointed.
const youngest = 15

// nipParts is what the 18 digits of a NIP say: birth date YYYYMMDD, appointment YYYYMM (for a PPPK YYYY and 21), sex and a
// sequence of three digits that begins at 001.
type nipParts struct {
	birth     time.Time
	appointed time.Time // the last day on which it may have been
	kind      appraisal.EmployeeKind
	sex       Sex
}

// nipLength returns the key that says why s is not 18 digits; empty when it is.
func nipLength(s string) string {
	if len(s) == 18 && allDigits(s) {
		return ""
	}
	if rounded(s) {
		return "import.nip_rounded"
	}
	return "import.nip_length"
}

// unknownNIP returns the key for a NIP that nobody has: key, or why it cannot be anybody's.
func unknownNIP(s, key string) string {
	if form := nipLength(s); form != "" {
		return form
	}
	if s[15:] == "000" {
		return "import.nip_sequence"
	}
	return key
}

// rounded reports whether s is what spreadsheets make of 18 digits that are not kept as text: 1,98107E+17.
func rounded(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i] == 'E' || s[i] == 'e' {
			_, err := strconv.Atoi(s[i+1:])
			_, number := parseDecimal(s[:i])
			return err == nil && number
		}
	}
	return false
}

func nipArgs(s string) args {
	return args{"value": printable(s), "count": len([]rune(s))}
}

// parseNIP takes a NIP apart. The key of the first thing that is wrong comes back when it has no right form.
func parseNIP(s string, today time.Time) (nipParts, string, args) {
	var p nipParts
	if key := nipLength(s); key != "" {
		return p, key, nipArgs(s)
	}
	number := func(from, to int) int {
		n, _ := strconv.Atoi(s[from:to])
		return n
	}
	var ok bool
	if p.birth, ok = day(number(0, 4), number(4, 6), number(6, 8)); !ok || p.birth.After(today) {
		return p, "import.nip_birth", args{"value": s[:8]}
	}
	year, month := number(8, 12), number(12, 14)
	switch {
	case month == 21:
		p.kind, p.appointed = appraisal.EmployeePPPK, time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
	case month >= 1 && month <= 12:
		p.kind, p.appointed = appraisal.EmployeePNS, time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC)
	default:
		return p, "import.nip_appointment", args{"value": s[8:14]}
	}
	if year > today.Year() || p.kind == appraisal.EmployeePNS && year == today.Year() && month > int(today.Month()) {
		return p, "import.nip_future", args{"value": s[8:14], "today": writeDate(today)}
	}
	if p.appointed.Before(p.birth.AddDate(youngest, 0, 0)) {
		return p, "import.nip_early", args{"value": s[8:14], "age": strconv.Itoa(youngest), "birth": writeDate(p.birth)}
	}
	switch s[14] {
	case '1':
		p.sex = Male
	case '2':
		p.sex = Female
	default:
		return p, "import.nip_sex", args{"value": s[14:15]}
	}
	if s[15:] == "000" {
		return p, "import.nip_sequence", nil
	}
	return p, "", nil
}
