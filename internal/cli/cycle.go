package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func newCycle() *cobra.Command {
	group := &cobra.Command{Use: "cycle", Short: "Prepare, launch and lead a cycle"}
	group.AddCommand(
		newCycleCreate(), newCycleJoin(),
		cycleCommand("preview", "Show whom a launch would take in, and every date", func(cmd *cobra.Command, p *parts, id appraisal.CycleID, _ string) (any, error) {
			return p.service.Preview(cmd.Context(), operator, id)
		}),
		cycleCommand("launch", "Start a prepared cycle", func(cmd *cobra.Command, p *parts, id appraisal.CycleID, _ string) (any, error) {
			return p.service.Launch(cmd.Context(), operator, service.Call{}, id)
		}),
		cycleCommand("status", "Show a cycle and its funnel", func(cmd *cobra.Command, p *parts, id appraisal.CycleID, _ string) (any, error) {
			c, err := p.service.Cycle(cmd.Context(), operator, id)
			if err != nil {
				return nil, err
			}
			funnel, err := p.service.Funnel(cmd.Context(), operator, id)
			return map[string]any{"cycle": c, "funnel": funnel}, err
		}),
		cycleCommand("pause", "Stop every clock of a cycle", func(cmd *cobra.Command, p *parts, id appraisal.CycleID, reason string) (any, error) {
			return p.service.Pause(cmd.Context(), operator, service.Call{}, id, service.CycleCommand{Reason: reason})
		}),
		cycleCommand("resume", "Let a paused cycle go on", func(cmd *cobra.Command, p *parts, id appraisal.CycleID, reason string) (any, error) {
			return p.service.Resume(cmd.Context(), operator, service.Call{}, id, service.CycleCommand{Reason: reason})
		}),
		cycleCommand("cancel", "End a cycle without results", func(cmd *cobra.Command, p *parts, id appraisal.CycleID, reason string) (any, error) {
			return p.service.Cancel(cmd.Context(), operator, service.Call{}, id, service.CycleCommand{Reason: reason})
		}),
		cycleCommand("close", "Close a cycle whose appraisals have all ended", func(cmd *cobra.Command, p *parts, id appraisal.CycleID, reason string) (any, error) {
			return p.service.Close(cmd.Context(), operator, service.Call{}, id, service.CycleCommand{Reason: reason})
		}),
	)
	return group
}

func newCycleCreate() *cobra.Command {
	return &cobra.Command{
		Use: "create", Short: "Prepare a cycle from JSON on standard input", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var in service.NewCycle
			decoder := json.NewDecoder(cmd.InOrStdin())
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&in); err != nil {
				return fmt.Errorf("read the cycle: %w", err)
			}
			return withParts(cmd, func(p *parts) (any, error) { return p.service.CreateCycle(cmd.Context(), operator, service.Call{}, in) })
		},
	}
}

func newCycleJoin() *cobra.Command {
	var in service.NewMember
	var stage string
	cmd := &cobra.Command{
		Use: "join CODE", Short: "Add a person to a running cycle; adding them again changes nothing", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Stage = appraisal.Stage(stage)
			return withParts(cmd, func(p *parts) (any, error) {
				c, err := p.cycle(cmd.Context(), args[0])
				if err != nil {
					return nil, err
				}
				return p.service.Join(cmd.Context(), operator, service.Call{}, c.ID, in)
			})
		},
	}
	cmd.Flags().StringVar(&in.NIP, "nip", "", "who is added")
	cmd.Flags().StringVar(&stage, "stage", "", "where their appraisal begins; without it, where the cycle does")
	cmd.Flags().StringVar(&in.Since, "since", "", "first day of duty, YYYY-MM-DD, where the roster does not tell it")
	cmd.Flags().StringVar(&in.Reason, "reason", "", "why; kept in the trail")
	return cmd
}

// cycleCommand is a command on one cycle, named by its code.
func cycleCommand(name, short string, run func(cmd *cobra.Command, p *parts, id appraisal.CycleID, reason string) (any, error)) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: name + " CODE", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withParts(cmd, func(p *parts) (any, error) {
				c, err := p.cycle(cmd.Context(), args[0])
				if err != nil {
					return nil, err
				}
				return run(cmd, p, c.ID, reason)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why; kept in the trail")
	return cmd
}

// cycle finds a cycle by its code.
func (p *parts) cycle(ctx context.Context, code string) (service.Cycle, error) {
	cycles, err := p.service.Cycles(ctx, operator)
	if err != nil {
		return service.Cycle{}, err
	}
	for _, c := range cycles {
		if c.Code == code {
			return c, nil
		}
	}
	return service.Cycle{}, fmt.Errorf("no cycle has the code %q", code)
}

// withParts runs f on the opened parts and prints its answer as JSON.
func withParts(cmd *cobra.Command, f func(p *parts) (any, error)) error {
	p, err := openParts(cmd.Context())
	if err != nil {
		return err
	}
	defer p.Close()
	answer, err := f(p)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(cmd.OutOrStdout())
	encoder.SetIndent("", "  ")
	return encoder.Encode(answer)
}
