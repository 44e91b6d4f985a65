package roster

import "time"

// Measurement is what the service counters recorded of one employee in one month. Month is its first day, midnight UTC. MeanDays is
// a decimal string with a point, empty when nothing was completed.
type Measurement struct {
	NIP       string
	Month     time.Time
	Received  int
	Completed int
	OnTime    int
	MeanDays  string
	Row       int
}

const (
	measNIP = iota
	measMonth
	measReceived
	measCompleted
	measOnTime
	measMeanDays
)

var measurementLayout = layout{name: "measurements", columns: []column{
	measNIP:       {header: "NIP", also: []string{"NIP BARU"}, filled: true},
	measMonth:     {header: "BULAN", also: []string{"PERIODE"}, filled: true},
	measReceived:  {header: "BERKAS MASUK", filled: true},
	measCompleted: {header: "BERKAS SELESAI", filled: true},
	measOnTime:    {header: "SELESAI TEPAT WAKTU", also: []string{"TEPAT WAKTU"}, filled: true},
	measMeanDays:  {header: "RATA-RATA HARI", also: []string{"RATA-RATA HARI PENYELESAIAN"}},
}}

const maxCount = 10_000_000

// ReadMeasurements reads the monthly figures of employees. More completed than received is right when older files were finished in the
// month; it becomes a note.
func ReadMeasurements(file File, known Known, now time.Time) ([]Measurement, Report) {
	b := newBook(now)
	r := readAll(b, &file, &measurementLayout, measNIP, func(w row) Measurement { return readMeasurement(w, known) })
	r.first(measMonth, "import.month_twice", func(m Measurement) string {
		if m.NIP == "" || m.Month.IsZero() {
			return ""
		}
		return m.NIP + " " + m.Month.Format("2006-01")
	})
	return r.items, b.report()
}

func readMeasurement(r row, known Known) Measurement {
	m := Measurement{Row: r.number}
	m.NIP, _ = checkKnownEmployee(r, measNIP, known)
	if s, ok := r.need(measMonth, maxCode); ok {
		if m.Month, ok = parseMonth(s, r.date1904); !ok {
			r.fault(measMonth, "import.month_form", args{"value": printable(s)})
		} else if m.Month.After(r.book.today) {
			r.fault(measMonth, "import.month_future", args{"value": m.Month.Format("2006-01"), "today": r.book.today.Format("2006-01")})
		}
	}
	var received, completed, onTime bool
	m.Received, received = r.whole(measReceived, 0, maxCount)
	m.Completed, completed = r.whole(measCompleted, 0, maxCount)
	m.OnTime, onTime = r.whole(measOnTime, 0, maxCount)
	if onTime && completed && m.OnTime > m.Completed {
		r.fault(measOnTime, "import.on_time_exceeds", args{"value": m.OnTime, "completed": m.Completed})
	}
	if received && completed && m.Completed > m.Received {
		r.note(measCompleted, "import.completed_exceeds", args{"value": m.Completed, "received": m.Received})
	}
	s := r.text(measMeanDays, maxCode)
	switch {
	case s != "":
		days, ok := parseDecimal(s)
		if !ok {
			r.fault(measMeanDays, "import.decimal", args{"value": printable(s)})
		}
		m.MeanDays = days
	case completed && m.Completed > 0 && r.has(measMeanDays):
		r.fault(measMeanDays, "import.mean_days_blank", args{"completed": m.Completed})
	}
	return m
}
