package demo

import (
	"context"
	"time"

	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

// seminars are what people took on their own initiative.
var seminars = []struct {
	title string
	hours int
}{
	{"Seminar pelayanan publik yang ramah", 6},
	{"Lokakarya penyusunan laporan kinerja", 12},
	{"Belajar mandiri: pengolahan data dengan lembar kerja", 8},
}

// learn lets some record a training that they took; most superiors have verified it, one asks for better evidence.
func (st *story) learn(ctx context.Context, i int, p postgres.Participant) error {
	if i%7 != 3 || st.plot.scored { // it is recorded once, whatever cycle it falls into
		return nil
	}
	seminar := seminars[i/7%len(seminars)]
	receipt, err := st.RecordTraining(ctx, as(p.EmployeeID), service.Call{}, service.NewTraining{
		Title: seminar.title, Hours: seminar.hours, Finished: st.clock.Now().In(st.zone).AddDate(0, 0, -4).Format(time.DateOnly),
		Evidence: "https://data.marelan.go.id/sertifikat/contoh",
	})
	if err != nil || i%21 == 3 { // a third still waits
		return err
	}
	verdict := service.TrainingVerdict{Verify: true}
	if i%42 == 10 {
		verdict = service.TrainingVerdict{Comment: "Tautannya membuka contoh, bukan sertifikat Anda. Mohon catat lagi dengan bukti yang benar."}
	}
	_, err = st.VerifyTraining(ctx, as(p.AppraiserID), service.Call{}, receipt.ID, verdict)
	return err
}
