package service

import (
	"fmt"
	"slices"
	"time"

	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/mail"
	"github.com/marelan/telaah/internal/postgres"
)

// notice says what a message tells its reader.
func (o *Outbox) notice(p parcel) mail.Notice {
	first := p.rows[0]
	n := mail.Notice{
		Key: first.Key, Kind: mail.Kind(first.Kind), Lang: locale.Parse(first.Language), To: first.Address, ToName: first.Recipient,
		Cycle: first.CycleName, Link: o.baseURL + "/", Zone: o.zone,
	}
	for _, r := range p.rows {
		n.Keys = append(n.Keys, r.Key)
		if r.CycleName != n.Cycle {
			n.Cycle = ""
		}
	}
	switch {
	case n.Kind == mail.KindSignIn:
		n.Link, n.ValidFor = o.baseURL+"/masuk/"+first.Token, remaining(first, p.at)
		n.Code = grouped(secret(first.Token).code())
	case n.Kind == mail.KindInvitation:
		n.Link, n.ValidFor = o.baseURL+"/masuk/"+first.Token, invitationLife
	case first.DelegatorID != nil:
		n.Link = o.baseURL + "/delegasi"
		n.Leave = &mail.Leave{
			Delegator: first.Delegator, Delegate: first.Delegate, From: *first.FromDay, Until: *first.UntilDay, OfReader: *first.DelegatorID == first.RecipientID,
		}
	case slices.Contains(mergedKinds, first.Kind):
		n.Items = o.items(p)
		n.Kind = kindOf(n.Items)
	case first.Kind == mailCorrectionFiled:
		n.Link = o.baseURL + "/koreksi"
	case first.Kind == mailCorrectionDecided:
		n.Link = o.baseURL + "/akun/koreksi"
	default:
		n.Link = o.appraisalLink(first)
		if !first.AboutSelf {
			n.Items = []mail.Item{{Subject: first.Appraisee}}
		}
	}
	return n
}

// remaining returns how long a sign-in link still works, in full minutes and at least one.
func remaining(r postgres.Outgoing, now time.Time) time.Duration {
	if r.ExpiresAt == nil {
		return time.Minute
	}
	return max(time.Minute, (r.ExpiresAt.Sub(now) + time.Minute - 1).Truncate(time.Minute))
}

// kindOf returns the section that all items share, and the digest's kind if they do not.
func kindOf(items []mail.Item) mail.Kind {
	for _, i := range items {
		if i.Section != items[0].Section {
			return mail.KindDigest
		}
	}
	return items[0].Section
}

// items lists what waits, each step or session once, under the most pressing of what there is to say of it.
func (o *Outbox) items(p parcel) []mail.Item {
	pressing := []mail.Kind{mail.KindOverdue, mail.KindDueToday, mail.KindTask, mail.KindReminder, mail.KindEscalation, mail.KindFeedback}
	var items []mail.Item
	at := map[string]int{} // by what the item leads to
	for _, r := range p.rows {
		item := o.item(r, p.at)
		i, known := at[item.Link]
		switch {
		case !known:
			at[item.Link] = len(items)
			items = append(items, item)
		case slices.Index(pressing, item.Section) < slices.Index(pressing, items[i].Section):
			items[i] = item
		}
	}
	return items
}

func (o *Outbox) item(r postgres.Outgoing, now time.Time) mail.Item {
	item := mail.Item{Section: o.section(r, now), Action: mail.Action(r.Action), Link: o.appraisalLink(r), For: r.For}
	if r.Deadline != nil {
		item.Deadline = *r.Deadline
	}
	switch {
	case r.CohortID != nil:
		item.Subject = fmt.Sprintf("%s (%s)", r.CohortUnit, locale.Parse(r.Language).Text("term.level."+string(r.CohortLevel), nil))
		item.Link = o.baseURL + "/kalibrasi/" + string(*r.CohortID)
	case item.Section == mail.KindEscalation:
		item.Subject, item.WaitingOn = r.Appraisee, r.OwnerName
	case item.Section == mail.KindFeedback:
		item.Link += "#umpan-balik"
		if !r.AboutSelf {
			item.Subject = r.Appraisee
		}
	case r.StepID != nil:
		item.Link = o.baseURL + "/tugas/" + string(*r.StepID)
		if !r.AboutSelf {
			item.Subject = r.Appraisee
		}
	}
	return item
}

// section places a notice by what is true when it is read, which may differ from when it was queued.
func (o *Outbox) section(r postgres.Outgoing, now time.Time) mail.Kind {
	switch {
	case r.Kind == mailEscalation:
		return mail.KindEscalation
	case r.Kind == mailFeedback:
		return mail.KindFeedback
	case r.Deadline == nil:
		return mail.Kind(r.Kind)
	case r.Deadline.Before(now):
		return mail.KindOverdue
	case r.Kind == mailTask:
		return mail.KindTask
	case r.Deadline.In(o.zone).Format(time.DateOnly) == now.In(o.zone).Format(time.DateOnly):
		return mail.KindDueToday
	default:
		return mail.KindReminder
	}
}

// appraisalLink leads to the appraisal that a notice is about, or else to the first page.
func (o *Outbox) appraisalLink(r postgres.Outgoing) string {
	if r.AppraisalID == nil {
		return o.baseURL + "/"
	}
	return o.baseURL + "/penilaian/" + string(*r.AppraisalID)
}
