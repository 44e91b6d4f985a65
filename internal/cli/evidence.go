package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newEvidence() *cobra.Command {
	group := &cobra.Command{
		Use: "evidence", Short: "Look after the files that people attach",
		Long: `Files are kept in the database, or in the store that TELAAH_EVIDENCE_S3_ENDPOINT names. With a store, new files go there and
old ones are still read from the database until they are moved.`,
	}
	var to string
	move := &cobra.Command{
		Use: "move", Short: "Move all files to the store or to the database; can be broken off and called again", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to != "store" && to != "database" {
				return fmt.Errorf("--to %q is unknown: write --to store or --to database", to)
			}
			return withParts(cmd, func(p *parts) (any, error) {
				moved, err := p.service.MoveEvidence(cmd.Context(), to == "database")
				return map[string]int{"moved": moved}, err
			})
		},
	}
	move.Flags().StringVar(&to, "to", "", "store or database")
	var unknown bool
	sweep := &cobra.Command{
		Use: "sweep", Short: "Remove from the store what nobody uses any more, as the worker does every half minute", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withParts(cmd, func(p *parts) (any, error) {
				removed, err := p.service.SweepEvidence(cmd.Context())
				if err != nil || !unknown {
					return map[string]int{"removed": removed}, err
				}
				more, err := p.service.RemoveUnknownEvidence(cmd.Context())
				return map[string]int{"removed": removed + more}, err
			})
		},
	}
	sweep.Flags().BoolVar(&unknown, "unknown", false, "also what is older than a day and no record knows; see check")
	check := &cobra.Command{
		Use: "check", Short: "Read every file and compare it with its digest; list what is missing, altered or unknown", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withParts(cmd, func(p *parts) (any, error) {
				if p.store != nil {
					if err := p.store.Check(cmd.Context()); err != nil {
						return nil, err
					}
				}
				return p.service.CheckEvidence(cmd.Context())
			})
		},
	}
	group.AddCommand(move, sweep, check)
	return group
}
