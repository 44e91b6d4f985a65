package roster

import "strings"

// checkSuperiors reports superiors that nobody has heard of, people who are their own superior, and every member of a loop.
func (r *rosterReading) checkSuperiors() {
	line := newChain(len(r.employees.items) + len(r.known.Employees))
	for i, e := range r.employees.items {
		r.checkPerson(r.employees.rows[i], empSuperior, e.SuperiorNIP, "import.superior_unknown")
		if e.SuperiorNIP != "" && e.SuperiorNIP == e.NIP {
			r.employees.rows[i].fault(empSuperior, "import.superior_self", nil)
		}
		line.add(e.NIP, e.SuperiorNIP)
	}
	for nip, e := range r.known.Employees {
		line.add(nip, e.SuperiorNIP)
	}
	line.link()
	_, loops := line.walk()
	for _, loop := range loops {
		if len(loop) == 1 {
			continue
		}
		path := line.describe(loop)
		for _, n := range loop {
			if i, ok := r.employeeAt[line.codes[n]]; ok {
				r.employees.rows[i].fault(empSuperior, "import.superior_loop", args{"loop": path, "count": len(loop)})
			}
		}
	}
}

// checkTops reports people without a superior who are not the top of their root unit. The top is the root's head; where the head is
// not among them, a single person without a superior is taken for the top, and of several none can be told from the others.
func (r *rosterReading) checkTops(roots map[string]string) {
	if r.units.broken || !r.employees.has(empSuperior) || !r.employees.has(empUnit) {
		return
	}
	without := map[string][]string{} // by root, NIPs
	for i, e := range r.employees.items {
		if root, ok := roots[e.UnitCode]; ok && e.SuperiorNIP == "" && e.NIP != "" && r.employeeAt[e.NIP] == i {
			without[root] = append(without[root], e.NIP)
		}
	}
	for nip, e := range r.known.Employees {
		if _, replaced := r.employeeAt[nip]; replaced || e.SuperiorNIP != "" {
			continue
		}
		if root, ok := roots[e.UnitCode]; ok {
			without[root] = append(without[root], nip)
		}
	}
	for root, nips := range without {
		if len(nips) == 1 {
			continue
		}
		head := r.headOf(root)
		key, a := "import.top_unclear", args{"unit": printable(root), "count": len(nips)}
		for _, nip := range nips {
			if nip == head {
				key, a = "import.superior_missing", args{"unit": printable(root), "head": head}
			}
		}
		for _, nip := range nips {
			if i, ok := r.employeeAt[nip]; ok && nip != head {
				r.employees.rows[i].fault(empSuperior, key, a)
			}
		}
	}
}

func (r *rosterReading) headOf(unit string) string {
	if i, ok := r.unitAt[unit]; ok {
		return r.units.items[i].HeadNIP
	}
	return r.known.Units[unit].HeadNIP
}

// addressOwner is who uses an e-mail address already: a row of these files, or a code or NIP in the database.
type addressOwner struct {
	row *row
	id  string
}

// checkAddresses reports an e-mail address that two people share, whatever its capitals: a sign-in link goes to one person.
func (r *rosterReading) checkAddresses() {
	owners := make(map[string]addressOwner, len(r.employees.items)+len(r.known.Employees))
	officialAt := map[string]bool{}
	for _, o := range r.officials.items {
		officialAt[o.Code] = true
	}
	for nip, e := range r.known.Employees {
		if _, replaced := r.employeeAt[nip]; !replaced && e.Email != "" {
			owners[strings.ToLower(e.Email)] = addressOwner{id: nip}
		}
	}
	for code, email := range r.known.Officials {
		if !officialAt[code] && email != "" {
			owners[strings.ToLower(email)] = addressOwner{id: code}
		}
	}
	for i, e := range r.employees.items {
		claim(owners, &r.employees.rows[i], empEmail, e.NIP, e.Email)
	}
	for i, o := range r.officials.items {
		claim(owners, &r.officials.rows[i], officialEmail, o.Code, o.Email)
	}
}

func claim(owners map[string]addressOwner, w *row, c int, id, email string) {
	if email == "" {
		return
	}
	key := strings.ToLower(email)
	owner, taken := owners[key]
	switch {
	case !taken:
		owners[key] = addressOwner{row: w, id: id}
	case owner.id == id && id != "" && owner.row != nil && owner.row.table == w.table:
		// The same person twice: that is reported already.
	case owner.row == nil:
		w.fault(c, "import.email_taken", args{"value": printable(email), "owner": printable(owner.id)})
	default:
		w.fault(c, "import.email_twice", args{"value": printable(email), "file": printable(owner.row.file), "row": owner.row.number})
	}
}
