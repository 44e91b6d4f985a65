package config

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/caarlos0/env/v11"
	"go.yaml.in/yaml/v3"
)

// composed is what docker-compose.yml tells each service, nil where a value is taken from the file .env if it stands there.
func composed(t *testing.T) map[string]map[string]*string {
	t.Helper()
	raw, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct{ Environment map[string]*string }
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	told := map[string]map[string]*string{}
	for name, service := range file.Services {
		told[name] = service.Environment
	}
	return told
}

func variables(t *testing.T) []string {
	t.Helper()
	fields, err := env.GetFieldParams(&Config{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, field := range fields {
		if field.Key != "" {
			names = append(names, field.Key)
		}
	}
	if len(names) < 50 {
		t.Fatalf("only %d settings", len(names))
	}
	return names
}

func TestDockerComposePassesEverySettingOn(t *testing.T) {
	t.Parallel()
	const ofUp, ofMigrate, ofTemporal = "only `telaah up` reads it", "only migrate is told", "TEMPORAL_ADDRESS names the Temporal server"
	exceptions := map[string]string{
		"TELAAH_DATABASE_OWNER_URL":    ofMigrate,
		"TELAAH_TEMPORAL_DATABASE_URL": ofMigrate,
		"TELAAH_TEMPORAL_RETENTION":    "the service temporal-namespace sets it",
		"TEMPORAL_CONFIG_FILE":         ofTemporal,
		"TEMPORAL_PROFILE":             ofTemporal,
		"TELAAH_DEMONSTRATION":         ofUp,
		"TELAAH_DATA":                  ofUp,
		"TELAAH_POSTGRES_BIN":          ofUp,
		"TELAAH_POSTGRES_PORT":         ofUp,
		"TELAAH_TEMPORAL_BIN":          ofUp,
		"TELAAH_TEMPORAL_LISTEN":       ofUp,
		"TELAAH_TEMPORAL_UI":           ofUp,
		"TELAAH_CATCHER_SMTP_LISTEN":   ofUp,
		"TELAAH_CATCHER_HTTP_LISTEN":   ofUp,
		"TELAAH_WORKER_METRICS_LISTEN": ofUp,
	}
	told, names := composed(t), variables(t)
	for _, service := range []string{"api", "worker", "migrate"} {
		for _, name := range names {
			_, passed := told[service][name]
			reason, excepted := exceptions[name]
			if want := !excepted || service == "migrate" && reason == ofMigrate; passed != want {
				t.Errorf("%s is told %s: %t, want %t", service, name, passed, want)
			}
		}
		for name := range told[service] {
			if !slices.Contains(names, name) {
				t.Errorf("%s is told %s, which is no setting", service, name)
			}
		}
	}
	for name := range exceptions {
		if !slices.Contains(names, name) {
			t.Errorf("%s is no setting any more", name)
		}
	}
}

func TestASettingThatStandsEmptyInTheFileKeepsItsDefault(t *testing.T) {
	t.Parallel()
	unset, err := LoadFrom(nil)
	if err != nil {
		t.Fatal(err)
	}
	empty := map[string]string{}
	for name, value := range composed(t)["api"] {
		if value == nil {
			empty[name] = ""
		}
	}
	if len(empty) < 20 {
		t.Fatalf("only %v is passed as it stands", slices.Sorted(maps.Keys(empty)))
	}
	got, err := LoadFrom(empty)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(unset) {
		t.Errorf("got %v, %v\nwant %v", got, err, unset)
	}
}

func TestDockerComposeTellsTemporalNothingThatOpensTheRecord(t *testing.T) {
	t.Parallel()
	owner := 0
	for service, variables := range composed(t) {
		for name, value := range variables {
			if value == nil || !strings.Contains(*value, "PASSWORD") || !strings.Contains(*value, "TELAAH_") {
				continue
			}
			if strings.Contains(*value, "TELAAH_DATABASE_PASSWORD") {
				owner++
				if service != "postgres" && service != "migrate" {
					t.Errorf("%s is told the owner's password in %s", service, name)
				}
			}
			if strings.HasPrefix(service, "temporal") && !strings.Contains(*value, "TELAAH_TEMPORAL_PASSWORD") {
				t.Errorf("%s is told %s in %s", service, *value, name)
			}
		}
	}
	if owner != 2 {
		t.Errorf("the owner's password is told %d times", owner)
	}
	for service, name := range map[string]string{"temporal": "POSTGRES_USER", "temporal-schema": "SQL_USER"} {
		if user := composed(t)[service][name]; user == nil || *user != "telaah_temporal" {
			t.Errorf("%s does not act as telaah_temporal", service)
		}
	}
}
