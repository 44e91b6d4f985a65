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

// learn records a training, has it verified, and reads both histories.
func (o *office) learn() {
	o.t.Helper()
	contains(o.t, o.ask("Wati", 200, "GET", "/me/history", nil), `"learning"`)
	o.ask("Wati", 422, "POST", "/me/trainings", object{"hours": 0, "finished": "x", "evidence": "y"})
	o.ask("Wati", 200, "POST", "/me/trainings", object{
		"title": "Seminar", "hours": 6, "finished": o.value(`select (current_date - 400)::text`), "evidence": "https://data.desa.test/a"})
	id := o.value(`select id::text from training_taken`)
	o.ask("Wati", 403, "POST", "/trainings/"+id+"/verification", object{"verify": true})
	o.ask("Personalia", 200, "POST", "/trainings/"+id+"/verification", object{"verify": true})
	person := o.value(`select id::text from person where name = 'Wati'`)
	o.ask("Tono", 404, "GET", "/people/"+person+"/history", nil)
	contains(o.t, o.ask("Personalia", 200, "GET", "/people/"+person+"/history", nil), `"years"`, `"may_verify":true`)
}
