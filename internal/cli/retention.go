package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func newRetention() *cobra.Command {
	group := &cobra.Command{Use: "retention", Short: "Destroy what is due by the retention schedule, with certificates"}
	group.AddCommand(
		&cobra.Command{
			Use: "preview", Short: "Show what is due and what is kept, and destroy nothing", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return withParts(cmd, func(p *parts) (any, error) { return p.service.RetentionPreview(cmd.Context(), operator) })
			},
		},
		newRetentionRun(),
	)
	return group
}

func newRetentionRun() *cobra.Command {
	var kind string
	cmd := &cobra.Command{
		Use: "run", Short: "Destroy what is due, of one kind or of all, and print the certificates", Args: cobra.NoArgs,
		Long: "Destroys for good what is due by the retention schedule. A run that was broken off goes on where it was.\nOlder backups still hold what was destroyed.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withParts(cmd, func(p *parts) (any, error) {
				if kind != "" {
					return p.service.Destroy(cmd.Context(), operator, appraisal.RecordKind(kind))
				}
				done := []service.Destruction{}
				for _, k := range appraisal.RecordKinds {
					d, err := p.service.Destroy(cmd.Context(), operator, k)
					if appraisal.CodeOf(err) == appraisal.CodeWrongStage { // nothing of it is due
						continue
					}
					if err != nil {
						return done, err
					}
					done = append(done, d)
				}
				return done, nil
			})
		},
	}
	kinds := make([]string, len(appraisal.RecordKinds))
	for i, k := range appraisal.RecordKinds {
		kinds[i] = string(k)
	}
	cmd.Flags().StringVar(&kind, "kind", "", "only this one of "+strings.Join(kinds, ", "))
	return cmd
}
