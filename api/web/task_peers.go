package web

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// nominationForm picks opinion-givers.
type nominationForm struct {
	Peers []appraisal.PersonID `json:"peers"`
}

// peersDecisionForm approves the nominated opinion-givers, perhaps with other names, or returns the list.
type peersDecisionForm struct {
	Decision string               `json:"decision"`
	Peers    []appraisal.PersonID `json:"peers"`
	Comment  string               `json:"comment"`
}

type peersPage struct {
	taskPage
	Asked       int // how many are asked for by default
	Minimum     int // answers that a group needs to be shown
	Extension   bool
	Groups      []candidateGroup
	Errors      []string
	Returned    string
	Deciding    bool
	Unnominated bool // the employee let the deadline pass
	Decision    choice
	Comment     field
}

type candidateGroup struct {
	Category   appraisal.PeerCategory
	Candidates []candidate
}

type candidate struct {
	service.Nominee
	Chosen    bool
	Nominated bool // by the employee
	Errors    []string
}

// FieldID is the id of the candidate's box.
func (c candidate) FieldID() string { return "peers-" + string(c.ID) }

func (f *nominationForm) template() string { return "task_peers" }

func (f *nominationForm) begin(view service.StepForm, _ words) { f.Peers = nominated(view) }

func nominated(view service.StepForm) []appraisal.PersonID {
	var out []appraisal.PersonID
	if view.Appraisal.Peers != nil {
		for _, n := range view.Appraisal.Peers.Nominees {
			if !n.Asked {
				out = append(out, n.ID)
			}
		}
	}
	return out
}

func (f *nominationForm) parse(values url.Values) { f.Peers = peersFrom(values) }

func peersFrom(values url.Values) []appraisal.PersonID {
	var out []appraisal.PersonID
	for _, v := range values["peers"] {
		out = append(out, appraisal.PersonID(v))
	}
	return out
}

func (f *nominationForm) check(view service.StepForm, _ words) error {
	return checkPeers(view, f.Peers)
}

// checkPeers asks for names where there is anybody to name.
func checkPeers(view service.StepForm, peers []appraisal.PersonID) error {
	var faults appraisal.Faults
	switch {
	case len(peers) > 0 || len(view.Candidates) == 0:
	case view.Extension:
		faults.Add("peers", "peers.error.nobody_fresh", nil)
	default:
		faults.Add("peers", "peers.error.few", map[string]any{"min": view.Minimum})
	}
	return faults.Err()
}

func (f *nominationForm) rename(path string) string { return peerName(path, f.Peers) }

// peerName maps "peers[2]" to the box of the person who stands there.
func peerName(path string, peers []appraisal.PersonID) string {
	digits, ok := strings.CutPrefix(path, "peers[")
	if !ok {
		return path
	}
	digits, _, _ = strings.Cut(digits, "]")
	if i, err := strconv.Atoi(digits); err == nil && i >= 0 && i < len(peers) {
		return "peers-" + string(peers[i])
	}
	return "peers"
}

func (f *nominationForm) page(task taskPage, view service.StepForm, _ words) any {
	return peersPage{
		taskPage: task, Asked: view.Asked, Minimum: view.Minimum, Extension: view.Extension, Groups: candidateGroups(view, f.Peers, task.Faults),
		Errors: task.Faults.At("peers"),
	}
}

// candidateGroups lists whom one may pick, by category and then by who owes least, with those already named even where they
// are no longer offered.
func candidateGroups(view service.StepForm, chosen []appraisal.PersonID, faults faults) []candidateGroup {
	all := slices.Clone(view.Candidates)
	if view.Appraisal.Peers != nil {
		for _, n := range view.Appraisal.Peers.Nominees {
			if !n.Asked && !slices.ContainsFunc(all, func(c service.Nominee) bool { return c.ID == n.ID }) {
				all = append(all, n)
			}
		}
	}
	before := nominated(view)
	var groups []candidateGroup
	for _, category := range appraisal.PeerCategories() {
		g := candidateGroup{Category: category}
		for _, n := range all {
			if n.Category == category {
				g.Candidates = append(g.Candidates, candidate{
					Nominee: n, Chosen: slices.Contains(chosen, n.ID), Nominated: slices.Contains(before, n.ID),
					Errors: faults.At("peers-" + string(n.ID)),
				})
			}
		}
		if len(g.Candidates) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

func (f *nominationForm) summary(view service.StepForm, w words) []summaryGroup {
	return peersSummary(view, f.Peers, w)
}

func peersSummary(view service.StepForm, peers []appraisal.PersonID, w words) []summaryGroup {
	var groups []summaryGroup
	for _, g := range candidateGroups(view, peers, faults{}) {
		lines := summaryGroup{Title: w.word(g.Category)}
		for _, c := range g.Candidates {
			if c.Chosen {
				lines.Lines = append(lines.Lines, summaryLine{c.Name, c.Post})
			}
		}
		if len(lines.Lines) > 0 {
			groups = append(groups, lines)
		}
	}
	return groups
}

func (f *nominationForm) hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, _ words) (service.Receipt, error) {
	return s.NominatePeers(ctx, actor, call, step, service.Nomination{Peers: f.Peers})
}

func (f *peersDecisionForm) template() string { return "task_peers" }

func (f *peersDecisionForm) begin(view service.StepForm, _ words) { f.Peers = nominated(view) }

func (f *peersDecisionForm) parse(values url.Values) {
	f.Decision, f.Peers, f.Comment = values.Get("decision"), peersFrom(values), trimmed(values, "comment")
}

func (f *peersDecisionForm) check(view service.StepForm, _ words) error {
	if err := checkDecision(f.Decision, f.Comment); err != nil || f.Decision == decideReturn {
		return err
	}
	return checkPeers(view, f.Peers)
}

func (f *peersDecisionForm) rename(path string) string { return peerName(path, f.Peers) }

func (f *peersDecisionForm) page(task taskPage, view service.StepForm, w words) any {
	return peersPage{
		taskPage: task, Asked: view.Asked, Minimum: view.Minimum, Extension: view.Extension, Groups: candidateGroups(view, f.Peers, task.Faults),
		Errors:   task.Faults.At("peers"),
		Deciding: true, Unnominated: len(nominated(view)) == 0, Decision: w.decision(f.Decision, task.Faults, "form.peers_decision"),
		Comment: w.commentField("comment", "form.peers_decision.comment", f.Comment, task.Faults),
	}
}

func (f *peersDecisionForm) summary(view service.StepForm, w words) []summaryGroup {
	g := summaryGroup{Lines: []summaryLine{{w.text("form.peers_decision.legend"), w.text("form.peers_decision." + f.Decision)}}}
	if f.Comment != "" {
		g.Lines = append(g.Lines, summaryLine{w.text("form.peers_decision.comment"), f.Comment})
	}
	if f.Decision == decideReturn {
		return []summaryGroup{g}
	}
	return append([]summaryGroup{g}, peersSummary(view, f.Peers, w)...)
}

func (f *peersDecisionForm) hand(ctx context.Context, s Service, actor appraisal.Actor, call service.Call, step appraisal.StepID, _ words) (service.Receipt, error) {
	if err := checkDecision(f.Decision, f.Comment); err != nil {
		return service.Receipt{}, err
	}
	in := service.PeersDecision{Approve: f.Decision == decideApprove, Comment: f.Comment}
	if in.Approve {
		in.Peers = append([]appraisal.PersonID{}, f.Peers...) // nobody ticked is nobody, not those who were proposed
	}
	return s.DecidePeers(ctx, actor, call, step, in)
}
