package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/config"
	"github.com/marelan/telaah/internal/postgres"
	"github.com/marelan/telaah/worker"
)

func newAudit() *cobra.Command {
	group := &cobra.Command{Use: "audit", Short: "Verify, seal and root the trail"}
	group.AddCommand(newAuditVerify(), newAuditSeal(), newAuditRoot())
	return group
}

// onRecord runs f on the database alone: the trail is looked after while everything else is down.
func onRecord(ctx context.Context, f func(db *pgxpool.Pool, c config.Config) error) error {
	c, err := settings()
	if err != nil {
		return err
	}
	if c.Database.URL == "" {
		return fmt.Errorf("TELAAH_DATABASE_URL is not set and no `telaah up` is running on %s: start it, or name the database", c.Stack.Data)
	}
	db, err := postgres.Open(ctx, c.Database.URL.Reveal(), 2)
	if err != nil {
		return err
	}
	defer db.Close()
	return f(db, c)
}

func newAuditVerify() *cobra.Command {
	var kept []string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "verify", Short: "Go through the whole trail and name everything in it that was changed", Args: cobra.NoArgs,
		Long: `Finds lines that were changed, taken out, put in, reordered or cut off, contents that are not those of their lines or are gone
without a certificate, and heads, seals and roots that do not follow from what they cover. With --root also a record that no longer
agrees with roots kept elsewhere. Exit code 0: nothing was found; 1: a line for each finding, with --json a JSON object.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var roots []appraisal.AuditRoot
			for _, path := range kept {
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				found, err := appraisal.ParseAuditRoots(string(text))
				if err == nil && len(found) == 0 {
					err = errors.New("holds no root; a root is a line that telaah audit root prints")
				}
				if err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
				roots = append(roots, found...)
			}
			return onRecord(cmd.Context(), func(db *pgxpool.Pool, _ config.Config) error {
				out := json.NewEncoder(cmd.OutOrStdout())
				var unwritten error
				report, err := postgres.VerifyAudit(cmd.Context(), db, roots, func(f appraisal.AuditFinding) {
					if asJSON {
						unwritten = errors.Join(unwritten, out.Encode(f))
						return
					}
					_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", f.Fault, f.Says)
					unwritten = errors.Join(unwritten, err)
				})
				if err == nil {
					err = unwritten
				}
				if err != nil {
					return fmt.Errorf("verify the trail: %w", err)
				}
				if asJSON {
					err = out.Encode(report)
				} else {
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d events: %d in %d chains, %d under %d seals, %d waiting for one; %d contents, %d destroyed under certificates; %d roots, %d of them compared with ones kept elsewhere; %d findings\n",
						report.Events, report.Chained, report.Chains, report.Sealed, report.Seals, report.Waiting, report.Contents, report.Destroyed, report.Roots, len(roots), report.Findings)
				}
				if err == nil && report.Findings > 0 {
					err = exitCode(1)
				}
				return err
			})
		},
	}
	cmd.Flags().StringArrayVar(&kept, "root", nil, "file with roots that were kept elsewhere; may be given again")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON, a line for each finding and one for the sum")
	return cmd
}

func newAuditSeal() *cobra.Command {
	return &cobra.Command{
		Use: "seal", Short: "Seal what waits for it now, as the worker does every few seconds", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onRecord(cmd.Context(), func(db *pgxpool.Pool, _ config.Config) error {
				sum := 0
				for {
					sealed, err := postgres.SealAudit(cmd.Context(), db, time.Now(), sealedAtOnce)
					if err != nil {
						return fmt.Errorf("seal the trail: %w", err)
					}
					if sum += sealed; sealed < sealedAtOnce {
						_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d events sealed\n", sum)
						return err
					}
				}
			})
		},
	}
}

// sealedAtOnce is how many events one seal covers at most.
const sealedAtOnce = 1000

func newAuditRoot() *cobra.Command {
	var now bool
	cmd := &cobra.Command{
		Use: "root", Short: "Print the latest root, to be kept elsewhere", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onRecord(cmd.Context(), func(db *pgxpool.Pool, c config.Config) error {
				last, err := postgres.LastAuditRoot(cmd.Context(), db)
				if err == nil && (now || last == nil) {
					var taken appraisal.AuditRoot
					if taken, err = postgres.TakeAuditRoot(cmd.Context(), db, time.Now()); err == nil {
						log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
						last, err = &taken, worker.KeepRoots(cmd.Context(), db, c.Audit.RootFile, log)
					}
				}
				if err != nil {
					return fmt.Errorf("root of the trail: %w", err)
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), last)
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&now, "now", false, "take a root of this moment first")
	return cmd
}
