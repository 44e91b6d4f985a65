package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

// Statuses of a cycle that decide which commands it takes.
const (
	cycleDraft     = "draft"
	cycleLaunching = "launching"
	cycleRunning   = "running"
	cyclePaused    = "paused"
)

// Commands as they stand in addresses.
const (
	commandLaunch = "luncurkan"
	commandPause  = "jeda"
	commandResume = "lanjutkan"
	commandCancel = "batalkan"
	commandClose  = "tutup"
)

// commandsFor lists what HR can do with a cycle of this status.
func commandsFor(status string) []string {
	switch status {
	case cycleDraft:
		return []string{commandLaunch, commandCancel}
	case cycleLaunching:
		return []string{commandCancel}
	case cycleRunning:
		return []string{commandPause, commandClose, commandCancel}
	case cyclePaused:
		return []string{commandResume, commandCancel}
	default:
		return nil
	}
}

// commandPage says what a command brings about and asks for the reason.
type commandPage struct {
	Frame
	Cycle   service.Cycle
	Command string
	Effect  string
	Blocked string // why the command cannot be given now, with the way out
	Reason  *field // a launch needs none
	Key     string
	refusal
}

// Path is the address of the command.
func (p commandPage) Path() string {
	return "/siklus/" + string(p.Cycle.ID) + "/perintah/" + p.Command
}

func (p *Pages) confirmCommand(c *gin.Context) { p.showCommand(c, url.Values{}, nil) }

func (p *Pages) showCommand(c *gin.Context, values url.Values, err error) {
	command := c.Param("command")
	cycle, readErr := p.service.Cycle(c.Request.Context(), actor(c), appraisal.CycleID(c.Param("id")))
	if readErr != nil {
		p.Fault(c, readErr)
		return
	}
	if !slices.Contains([]string{commandLaunch, commandPause, commandResume, commandCancel, commandClose}, command) {
		p.Fault(c, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil))
		return
	}
	if forbidden := appraisal.Can(actor(c), appraisal.ActionManageCycle, cycle.Subject); forbidden != nil {
		p.Fault(c, forbidden)
		return
	}
	w := p.words(c)
	page := commandPage{
		Frame: p.frame(c, "page.command."+command+".title", "name", cycle.Name), Cycle: cycle, Command: command, Key: keyAfter(values, err),
		Effect: w.text("page.command."+command+".effect", "people", strconv.Itoa(cycle.People), "open", strconv.Itoa(cycle.People-cycle.Ended)),
	}
	if open := cycle.People - cycle.Ended; command == commandClose && open > 0 {
		page.Blocked = w.text("page.command.tutup.blocked", "people", strconv.Itoa(cycle.People), "open", strconv.Itoa(open))
	}
	status := page.refuse(c, w, err, nil)
	if command != commandLaunch {
		reason := w.commentField("reason", "page.command.reason", values.Get("reason"), page.Faults)
		reason.Rows, reason.Optional = 3, !needsReason(command)
		page.Reason = &reason
	}
	p.show(c, status, "cycle_command", page)
}

func (p *Pages) runCommand(c *gin.Context) {
	values, err := postedValues(c)
	if err != nil {
		p.Fault(c, err)
		return
	}
	id := appraisal.CycleID(c.Param("id"))
	act := p.command(c.Param("command"))
	if act == nil {
		p.Fault(c, appraisal.Fault(appraisal.CodeNotFound, "error.not_found", nil))
		return
	}
	reason := trimmed(values, "reason")
	if reason == "" && needsReason(c.Param("command")) {
		var missing appraisal.Faults
		missing.Add("reason", "form.error.command_reason", nil)
		p.showCommand(c, values, missing.Err())
		return
	}
	if _, err := act(c.Request.Context(), actor(c), callOf(values), id, service.CycleCommand{Reason: reason}); err != nil {
		p.showCommand(c, values, err)
		return
	}
	p.leaveNotice(c, notice{Key: "command_" + c.Param("command"), At: p.now()})
	c.Redirect(http.StatusSeeOther, "/siklus/"+string(id))
}

// needsReason tells the commands that take something away from people.
func needsReason(command string) bool { return command == commandPause || command == commandCancel }

type cycleAct func(context.Context, appraisal.Actor, service.Call, appraisal.CycleID, service.CycleCommand) (service.Cycle, error)

func (p *Pages) command(name string) cycleAct {
	switch name {
	case commandLaunch:
		return func(ctx context.Context, a appraisal.Actor, call service.Call, id appraisal.CycleID, _ service.CycleCommand) (service.Cycle, error) {
			return p.service.Launch(ctx, a, call, id)
		}
	case commandPause:
		return p.service.Pause
	case commandResume:
		return p.service.Resume
	case commandCancel:
		return p.service.Cancel
	case commandClose:
		return p.service.Close
	default:
		return nil
	}
}
