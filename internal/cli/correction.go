package cli

import (
	"github.com/spf13/cobra"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func newCorrection() *cobra.Command {
	group := &cobra.Command{
		Use: "correction", Short: "List and answer requests for correction that nobody in HR may answer",
		Long: `Requests for correction are HR's to answer, on the page /koreksi. Where nobody may, as with an account in no unit while all of HR
is limited to units, the installation's operator answers here; the trail names no person.`,
	}
	list := &cobra.Command{
		Use: "list", Short: "Show what waits, the one due first at the top, and what was answered last", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withParts(cmd, func(p *parts) (any, error) { return p.service.Corrections(cmd.Context(), operator) })
		},
	}
	group.AddCommand(list, newCorrectionAnswer())
	return group
}

func newCorrectionAnswer() *cobra.Command {
	var accept, refuse bool
	var words string
	answer := &cobra.Command{
		Use: "answer ID (--accept | --refuse) --answer TEXT", Short: "Say how the data was corrected, or why it is not; the person gets a mail", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withParts(cmd, func(p *parts) (any, error) {
				return p.service.DecideCorrection(cmd.Context(), operator, service.Call{}, appraisal.CorrectionID(args[0]),
					appraisal.CorrectionAnswer{Accept: accept, Answer: words})
			})
		},
	}
	answer.Flags().BoolVar(&accept, "accept", false, "it was corrected")
	answer.Flags().BoolVar(&refuse, "refuse", false, "it is not corrected")
	answer.Flags().StringVar(&words, "answer", "", "how it was corrected, or why it is not")
	answer.MarkFlagsOneRequired("accept", "refuse")
	answer.MarkFlagsMutuallyExclusive("accept", "refuse")
	_ = answer.MarkFlagRequired("answer")
	return answer
}
