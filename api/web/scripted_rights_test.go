package web_test

import (
	"context"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// Nothing waits for an answer and nothing is due: pages about that are tested over the real service, in package api.

func (s *scripted) Corrections(context.Context, appraisal.Actor) (service.CorrectionList, error) {
	return service.CorrectionList{}, nil
}

func (s *scripted) RetentionPreview(context.Context, appraisal.Actor) (service.RetentionPreview, error) {
	return service.RetentionPreview{}, nil
}

func (s *scripted) Destructions(context.Context, appraisal.Actor, string, int) (service.Page[service.Destruction], error) {
	return service.Page[service.Destruction]{}, nil
}
