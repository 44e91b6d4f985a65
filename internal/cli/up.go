package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/config"
	"github.com/marelan/telaah/internal/demo"
	"github.com/marelan/telaah/internal/stack"
)

func newUp(version string) *cobra.Command {
	return &cobra.Command{
		Use: "up", Short: "Start everything on this machine and keep it running", Args: cobra.NoArgs,
		Long: `Starts PostgreSQL, Temporal, a mail catcher, the API and the worker, restarts what dies, and stops all in order on Ctrl-C.
TELAAH_DATABASE_URL, TEMPORAL_ADDRESS and TELAAH_SMTP_HOST each replace a part by a server of your own.
An empty database gets the demonstration government, unless TELAAH_DEMONSTRATION=off.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load()
			if err != nil {
				return err
			}
			policies, err := loadPolicies(c.PolicyDir)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "Telaah %s, data in %s\n", version, c.Stack.Data)
			progress := stack.NewProgress(out)
			return stack.Up(cmd.Context(), stack.Options{
				Config: c, Progress: progress,
				Prepare: func(ctx context.Context, environment map[string]string) error {
					return prepare(ctx, environment, policies, progress)
				},
				Ready: func(ctx context.Context, _ map[string]string) error { return announce(ctx, out) },
			})
		},
	}
}

// prepare brings the schema up to date and fills an empty database with the demonstration.
func prepare(ctx context.Context, environment map[string]string, policies appraisal.Policies, progress *stack.Progress) error {
	for name, value := range environment {
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
	}
	c, err := config.Load()
	if err != nil {
		return err
	}
	if err := progress.Step("Schema", func() error { return migrate(ctx, c, os.Stderr) }); err != nil {
		return err
	}
	if c.Demonstration == config.Off {
		return nil
	}
	return demo.Load(ctx, demo.Options{DatabaseURL: c.Database.Owner().Reveal(), Policies: policies, Zone: c.Location(), Step: progress.Step, Say: progress.Say})
}

// announce prints where everything is and how to get in.
func announce(ctx context.Context, out io.Writer) error {
	p, err := openParts(ctx)
	if err != nil {
		return err
	}
	defer p.Close()
	state, err := stack.ReadState(p.config.Stack.Data)
	if err != nil {
		return fmt.Errorf("read the state: %w", err)
	}
	fmt.Fprintf(out, "\n  Pages         %s\n", state.Pages)
	if state.TemporalUI != "" {
		fmt.Fprintf(out, "  Temporal UI   %s\n", state.TemporalUI)
	}
	if state.Mail != "" {
		fmt.Fprintf(out, "  Caught mail   %s\n", state.Mail)
	}
	links, err := demo.Links(ctx, p.db, p.service, p.config.HTTP)
	if err != nil {
		return err
	}
	if len(links) > 0 {
		fmt.Fprintln(out, "\n  Sign in to the demonstration (these links work on this machine only):")
		for _, l := range links {
			fmt.Fprintf(out, "  %-15s %s  (%s)\n", l.Role, l.URL, l.Name)
		}
	} else if err := announceFirstAdministrator(ctx, p, out); err != nil {
		return err
	}
	fmt.Fprintln(out, "\n  Ctrl-C stops everything in order.")
	return nil
}
