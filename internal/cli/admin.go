package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/postgres"
)

func newAdmin() *cobra.Command {
	group := &cobra.Command{Use: "admin", Short: "Give people roles"}
	var role string
	var units []string
	invite := &cobra.Command{
		Use: "invite EMAIL", Short: "Give somebody in the roster a role and print a one-time sign-in link", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openParts(cmd.Context())
			if err != nil {
				return err
			}
			defer p.Close()
			token, err := p.service.InviteAdministrator(cmd.Context(), args[0], appraisal.Role(role), units...)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), p.config.HTTP.BaseURL+"/masuk/"+token)
			return err
		},
	}
	invite.Flags().StringVar(&role, "role", string(appraisal.RoleAdministrator), "administrator, hr, committee, leadership or auditor")
	invite.Flags().StringArrayVar(&units, "unit", nil, "code of a unit that hr is limited to, with all below it; repeatable")
	group.AddCommand(invite, newUnlink())
	return group
}

func newUnlink() *cobra.Command {
	return &cobra.Command{
		Use: "unlink (EMAIL|NIP)", Short: "Forget with which accounts elsewhere somebody has signed in", Args: cobra.ExactArgs(1),
		Long: "An account that was replaced at the provider of identities is refused, because it would take over the person. " +
			"After this the next account that claims the person is remembered anew.",
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := openParts(cmd.Context())
			if err != nil {
				return err
			}
			defer p.Close()
			count, err := p.service.UnlinkAccounts(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Accounts forgotten: %d\n", count)
			return err
		},
	}
}

// announceFirstAdministrator says how an installation without the demonstration gets its first administrator.
func announceFirstAdministrator(ctx context.Context, p *parts, out io.Writer) error {
	holders, err := postgres.Holders(ctx, p.db, appraisal.RoleAdministrator)
	if err != nil || len(holders) > 0 {
		return err
	}
	_, err = fmt.Fprintln(out, "\n  Nobody runs this installation yet. Import the roster, then invite the first administrator:\n"+
		"    bin/telaah import roster --units UNITS.csv --employees EMPLOYEES.csv\n    bin/telaah admin invite EMAIL")
	return err
}
