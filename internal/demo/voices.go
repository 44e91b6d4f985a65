package demo

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/internal/service"
)

var voices = []string{"", "Penjelasan atasan membantu saya memahami hasilnya.", "", "", "Target di tengah tahun berubah dan baru dijelaskan belakangan."}

// speak lets two in three of those whose result is final say what they think of it.
func (st *story) speak(ctx context.Context, i int, p postgres.Participant) error {
	if i%3 == 1 {
		return nil
	}
	pulse, err := st.Pulse(ctx, as(p.EmployeeID), p.ID)
	if err != nil || !pulse.Open {
		return err
	}
	answer := appraisal.PulseAnswer{Understandable: 3 + i%3, Fair: 2 + i%4, Comment: voices[i%len(voices)]}
	_, err = st.AnswerPulse(ctx, as(p.EmployeeID), service.Call{}, p.ID, answer)
	return err
}
