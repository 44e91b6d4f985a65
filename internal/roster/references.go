package roster

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
	_, exists := known.Employees[nip]
	if exists || known.Unchecked && nipLength(nip) == "" {
		return nip, true
	}
	r.fault(c, unknownNIP(nip, "import.employee_unknown"), nipArgs(nip))
	return nip, false
}
