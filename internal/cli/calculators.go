package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/evaluate"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/roster"
)

const exitInvalid exitCode = 2

func newEvaluate() *cobra.Command {
	return &cobra.Command{
		Use: "evaluate", Short: "Calculate a rating from a case on standard input", Args: cobra.NoArgs,
		Long: "Reads one JSON case from standard input and writes the predikat with its explanation.\nInvalid input: one line for each fault, exit code 2.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			policies, err := loadPolicies(os.Getenv("TELAAH_POLICY_DIR"))
			if err != nil {
				return err
			}
			return faultLines(cmd, evaluate.Run(cmd.InOrStdin(), cmd.OutOrStdout(), policies))
		},
	}
}

// faultLines writes one line for each wrong field.
func faultLines(cmd *cobra.Command, err error) error {
	var known *appraisal.Error
	if !errors.As(err, &known) {
		return err
	}
	if len(known.Fields) == 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), locale.English.Text(known.Key, known.Args))
	}
	for _, f := range known.Fields {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", f.Field, locale.English.Text(f.Key, f.Args))
	}
	return exitInvalid
}

func newSKM() *cobra.Command {
	return &cobra.Command{
		Use: "skm FILE", Short: "Calculate citizen satisfaction indices from a file of answers", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			policies, err := loadPolicies(os.Getenv("TELAAH_POLICY_DIR"))
			if err != nil {
				return err
			}
			data, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("read the answers: %w", err)
			}
			file := roster.File{Name: filepath.Base(args[0]), Data: data}
			answers, report := roster.ReadSurvey(file, roster.Known{Unchecked: true}, time.Now())
			if !report.OK() {
				for _, f := range report.Faults {
					fmt.Fprintln(cmd.ErrOrStderr(), f.Line(locale.English))
				}
				return exitInvalid
			}
			grouped := map[string][][appraisal.SatisfactionElements]int{}
			for _, a := range answers {
				grouped[a.UnitCode] = append(grouped[a.UnitCode], a.Answers)
			}
			return faultLines(cmd, evaluate.SKM(cmd.OutOrStdout(), policies.Satisfaction(), grouped))
		},
	}
}
