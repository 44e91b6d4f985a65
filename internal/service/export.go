package service

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/postgres"
)

// ExportFormat is a form in which people get their data.
type ExportFormat string

const (
	ExportJSON ExportFormat = "json"
	ExportPDF  ExportFormat = "pdf"
	ExportZIP  ExportFormat = "zip" // both, with the papers and one's files
)

// exportsPerPerson bounds how often one person can have their data put together in a quarter of an hour.
const exportsPerPerson = 60

// MyData returns the actor's own data; nobody else's can be asked for, by nobody. That it was asked for is written down. More than
// exportsPerPerson requests in a quarter of an hour end with CodeTooMany.
func (s *Service) MyData(ctx context.Context, actor appraisal.Actor) (PersonalData, error) {
	data, err := s.myData(ctx, actor, ExportJSON)
	if err != nil {
		return PersonalData{}, fmt.Errorf("data of %s: %w", actor.ID, err)
	}
	return data, nil
}

// MyDataFile returns the actor's own data as a file of a format. The PDF is in the actor's language.
func (s *Service) MyDataFile(ctx context.Context, actor appraisal.Actor, format ExportFormat) (File, error) {
	file, err := s.myDataFile(ctx, actor, format)
	if err != nil {
		return File{}, fmt.Errorf("data of %s as %s: %w", actor.ID, format, err)
	}
	return file, nil
}

func (s *Service) myDataFile(ctx context.Context, actor appraisal.Actor, format ExportFormat) (File, error) {
	if format != ExportJSON && format != ExportPDF && format != ExportZIP {
		return File{}, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil)
	}
	data, err := s.myData(ctx, actor, format)
	if err != nil {
		return File{}, err
	}
	name := "data-saya-" + data.GeneratedAt.In(s.zone).Format(time.DateOnly) + "." + string(format)
	switch format {
	case ExportPDF:
		content, err := s.printData(data, locale.Parse(actor.Lang))
		return fileOf(name, typePDF, content), err
	case ExportZIP:
		return s.packData(ctx, actor, name, data)
	default:
		content, err := json.MarshalIndent(data, "", "  ")
		return fileOf(name, typeJSON, content), err
	}
}

func (s *Service) myData(ctx context.Context, actor appraisal.Actor, format ExportFormat) (PersonalData, error) {
	if err := appraisal.Can(actor, appraisal.ActionOwnAccount, appraisal.Subject{}); err != nil {
		return PersonalData{}, err
	}
	err := s.in(ctx, func(t *tx) error {
		asked, err := postgres.CountRequest(ctx, t, rateScope("export", string(actor.ID)), t.now, rateWindow)
		if err != nil {
			return err
		}
		if asked > exportsPerPerson {
			return appraisal.Fault(appraisal.CodeTooMany, "export.too_many", map[string]any{"minutes": int(rateWindow.Minutes())})
		}
		return postgres.AuditReading(ctx, t, postgres.AuditEvent{At: t.now, Actor: actor.Person(), Network: actor.Network, Action: "export_data",
			Subject: "person/" + string(actor.ID), Detail: map[string]any{"format": format}}, readAgain)
	})
	if err != nil {
		return PersonalData{}, err
	}
	data := PersonalData{Format: exportFormat, Version: exportVersion, GeneratedAt: s.clock().UTC().Truncate(time.Second)}
	err = postgres.InSnapshot(ctx, s.db, func(q postgres.Querier) error {
		g := &gathering{Querier: q, service: s, actor: actor, data: &data}
		for _, part := range []func(context.Context) error{
			g.person, g.appraisals, g.given, g.evidence, g.sessions, g.learning, g.figures, g.requests, g.delegations, g.access, g.trail,
		} {
			if err := part(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return data, err
}

// gathering puts one person's data together from one picture of the record.
type gathering struct {
	postgres.Querier
	service *Service
	actor   appraisal.Actor
	data    *PersonalData
}

// mapped turns every row of a list.
func mapped[In, Out any](rows []In, turn func(In) Out) []Out {
	list := make([]Out, len(rows))
	for i, row := range rows {
		list[i] = turn(row)
	}
	return list
}

func dayOf(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

func (g *gathering) person(ctx context.Context) error {
	p, err := postgres.GetRosterData(ctx, g, g.actor.ID)
	if err != nil {
		return err
	}
	g.data.Person = PersonRecord{
		ID: p.ID, Kind: p.Kind, Name: p.Name, FullName: p.FullName, Email: p.Email, Language: p.Language, Active: p.Active, MailBouncing: p.MailBouncing,
		NIP: p.NIP, Sex: p.Sex, BirthDate: dayOf(p.BirthDate), PositionSince: dayOf(p.PositionSince), Employment: p.Employment, Grade: p.Grade,
		PositionKind: p.PositionKind, Position: p.PositionName, Unit: p.Unit, Superior: p.Superior,
	}
	if p.Post != "" {
		g.data.Person.Position = p.Post
	}
	grants, err := postgres.GrantsOf(ctx, g, g.actor.ID)
	g.data.Roles = mapped(grants, func(r postgres.Grant) HeldRole { return HeldRole(r) })
	return err
}

// appraisals reads each appraisal as its own page shows it, so that nothing is here that is not there.
func (g *gathering) appraisals(ctx context.Context) error {
	ids, err := postgres.OwnAppraisals(ctx, g, g.actor.ID)
	if err != nil {
		return err
	}
	g.data.Appraisals = make([]OwnAppraisal, len(ids))
	for i, id := range ids {
		row, err := permitted(ctx, g, g.actor, appraisal.ActionReadAppraisal, id)
		if err != nil {
			return err
		}
		if g.data.Appraisals[i].Appraisal, err = g.service.read(ctx, g, g.actor, row); err != nil {
			return err
		}
		if g.data.Appraisals[i].Plans, err = g.service.planHistory(ctx, g, g.actor, row); err != nil {
			return err
		}
	}
	return nil
}

func (g *gathering) given(ctx context.Context) error {
	feedback, err := postgres.FeedbackBy(ctx, g, g.actor.ID)
	if err != nil {
		return err
	}
	g.data.Feedback = mapped(feedback, func(f postgres.GivenFeedback) GivenFeedback { return GivenFeedback(f) })
	asked, err := postgres.OpinionsAsked(ctx, g, g.actor.ID)
	g.data.Opinions = mapped(asked, func(o postgres.AskedOpinion) AskedOpinion {
		return AskedOpinion{About: o.About, CycleName: o.CycleName, Answered: o.State == postgres.StepDone}
	})
	return err
}

func (g *gathering) learning(ctx context.Context) error {
	taken, err := postgres.TakenTrainings(ctx, g, g.actor.ID, time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC))
	if err != nil {
		return err
	}
	g.data.Trainings = mapped(taken, trainingView)
	assessed, err := postgres.AssessmentsOf(ctx, g, g.actor.ID)
	g.data.Assessments = mapped(assessed, func(a postgres.Assessed) Assessment {
		return Assessment{Competency: a.Competency, Name: a.Name, Source: a.Source, Day: a.Day.Format(time.DateOnly), Level: a.Level}
	})
	return err
}

func (g *gathering) figures(ctx context.Context) error {
	rows, err := postgres.MeasurementsOf(ctx, g, g.actor.ID)
	g.data.Figures = mapped(rows, func(m postgres.MonthMeasured) MonthlyFigure {
		return MonthlyFigure{
			Month: m.Month.Format("2006-01"), Received: m.Received, Completed: m.Completed, OnTime: m.OnTime, MeanDays: text(m.MeanDays),
			Source: fmt.Sprintf("%s:%d", m.SourceFile, m.SourceRow), Version: m.Number, InForce: m.InForce, RecordedAt: m.RecordedAt,
		}
	})
	return err
}

func (g *gathering) requests(ctx context.Context) error {
	rows, err := postgres.CorrectionsOf(ctx, g, g.actor.ID)
	if err != nil {
		return err
	}
	g.data.Corrections = g.service.corrections(g.actor, rows)
	drafts, err := postgres.DraftsOf(ctx, g, g.actor.ID)
	g.data.Drafts = mapped(drafts, func(d postgres.Unsent) UnsentDraft { return UnsentDraft(d) })
	return err
}

// delegationsTold is how many delegations an export has at most.
const delegationsTold = 1000

func (g *gathering) delegations(ctx context.Context) error {
	rows, err := postgres.Delegations(ctx, g, g.actor.ID, delegationsTold)
	g.data.Delegations = mapped(rows, func(d postgres.Delegation) DelegatedDuties {
		return DelegatedDuties{Delegator: d.Delegator, Delegate: d.Delegate, From: dayOf(&d.FromDay), Until: dayOf(&d.UntilDay),
			MadeBy: d.MadeBy, MadeAt: d.MadeAt, RevokedBy: text(d.RevokedBy), RevokedAt: d.RevokedAt}
	})
	return err
}

func (g *gathering) access(ctx context.Context) error {
	means, err := postgres.MeansOf(ctx, g, g.actor.ID)
	if err != nil {
		return err
	}
	g.data.Means = mapped(means, func(m postgres.HeldMeans) HeldMeans { return HeldMeans(m) })
	sessions, err := postgres.SessionsOf(ctx, g, g.actor.ID)
	if err != nil {
		return err
	}
	g.data.Sessions = mapped(sessions, func(s postgres.HeldSession) HeldSession { return HeldSession(s) })
	mails, err := postgres.MailsTo(ctx, g, g.actor.ID)
	g.data.Mails = mapped(mails, func(m postgres.MailTo) ReceivedMail { return ReceivedMail(m) })
	return err
}

// trail tells who did what with the person's data. That somebody read the same file again on a day is not told again.
func (g *gathering) trail(ctx context.Context) error {
	rows, err := postgres.PersonalTrail(ctx, g, g.actor.ID)
	g.data.Trail = []PersonalTrailLine{}
	told := map[string]bool{}
	for _, row := range rows {
		if row.Action == "read_file" {
			reading := fmt.Sprint(text(row.Actor), row.Subject, row.At.In(g.service.zone).Format(time.DateOnly))
			if told[reading] {
				continue
			}
			told[reading] = true
		}
		outcome, _ := row.Detail["outcome"].(string)
		document, _ := row.Detail["document"].(string)
		g.data.Trail = append(g.data.Trail, PersonalTrailLine{
			At: row.At, Action: row.Action, Actor: text(row.Actor), Behalf: text(row.Behalf), Network: row.Network,
			Outcome: appraisal.Outcome(outcome), Document: appraisal.DocumentKind(document), Detail: ownWords(row.Detail),
		})
	}
	return err
}
