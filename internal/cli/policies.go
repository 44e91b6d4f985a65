package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

// loadPolicies returns the built-in policies with those of the organisation's own folder, empty for none. The error has a line for
// each fault, with its file and place.
func loadPolicies(dir string) (appraisal.Policies, error) {
	if dir == "" {
		return appraisal.Embedded(), nil
	}
	if _, err := os.ReadDir(dir); err != nil {
		return appraisal.Policies{}, fmt.Errorf("TELAAH_POLICY_DIR: %w", err)
	}
	policies, err := appraisal.LoadPolicies(os.DirFS(dir))
	if err == nil {
		policies, err = appraisal.Embedded().With(policies)
	}
	var invalid *appraisal.Error
	switch {
	case errors.As(err, &invalid):
		return policies, wrongPolicies(dir, invalid.Fields)
	case err != nil:
		return policies, fmt.Errorf("TELAAH_POLICY_DIR: %w", err)
	}
	return policies, nil
}

func wrongPolicies(dir string, faults []appraisal.FieldError) error {
	lines := []string{"TELAAH_POLICY_DIR: correct these files and start again"}
	for _, f := range faults {
		lines = append(lines, filepath.Join(dir, f.Field)+": "+locale.English.Text(f.Key, f.Args))
	}
	return errors.New(strings.Join(lines, "\n  "))
}
