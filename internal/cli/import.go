package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
	"github.com/marelan/telaah/internal/roster"
	"github.com/marelan/telaah/internal/service"
)

func newImport() *cobra.Command {
	group := &cobra.Command{
		Use:   "import",
		Short: "Bring the record in line with an office's files",
		Long: `Each import reads CSV or XLSX files, names every fault as file:row:column, and changes nothing if there is one; without
faults it is one transaction. What the files no longer mention is reported and left as it is.`,
	}
	flags := &importFlags{}
	group.PersistentFlags().BoolVar(&flags.dryRun, "dry-run", false, "report what the import would do, and change nothing")
	group.PersistentFlags().StringVar(&flags.lang, "lang", string(locale.Indonesian), "language of faults and report: id or en")
	group.AddCommand(
		newImportRoster(flags),
		importCommand(flags, service.ImportStrategy, "vision, missions and unit objectives"),
		importCommand(flags, service.ImportMeasurements, "what the service counters recorded of each employee and month"),
		importCommand(flags, service.ImportSurvey, "answers of the citizen-satisfaction survey"),
		importCommand(flags, service.ImportCompetencies, "competencies, standards and assessments, in any order"),
		importCommand(flags, service.ImportTrainings, "the training catalogue"),
		importCommand(flags, service.ImportHolidays, "days on which the office does not work"),
		importCommand(flags, service.ImportLibrary, "key results that are offered by position"),
	)
	return group
}

// importFlags are those that every import has.
type importFlags struct {
	dryRun bool
	lang   string
}

func newImportRoster(flags *importFlags) *cobra.Command {
	var paths [3]string
	cmd := &cobra.Command{
		Use:     "roster",
		Short:   "Import units, employees and external officials",
		Example: "  telaah import roster --units unit-organisasi.csv --employees pegawai.csv --officials pejabat-luar.csv",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runImport(cmd, flags, service.ImportRoster, paths[:])
		},
	}
	cmd.Flags().StringVar(&paths[0], "units", "", "file of units")
	cmd.Flags().StringVar(&paths[1], "employees", "", "file of employees")
	cmd.Flags().StringVar(&paths[2], "officials", "", "file of external officials, who appraise the top")
	cmd.MarkFlagsOneRequired("units", "employees", "officials")
	return cmd
}

func importCommand(flags *importFlags, kind service.ImportKind, what string) *cobra.Command {
	return &cobra.Command{
		Use: string(kind) + " FILE...", Short: "Import " + what, Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error { return runImport(cmd, flags, kind, paths) },
	}
}

// runImport imports the files at paths; an empty path is a file that was not given.
func runImport(cmd *cobra.Command, flags *importFlags, kind service.ImportKind, paths []string) error {
	files := make([]roster.File, len(paths))
	for i, path := range paths {
		if path == "" {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files[i] = roster.File{Name: path, Data: content}
	}
	p, err := openParts(cmd.Context())
	if err != nil {
		return err
	}
	defer p.Close()
	lang := locale.Parse(flags.lang)
	report, faults, err := p.service.Import(cmd.Context(), operator, kind, files, flags.dryRun)
	var known *appraisal.Error
	if errors.As(err, &known) {
		fmt.Fprintln(cmd.ErrOrStderr(), lang.Text(known.Key, known.Args))
		return exitCode(1)
	}
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		for _, f := range faults {
			fmt.Fprintln(cmd.ErrOrStderr(), f.Line(lang))
		}
		fmt.Fprintln(cmd.ErrOrStderr(), lang.Text("import_report.refused", map[string]any{"count": len(faults)}))
		return exitCode(1)
	}
	_, err = fmt.Fprint(cmd.OutOrStdout(), report.Text(lang))
	return err
}
