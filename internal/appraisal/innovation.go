package appraisal

import "strings"

// Innovation is the finding whether there was an innovation of benefit to the organisation, and which.
type Innovation struct {
	Found       bool   `json:"found"`
	Description string `json:"description,omitempty"`
}

// validate asks for a description of what was found, and for none otherwise.
func (i Innovation) validate(f *Faults) {
	if i.Found {
		requireText(f, "innovation.description", i.Description, MaxText)
	} else if strings.TrimSpace(i.Description) != "" {
		f.Add("innovation.description", "error.innovation_described", nil)
	}
}
