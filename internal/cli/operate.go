package cli

import (
	"github.com/spf13/cobra"

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
		Use: "recover CODE", Short: "Start the workflows of a cycle that are gone; each finds its place", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withParts(cmd, func(p *parts) (any, error) {
				c, err := p.cycle(cmd.Context(), args[0])
				if err != nil {
					return nil, err
				}
				return p.conductor().Recover(cmd.Context(), p.service, c)
			})
		},
	}
}
