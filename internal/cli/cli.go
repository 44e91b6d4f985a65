// Package cli is the one binary's command line. It alone knows every other package: each command reads the settings, builds
// what it needs, and runs it.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// Main runs the command that the arguments name and returns the process's exit code.
func Main(version string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot(version)
	err := guard(root)
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	if err == nil {
		return 0
	}
	var exit exitCode
	if errors.As(err, &exit) {
		return int(exit)
	}
	fmt.Fprintln(os.Stderr, sentence(err))
	return 1
}

// exitCode ends the process with a code after the command has said why.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// sentence puts an error of the domain into words; any other error speaks for itself.
func sentence(err error) string {
	var known *appraisal.Error
	if !errors.As(err, &known) {
		return "telaah: " + err.Error()
	}
	text := "telaah: " + locale.English.Text(known.Key, known.Args)
	for _, f := range known.Fields {
		text += "\n  " + f.Field + ": " + locale.English.Text(f.Key, f.Args)
	}
	return text
}

func newRoot(version string) *cobra.Command {
	root := &cobra.Command{
		Use:           "telaah",
		Short:         "Performance appraisal of a public organisation",
		Long:          "Telaah runs appraisal cycles from target setting to training plan.\nSettings come from TELAAH_* environment variables; Temporal's from TEMPORAL_*. A command line flag wins over both.",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(
		newUp(version), newAPI(), newWorker(), newCatcher(), newMigrate(), newVersion(version),
		newEvaluate(), newSKM(), newCycle(), newAdmin(), newStalled(), newRecover(), newImport(), newAudit(), newEvidence(), newRetention(), newCorrection(),
		newPayloadKey(),
	)
	return root
}

func newVersion(version string) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), version)
			return err
		},
	}
}
