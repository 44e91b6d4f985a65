package cli

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/marelan/telaah/internal/appraisal"
)

// runnable lists the commands below one.
func runnable(cmd *cobra.Command) []*cobra.Command {
	var list []*cobra.Command
	for _, c := range cmd.Commands() {
		if c.Runnable() {
			list = append(list, c)
		}
		list = append(list, runnable(c)...)
	}
	return list
}

func TestEveryCommandNamesAPermissionThatItsOperatorHas(t *testing.T) {
	root := newRoot("test")
	if err := guard(root); err != nil {
		t.Fatal(err)
	}
	named := []string{}
	for _, cmd := range runnable(root) {
		named = append(named, strings.TrimPrefix(cmd.CommandPath(), "telaah "))
		if err := cmd.PreRunE(cmd, nil); err != nil {
			t.Errorf("%s: %v", cmd.CommandPath(), err)
		}
	}
	for name := range actions {
		if !slices.Contains(named, name) {
			t.Errorf("a permission is named for %q, which is no command", name)
		}
	}
}

func TestACommandWithoutAPermissionKeepsTheBinaryFromStarting(t *testing.T) {
	root := newRoot("test")
	group := &cobra.Command{Use: "audit-more"}
	group.AddCommand(&cobra.Command{Use: "forget", RunE: func(*cobra.Command, []string) error { return nil }})
	root.AddCommand(group)
	if err := guard(root); err == nil || !strings.Contains(err.Error(), "telaah audit-more forget") {
		t.Errorf("got %v", err)
	}
}

func TestACommandThatItsOperatorMayNotDoIsNotRun(t *testing.T) {
	actions["version"] = appraisal.ActionReadTrail
	defer func() { actions["version"] = appraisal.ActionPublic }()
	root := newRoot("test")
	if err := guard(root); err != nil {
		t.Fatal(err)
	}
	root.SetArgs([]string{"version"})
	if err := root.ExecuteContext(context.Background()); appraisal.CodeOf(err) != appraisal.CodeForbidden {
		t.Errorf("got %v", err)
	}
}
