package cli

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/marelan/telaah/internal/appraisal"
)

func newAdmin() *cobra.Command {
	group := &cobra.Command{Use: "admin", Short: "Give people roles, take them back, and sign people out"}
	group.AddCommand(newAdminInvite(), newAdminRevoke(), newAdminList(), newAdminSignOut(), newUnlink())
	return group
}

// onParts runs a command on the parts of the installation.
func onParts(do func(ctx context.Context, p *parts, out io.Writer, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		p, err := openParts(cmd.Context())
		if err != nil {
			return err
		}
		defer p.Close()
		return do(cmd.Context(), p, cmd.OutOrStdout(), args)
	}
}

const grantedRoles = "administrator, hr, committee, leadership or auditor"

func newAdminInvite() *cobra.Command {
	var role string
	var units []string
	invite := &cobra.Command{
		Use: "invite EMAIL", Short: "Give somebody in the roster a role and print a one-time sign-in link", Args: cobra.ExactArgs(1),
		RunE: onParts(func(ctx context.Context, p *parts, out io.Writer, args []string) error {
			token, err := p.service.InviteAdministrator(ctx, operator, args[0], appraisal.Role(role), units...)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(out, p.config.HTTP.BaseURL+"/masuk/"+token)
			return err
		}),
	}
	invite.Flags().StringVar(&role, "role", string(appraisal.RoleAdministrator), grantedRoles)
	invite.Flags().StringArrayVar(&units, "unit", nil, "code of a unit that hr is limited to, with all below it; repeatable")
	return invite
}

func newAdminRevoke() *cobra.Command {
	var role string
	revoke := &cobra.Command{
		Use: "revoke EMAIL --role ROLE", Short: "Take a role from somebody, from their next request on", Args: cobra.ExactArgs(1),
		RunE: onParts(func(ctx context.Context, p *parts, out io.Writer, args []string) error {
			if err := p.service.RevokeRole(ctx, operator, args[0], appraisal.Role(role)); err != nil {
				return err
			}
			_, err := fmt.Fprintf(out, "%s is no longer %s.\n", args[0], role)
			return err
		}),
	}
	revoke.Flags().StringVar(&role, "role", "", grantedRoles)
	_ = revoke.MarkFlagRequired("role")
	return revoke
}

func newAdminList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List everybody who was given a role", Args: cobra.NoArgs,
		RunE: onParts(func(ctx context.Context, p *parts, out io.Writer, _ []string) error {
			holders, err := p.service.RoleHolders(ctx, operator)
			if err != nil {
				return err
			}
			table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "ROLE\tUNIT\tE-MAIL\tNAME\tSINCE")
			for _, h := range holders {
				since := h.GrantedAt.In(p.config.Location()).Format(time.DateOnly)
				if h.Left {
					since += " (has left)"
				}
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", h.Role, h.Unit, h.Email, h.Name, since)
			}
			return table.Flush()
		}),
	}
}

func newAdminSignOut() *cobra.Command {
	return &cobra.Command{
		Use: "sign-out EMAIL", Short: "End all sessions, API tokens and passkeys of somebody", Args: cobra.ExactArgs(1),
		RunE: onParts(func(ctx context.Context, p *parts, out io.Writer, args []string) error {
			ended, err := p.service.SignOutPerson(ctx, operator, args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(out, "Ended %d sessions, API tokens and passkeys of %s.\n", ended, args[0])
			return err
		}),
	}
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
			count, err := p.service.UnlinkAccounts(cmd.Context(), operator, args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Accounts forgotten: %d\n", count)
			return err
		},
	}
}

// announceFirstAdministrator prints the link by which an installation that nobody runs yet gets its first administrator.
func announceFirstAdministrator(ctx context.Context, p *parts, out io.Writer) error {
	token, err := p.service.FirstAdministratorLink(ctx)
	if err != nil || token == "" {
		return err
	}
	_, err = fmt.Fprintf(out, "\n  Nobody runs this installation yet. Become its first administrator (this link works once, for 24 hours or\n"+
		"  until the next start):\n    %s/mulai/%s\n", p.config.HTTP.BaseURL, token)
	return err
}
