package roster

import "time"

// Holiday is a day, midnight UTC, on which the office does not work.
type Holiday struct {
	Date time.Time
	Name string
	Row  int
}

const (
	holidayDate = iota
	holidayName
)

var holidayLayout = layout{name: "holidays", columns: []column{
	holidayDate: {header: "TANGGAL", filled: true},
	holidayName: {header: "KETERANGAN", also: []string{"NAMA", "HARI LIBUR"}, filled: true},
}}

// ReadHolidays reads the office's days off; they may lie in the future.
func ReadHolidays(file File) ([]Holiday, Report) {
	b := &book{}
	r := readAll(b, &file, &holidayLayout, holidayDate, func(w row) Holiday {
		h := Holiday{Row: w.number}
		h.Date, _ = w.needDate(holidayDate)
		h.Name, _ = w.need(holidayName, maxName)
		return h
	})
	r.first(holidayDate, "import.holiday_twice", func(h Holiday) string {
		if h.Date.IsZero() {
			return ""
		}
		return writeDate(h.Date)
	})
	return r.items, b.report()
}
