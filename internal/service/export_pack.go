package service

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/postgres"
)

// packData puts the data in one file: as JSON, as PDF, and a folder for each appraisal with its papers and the files that belong to it.
func (s *Service) packData(ctx context.Context, actor appraisal.Actor, name string, data PersonalData) (File, error) {
	return spooled(name, typeZIP, func(w io.Writer) error {
		out := zip.NewWriter(w)
		content, err := json.MarshalIndent(data, "", "  ")
		if err != nil {
			return err
		}
		if err := put(out, "data.json", zip.Deflate, content); err != nil {
			return err
		}
		if content, err = s.printData(data, locale.Parse(actor.Lang)); err != nil {
			return err
		}
		if err := put(out, "data.pdf", zip.Store, content); err != nil {
			return err
		}
		for i, own := range data.Appraisals {
			folder := fmt.Sprintf("%02d-%s-%s/", i+1, own.Appraisal.PeriodStart.Format("2006-01"), own.Appraisal.PeriodEnd.Format("2006-01"))
			if err := s.packAppraisal(ctx, out, actor, folder, own.Appraisal); err != nil {
				return err
			}
		}
		return out.Close()
	})
}

func put(out *zip.Writer, name string, method uint16, content []byte) error {
	file, err := out.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return err
}

// packAppraisal adds the papers that there are and the files that the person may read.
func (s *Service) packAppraisal(ctx context.Context, out *zip.Writer, actor appraisal.Actor, folder string, own Appraisal) error {
	for _, kind := range own.Documents {
		content, name, err := s.document(ctx, actor, own.ID, kind)
		if err != nil {
			return err
		}
		if err := put(out, folder+name, zip.Store, content); err != nil {
			return err
		}
	}
	files, err := postgres.EvidenceOf(ctx, s.db, own.ID, actor.ID)
	if err != nil {
		return err
	}
	var packed [][]byte
	for _, f := range files {
		if f.SHA256 == nil || slices.ContainsFunc(packed, func(d []byte) bool { return slices.Equal(d, f.SHA256) }) {
			continue
		}
		packed = append(packed, f.SHA256)
		content, err := s.content(ctx, contentKey(own.ID, f.SHA256), f.SHA256)
		if err != nil {
			return err
		}
		if err := put(out, fmt.Sprintf("%s%02d-%s", folder, len(packed), f.Name), zip.Deflate, content); err != nil {
			return err
		}
	}
	return nil
}
