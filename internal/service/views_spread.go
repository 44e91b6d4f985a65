package service

import "github.com/marelan/telaah/internal/appraisal"

// CycleSpread is how the released ratings of a cycle spread, in the three versions of them that are kept.
type CycleSpread struct {
	CycleID   appraisal.CycleID    `json:"cycle_id"`
	CycleName string               `json:"cycle_name"`
	People    int                  `json:"people"`    // in the cycle, of the units that the reader may count
	Predikats []appraisal.Predikat `json:"predikats"` // that the policy can give or that occur, the best first
	Minimum   int                  `json:"minimum"`   // no figure is about fewer people; 0 where the reader may know each of them
	Withheld  bool                 `json:"withheld"`  // from this reader: the cycle has not ended, or has fewer results than that
	All       SpreadGroup          `json:"all"`
	Units     []SpreadGroup        `json:"units"`
	Levels    []SpreadGroup        `json:"levels"`
}

// SpreadGroup counts the results of some people: as reviewed, after calibration, and after objections.
type SpreadGroup struct {
	Key         string                     `json:"key,omitempty"`    // id of the unit, or the position level
	Name        string                     `json:"name,omitempty"`   // of the unit
	Merged      int                        `json:"merged,omitempty"` // how many groups too small to be told are told together here
	People      int                        `json:"people"`
	Reviewed    map[appraisal.Predikat]int `json:"reviewed"`
	Calibrated  map[appraisal.Predikat]int `json:"calibrated"`
	Final       map[appraisal.Predikat]int `json:"final"`
	ByCommittee int                        `json:"by_committee"` // whose predikat the calibration changed
	ByObjection int                        `json:"by_objection"` // whose predikat an objection changed
}
