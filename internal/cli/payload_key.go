package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/workflows"
)

func newPayloadKey() *cobra.Command {
	group := &cobra.Command{
		Use: "payload-key", Short: "List, rotate and destroy the keys that encrypt what Temporal keeps", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withParts(cmd, func(p *parts) (any, error) { return p.service.PayloadKeys(cmd.Context(), operator) })
		},
	}
	group.AddCommand(newPayloadKeyRotate(), newPayloadKeyDestroy())
	return group
}

func newPayloadKeyRotate() *cobra.Command {
	var code string
	var general bool
	cmd := &cobra.Command{
		Use: "rotate", Short: "Wrap every key with the first key of TELAAH_PAYLOAD_KEY; or make a new key for a cycle", Args: cobra.NoArgs,
		Long: `Without a flag every key is wrapped anew with the first key of TELAAH_PAYLOAD_KEY; after that the others can be left out.
With --cycle CODE, or --general for what belongs to no cycle, a new key is made: running processes encrypt with it within a minute,
and what was encrypted before can still be read.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withParts(cmd, func(p *parts) (any, error) {
				if code == "" && !general {
					n, err := p.service.RewrapPayloadKeys(cmd.Context(), operator, p.masters)
					return map[string]int{"rewrapped": n}, err
				}
				var cycle appraisal.CycleID
				if code != "" {
					c, err := p.cycle(cmd.Context(), code)
					if err != nil {
						return nil, err
					}
					cycle = c.ID
				}
				return p.service.RotatePayloadKey(cmd.Context(), operator, cycle, p.masters)
			})
		},
	}
	cmd.Flags().StringVar(&code, "cycle", "", "the cycle that gets a new key")
	cmd.Flags().BoolVar(&general, "general", false, "what belongs to no cycle gets a new key")
	cmd.MarkFlagsMutuallyExclusive("cycle", "general")
	return cmd
}

func newPayloadKeyDestroy() *cobra.Command {
	var code string
	cmd := &cobra.Command{
		Use: "destroy", Short: "Make what Temporal keeps of an ended cycle unreadable for ever", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withParts(cmd, func(p *parts) (any, error) {
				c, err := p.cycle(cmd.Context(), code)
				if err != nil {
					return nil, err
				}
				if err := p.unlessConducted(cmd.Context(), c.ID); err != nil {
					return nil, err
				}
				n, err := p.service.DestroyPayloadKeys(cmd.Context(), operator, c.ID)
				return map[string]int64{"destroyed": n}, err
			})
		},
	}
	cmd.Flags().StringVar(&code, "cycle", "", "the cycle whose keys are destroyed")
	if err := cmd.MarkFlagRequired("cycle"); err != nil {
		panic(err) // there is no such flag
	}
	return cmd
}

// unlessConducted refuses while a workflow of the cycle runs: the record may have ended a moment before the last of them.
func (p *parts) unlessConducted(ctx context.Context, cycle appraisal.CycleID) error {
	found, err := p.temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Query: fmt.Sprintf("%s = %q AND ExecutionStatus = 'Running'", workflows.AttrCycle.GetName(), cycle),
	})
	switch {
	case err != nil:
		return fmt.Errorf("ask Temporal whether the cycle is still conducted: %w", err)
	case found.GetCount() > 0:
		return errors.New("workflows of the cycle still run and need the keys: wait until they have ended, and see `telaah stalled`")
	}
	return nil
}
