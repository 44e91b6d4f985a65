package appraisal

// ScoreChange is what a calibration session or a decision on an objection sets in place of what a score was calculated from.
// What is not named stays.
type ScoreChange struct {
	WorkResult Decimal // the whole dimension, in place of what the key results give
	Behaviour  Decimal
	Innovation *Innovation
}

// Change applies a change to what a score was calculated from. It fails with CodeInvalid when nothing is named, naming every
// wrong field otherwise.
func (p *Policy) Change(in ScoreInput, change ScoreChange) (ScoreInput, error) {
	var f Faults
	if change == (ScoreChange{}) {
		f.Add("behaviour_score", "error.change_nothing", nil)
		return in, f.Err()
	}
	if change.WorkResult != "" {
		p.checkScore(&f, "work_result_score", change.WorkResult)
		in.WorkResult = change.WorkResult
	}
	if change.Behaviour != "" {
		p.checkScore(&f, "behaviour_score", change.Behaviour)
		in.Behaviour = change.Behaviour
	}
	if change.Innovation != nil {
		change.Innovation.validate(&f)
		in.Innovation = change.Innovation.Found
	}
	return in, f.Err()
}

// checkScore asks for a plain decimal between the policy's lowest and highest score.
func (p *Policy) checkScore(f *Faults, field string, d Decimal) {
	value, err := d.Rat()
	if err != nil || !plainDecimal(string(d)) || value.Cmp(p.figures.lowest.value) < 0 || value.Cmp(p.figures.highest.value) > 0 {
		f.Add(field, "error.score_range", map[string]any{"least": p.Scoring.Lowest, "most": p.Scoring.Highest})
	}
}
