package roster

import (
	"strconv"
	"strings"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
)

// parseDate reads DD-MM-YYYY, DD/MM/YYYY, DD.MM.YYYY, YYYY-MM-DD, each with or without a time of day, and the serial number of a
// workbook date. The result is midnight UTC.
func parseDate(s string, date1904 bool) (time.Time, bool) {
	if d, ok := serialDate(s, date1904); ok {
		return d, true
	}
	if i := strings.IndexAny(s, "T "); i > 0 {
		if strings.Trim(s[i+1:], "0123456789:.Z+") != "" {
			return time.Time{}, false
		}
		s = s[:i]
	}
	i := strings.IndexAny(s, "-/.")
	if i < 0 {
		return time.Time{}, false
	}
	parts := strings.Split(s, s[i:i+1])
	if len(parts) != 3 {
		return time.Time{}, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	if len(parts[0]) > 2 || len(parts[1]) > 2 || len(parts[2]) != 4 {
		return time.Time{}, false
	}
	var n [3]int
	for i, p := range parts {
		if !allDigits(p) {
			return time.Time{}, false
		}
		n[i], _ = strconv.Atoi(p)
	}
	return day(n[2], n[1], n[0])
}

// serialDate reads the five-digit day number that workbooks store: days since 30 December 1899, or since 1 January 1904 in
// workbooks that say so. A fraction is the time of day.
func serialDate(s string, date1904 bool) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(whole) != 5 || !allDigits(whole) || fraction != "" && !allDigits(fraction) {
		return time.Time{}, false
	}
	n, _ := strconv.Atoi(whole)
	d := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		d = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	d = d.AddDate(0, 0, n)
	return d, d.Year() <= appraisal.LastYear
}

// day returns a date of the calendar, false for one that does not exist or is out of all reason.
func day(year, month, dayOfMonth int) (time.Time, bool) {
	if year < appraisal.FirstYear || year > appraisal.LastYear || month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > 31 {
		return time.Time{}, false
	}
	d := time.Date(year, time.Month(month), dayOfMonth, 0, 0, 0, 0, time.UTC)
	return d, d.Day() == dayOfMonth
}

// parseMonth reads YYYY-MM, MM-YYYY with - or /, or a date in the month. The result is the first of the month.
func parseMonth(s string, date1904 bool) (time.Time, bool) {
	if i := strings.IndexAny(s, "-/"); i > 0 && strings.Count(s, s[i:i+1]) == 1 {
		year, month := s[:i], s[i+1:]
		if len(month) == 4 {
			year, month = month, year
		}
		if len(year) != 4 || len(month) > 2 || !allDigits(year) || !allDigits(month) {
			return time.Time{}, false
		}
		y, _ := strconv.Atoi(year)
		m, _ := strconv.Atoi(month)
		return day(y, m, 1)
	}
	d, ok := parseDate(s, date1904)
	if !ok {
		return time.Time{}, false
	}
	return d.AddDate(0, 0, 1-d.Day()), true
}

// writeDate writes d the way that the files do.
func writeDate(d time.Time) string { return d.Format("02-01-2006") }

func parseWhole(s string) (int, bool) {
	if len(s) > 9 || !allDigits(s) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// maxDecimalDigits bounds a number so that exact arithmetic on it stays cheap.
const maxDecimalDigits = 18

// parseDecimal reads a number that is not negative, with comma or point as decimal mark, and returns it with a point and without
// useless zeros. A text with both marks has the last as decimal mark and groups of three before it.
func parseDecimal(s string) (string, bool) {
	mark := strings.LastIndexAny(s, ".,")
	whole, fraction := s, ""
	if mark >= 0 {
		whole, fraction = s[:mark], s[mark+1:]
		if fraction == "" {
			return "", false
		}
	}
	if other := strings.IndexAny(whole, ".,"); other >= 0 {
		if whole[other] == s[mark] {
			return "", false
		}
		var ok bool
		if whole, ok = ungroup(whole, whole[other:other+1]); !ok {
			return "", false
		}
	}
	if !allDigits(whole) || fraction != "" && !allDigits(fraction) || len(whole)+len(fraction) > maxDecimalDigits {
		return "", false
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction == "" {
		return whole, true
	}
	return whole + "." + fraction, true
}

// ungroup takes the separators out of digits in groups of three.
func ungroup(s, separator string) (string, bool) {
	groups := strings.Split(s, separator)
	for i, g := range groups {
		if !allDigits(g) || i > 0 && len(g) != 3 || len(g) > 3 {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// parseRupiah reads a whole amount of rupiah: 1500000, 1.500.000 or Rp 1.500.000,00.
func parseRupiah(s string) (int64, bool) {
	if len(s) > 2 && strings.EqualFold(s[:2], "rp") {
		s = strings.TrimLeft(s[2:], ". ")
	}
	s = strings.TrimSuffix(s, ",00")
	if strings.Contains(s, ".") {
		var ok bool
		if s, ok = ungroup(s, "."); !ok {
			return 0, false
		}
	}
	if len(s) > 15 || !allDigits(s) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
