package service

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

// mostArchived bounds how many people's papers one archive takes: they are made while somebody waits.
const mostArchived = 150

// Archive returns all papers of the people of one unit, without the units below, in one ZIP file: a folder for each person with the
// papers that there are by now. A unit of more than mostArchived people is CodeInvalid.
func (s *Service) Archive(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID, unit appraisal.UnitID) (File, error) {
	file, err := s.archive(ctx, actor, id, unit)
	if err != nil {
		return File{}, fmt.Errorf("archive of cycle %s: %w", id, err)
	}
	return file, nil
}

func (s *Service) archive(ctx context.Context, actor appraisal.Actor, id appraisal.CycleID, unit appraisal.UnitID) (File, error) {
	if err := appraisal.MayTry(actor, appraisal.ActionReadResults); err != nil {
		return File{}, err
	}
	if unit == "" {
		return File{}, fieldFault("unit", "results.archive.unit", nil)
	}
	head, err := s.resultsHead(ctx, actor, id, unit)
	if err != nil {
		return File{}, err
	}
	people, err := postgres.ArchivedPeople(ctx, s.db, id, unit, mostArchived+1)
	if err != nil {
		return File{}, err
	}
	if len(people) > mostArchived {
		return File{}, fieldFault("unit", "results.archive.large", map[string]any{"max": mostArchived})
	}
	name := fmt.Sprintf("dokumen-%s-%s.zip", fileWord(head.CycleCode), head.At.Format("2006-01-02"))
	return spooled(name, typeZIP, func(w io.Writer) error {
		out := zip.NewWriter(w)
		for _, p := range people {
			if err := s.archivePapers(ctx, out, actor, p); err != nil {
				return err
			}
		}
		return out.Close()
	})
}

// archivePapers adds one person's papers; those that do not exist yet are passed over.
func (s *Service) archivePapers(ctx context.Context, out *zip.Writer, actor appraisal.Actor, p postgres.ArchivedPerson) error {
	for _, kind := range appraisal.DocumentKinds {
		content, name, err := s.document(ctx, actor, p.ID, kind)
		if own := (*appraisal.Error)(nil); errors.As(err, &own) && own.Code == appraisal.CodeWrongStage {
			continue
		}
		if err != nil {
			return err
		}
		file, err := out.CreateHeader(&zip.FileHeader{Name: fileWord(p.NIP) + "/" + name, Method: zip.Store}) // PDFs are compressed inside
		if err != nil {
			return err
		}
		if _, err := file.Write(content); err != nil {
			return err
		}
	}
	return nil
}
