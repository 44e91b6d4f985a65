package roster

import "strconv"

// checkKnownUnit reports a unit code that the database does not have.
func checkKnownUnit(r row, c int, known Known) (string, bool) {
	code, ok := r.need(c, maxCode)
	if !ok {
		return "", false
	}
	if _, exists := known.Units[code]; !exists && !known.Unchecked {
		r.fault(c, "import.unit_unknown", args{"value": printable(code)})
		return code, false
	}
	return code, true
}

// checkKnownEmployee reports a NIP that the database does not have.
func checkKnownEmployee(r row, c int, known Known) (string, bool) {
	nip, ok := r.need(c, maxCode)
	if !ok {
		return "", false
	}
	if key := nipLength(nip); key != "" {
		r.fault(c, key, args{"value": printable(nip), "count": strconv.Itoa(len([]rune(nip)))})
		return nip, false
	}
	if _, exists := known.Employees[nip]; !exists && !known.Unchecked {
		r.fault(c, "import.employee_unknown", args{"value": nip})
		return nip, false
	}
	return nip, true
}
