package roster

// Known is what the database holds already, so that a file may refer to it. A row of the file replaces the known entry of the
// same code or NIP; an entry that the file does not mention stays, because an import removes nobody.
type Known struct {
	Units        map[string]KnownUnit     // by code
	Employees    map[string]KnownEmployee // by NIP
	Officials    map[string]string        // code to e-mail address
	Competencies map[string]bool          // codes
	Strategy     map[string]StrategyKind  // by code

	// Unchecked leaves out every check of a reference, for calculators that have no database to ask.
	Unchecked bool
}

// KnownUnit is a unit in the database.
type KnownUnit struct {
	ParentCode string
	HeadNIP    string
}

// KnownEmployee is an employee in the database.
type KnownEmployee struct {
	UnitCode    string
	SuperiorNIP string
	Email       string
}

// Known returns what the database would hold after importing r into an empty one.
func (r Roster) Known() Known {
	k := Known{Units: map[string]KnownUnit{}, Employees: map[string]KnownEmployee{}, Officials: map[string]string{}}
	for _, u := range r.Units {
		k.Units[u.Code] = KnownUnit{ParentCode: u.ParentCode, HeadNIP: u.HeadNIP}
	}
	for _, e := range r.Employees {
		k.Employees[e.NIP] = KnownEmployee{UnitCode: e.UnitCode, SuperiorNIP: e.SuperiorNIP, Email: e.Email}
	}
	for _, o := range r.Officials {
		k.Officials[o.Code] = o.Email
	}
	return k
}
