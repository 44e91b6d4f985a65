package mail

import (
	"strings"
	"time"

	"github.com/marelan/telaah/internal/locale"
)

// plural picks the sentence for one or for several.
func plural(lang locale.Lang, key string, count int, args map[string]any) string {
	filled := map[string]any{"count": count}
	for k, v := range args {
		filled[k] = v
	}
	if count == 1 {
		return lang.Text(key+".one", filled)
	}
	return lang.Text(key+".many", filled)
}

// own picks the sentence for the reader's own appraisal or for that of somebody else.
func own(lang locale.Lang, key, subject string) string {
	if subject == "" {
		return lang.Text(key+".own", nil)
	}
	return lang.Text(key+".other", map[string]any{"subject": subject})
}

// title returns the subject line: how much of what waits, and the earliest deadline.
func (w writer) title() string {
	switch w.Kind {
	case KindSignIn:
		return w.Lang.Text("mail.title.sign_in", map[string]any{"validity": duration(w.Lang, w.ValidFor)})
	case KindDelegated, KindDelegationRevoked:
		return w.Leave.said(w.Lang, w.key("title"))
	case KindInvitation:
		return w.Lang.Text("mail.title.invitation", nil)
	case KindCycleClosed, KindCancelled:
		return w.Lang.Text(w.key("title"), map[string]any{"cycle": w.cycle()})
	case KindEscalation:
		return w.heldTitle(w.Items)
	case KindDigest:
		return w.digestTitle()
	}
	if !w.Kind.listed() {
		return own(w.Lang, w.key("title"), w.subject())
	}
	args := map[string]any{"what": w.what(w.Items)}
	if w.Kind == KindDueToday {
		return w.Lang.Text("mail.title.due_today", args)
	}
	date := earliest(w.Items, Item.deadline)
	if date.IsZero() || w.Kind == KindFeedback {
		return w.Lang.Text("mail.title.open", args)
	}
	args["date"] = w.date(date)
	if w.Kind == KindTask {
		return w.Lang.Text("mail.title.by", args)
	}
	return w.Lang.Text(w.key("title"), args)
}

func (w writer) digestTitle() string {
	var mine, late, held, read []Item
	for _, item := range w.Items {
		switch item.Section {
		case KindEscalation:
			held = append(held, item)
			continue
		case KindFeedback:
			read = append(read, item)
			continue
		case KindOverdue:
			late = append(late, item)
		}
		mine = append(mine, item)
	}
	if len(mine) == 0 && len(held) == 0 {
		return w.Lang.Text("mail.title.open", map[string]any{"what": w.what(read)})
	}
	if len(mine) == 0 {
		return w.heldTitle(held)
	}
	args := map[string]any{"what": w.what(mine)}
	key := "mail.title.open"
	date := earliest(mine, Item.deadline)
	switch {
	case len(late) == len(mine) && !date.IsZero():
		key, args["date"] = "mail.title.overdue", w.date(date)
	case len(late) > 0:
		key, args["late"] = "mail.title.some_late", len(late)
	case !date.IsZero():
		key, args["date"] = "mail.title.by", w.date(date)
	}
	title := w.Lang.Text(key, args)
	if len(held) > 0 {
		title = w.Lang.Text("mail.title.and_held", map[string]any{"title": title, "held": len(held)})
	}
	return title
}

func (w writer) heldTitle(held []Item) string {
	since := earliest(held, Item.since)
	if since.IsZero() {
		return plural(w.Lang, "mail.title.held", len(held), nil)
	}
	return plural(w.Lang, "mail.title.held_since", len(held), map[string]any{"date": w.date(since)})
}

// what says how many steps wait, by their name if they are all of one sort.
func (w writer) what(items []Item) string {
	for _, item := range items {
		if item.Action != items[0].Action {
			return w.Lang.Text("mail.what.mixed", map[string]any{"count": len(items)})
		}
	}
	return plural(w.Lang, "mail.what."+string(items[0].Action), len(items), nil)
}

func (i Item) deadline() time.Time { return i.Deadline }

func (i Item) since() time.Time {
	if i.Since.IsZero() {
		return i.Deadline
	}
	return i.Since
}

// earliest returns the first moment among those of the items that have one, and zero if none has.
func earliest(items []Item, of func(Item) time.Time) time.Time {
	var first time.Time
	for _, item := range items {
		if t := of(item); !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// date writes the day of t in the office's zone.
func (w writer) date(t time.Time) string { return w.Lang.Date(w.local(t)) }

// moment writes t to the minute with the short name of the zone, for example "14 Januari 2027 16.00 WIB".
func (w writer) moment(t time.Time) string {
	t = w.local(t)
	zone, _ := t.Zone()
	if strings.HasPrefix(zone, "+") || strings.HasPrefix(zone, "-") {
		zone = "UTC" + t.Format("-07:00")
	}
	return w.Lang.DateTime(t) + " " + zone
}

func (w writer) local(t time.Time) time.Time {
	if w.Zone == nil {
		return t
	}
	return t.In(w.Zone)
}

// duration writes d in the largest unit that leaves no rest, rounding seconds off.
func duration(lang locale.Lang, d time.Duration) string {
	minutes := int(d / time.Minute)
	switch {
	case minutes%(24*60) == 0:
		return plural(lang, "mail.duration.days", minutes/(24*60), nil)
	case minutes%60 == 0:
		return plural(lang, "mail.duration.hours", minutes/60, nil)
	default:
		return plural(lang, "mail.duration.minutes", minutes, nil)
	}
}
