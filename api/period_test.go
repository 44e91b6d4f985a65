package api_test

import "github.com/marelan/telaah/internal/appraisal"

// joinLate adds somebody to the running cycle and corrects the months that they serve.
func (o *office) joinLate() {
	o.t.Helper()
	o.exec(`with p as (insert into person (kind, name, full_name, email) values ('employee', 'Gita', 'Gita', 'gita@desa.test') returning id)
		insert into employee (person_id, nip, sex, birth_date, employment, position_kind, position_name, unit_id, superior_id)
		select p.id, '199001012026052001', 'female', '1990-01-01', 'pns', 'pelaksana', 'Pengolah', u.id, s.id
		from p, unit u, person s where u.code = 'SEKRETARIAT' and s.name = 'Sekdes'`)
	cycle := "/cycles/" + o.cycle
	contains(o.t, o.ask("Personalia", 200, "GET", cycle+"/candidates", nil), `"nip":"199001012026052001"`)
	o.ask("Sekdes", 403, "POST", cycle+"/members", object{"nip": "199001012026052001", "reason": "Pegawai baru"})
	o.ask("Personalia", 422, "POST", cycle+"/members", object{"nip": "1", "reason": "Pegawai baru"})
	o.ask("Personalia", 200, "POST", cycle+"/members", object{"nip": "199001012026052001", "reason": "Pegawai baru"})
	o.enter("Gita", appraisal.StageTargets)
	one := "/appraisals/" + string(o.of("Gita"))
	contains(o.t, o.ask("Personalia", 200, "GET", one, nil), `"served":8`, `"cause":"appointed"`)
	o.ask("Personalia", 422, "POST", one+"/tenure", object{"months": 99, "reason": "Bertugas sejak April"})
	o.ask("Personalia", 200, "POST", one+"/tenure", object{"months": 9, "reason": "Bertugas sejak April"})
}
