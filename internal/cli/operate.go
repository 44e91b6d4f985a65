package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func newStalled() *cobra.Command {
	return &cobra.Command{
		Use: "stalled", Short: "List the pipelines that need help, with cause and owner", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withParts(cmd, func(p *parts) (any, error) {
				list := []service.Stalled{}
				for after := ""; ; {
					page, err := p.service.Stalled(cmd.Context(), operator, after, 200)
					if err != nil {
						return nil, err
					}
					list = append(list, page.Items...)
					if after = page.Next; after == "" {
						return list, nil
					}
				}
			})
		},
	}
}

func newRecover() *cobra.Command {
	return &cobra.Command{
		Use: "recover CODE", Short: "Start the pipelines of a cycle whose workflows are gone; each finds its place", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withParts(cmd, func(p *parts) (any, error) {
				cycles, err := p.service.Cycles(cmd.Context(), operator)
				if err != nil {
					return nil, err
				}
				for _, c := range cycles {
					if c.Code == args[0] {
						return recoverCycle(cmd.Context(), p, c.ID)
					}
				}
				return nil, fmt.Errorf("no cycle has the code %q", args[0])
			})
		},
	}
}

// recovery counts what `telaah recover` found.
type recovery struct {
	Running   int `json:"running"`
	Restarted int `json:"restarted"`
}

func recoverCycle(ctx context.Context, p *parts, cycle appraisal.CycleID) (recovery, error) {
	var done recovery
	conductor := p.conductor()
	for after := appraisal.AppraisalID(""); ; {
		page, err := p.service.PipelinePage(ctx, cycle, after, 500)
		if err != nil || len(page) == 0 {
			return done, err
		}
		for _, pipeline := range page {
			running, err := isRunning(ctx, p, appraisal.PipelineID(cycle, pipeline.Employee))
			if err != nil {
				return done, err
			}
			if running {
				done.Running++
				continue
			}
			if pipeline.Run, err = p.service.NextRun(ctx, pipeline.Appraisal); err != nil {
				return done, err
			}
			if err := conductor.StartAppraisal(ctx, pipeline); err != nil {
				return done, fmt.Errorf("restart appraisal %s: %w", pipeline.Appraisal, err)
			}
			done.Restarted++
		}
		after = page[len(page)-1].Appraisal
	}
}

func isRunning(ctx context.Context, p *parts, workflow string) (bool, error) {
	d, err := p.temporal.DescribeWorkflowExecution(ctx, workflow, "")
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("describe %s: %w", workflow, err)
	}
	return d.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}
