package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Problem is one faulty setting: the variable, what is wrong with it, and what would be right.
type Problem struct {
	Variable string
	Fault    string
	Remedy   string
}

// Error reads "VARIABLE: fault; remedy".
func (p Problem) Error() string { return p.Variable + ": " + p.Fault + "; " + p.Remedy }

// Problems are all faults of one configuration, in the order of the settings.
type Problems []Problem

// Error has one problem per line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Load reads the settings from the environment and validates them for a program with the given needs. Every problem is
// in the returned Problems; the Config then holds what could be read.
func Load(needs ...Need) (Config, error) {
	return LoadFrom(environment(os.Environ()), needs...)
}

// LoadFrom is Load with the environment given as a map from variable to value.
func LoadFrom(environ map[string]string, needs ...Need) (Config, error) {
	vars, problems := withSecretFiles(environ)
	c, faults := parse(vars)
	problems = append(problems, faults...)
	c.complete()

	unreadable := map[string]bool{}
	for _, p := range problems {
		unreadable[strings.TrimSuffix(p.Variable, "_FILE")] = true
	}
	for _, p := range c.problems(needs) {
		if !unreadable[p.Variable] {
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return c, problems
	}
	return c, nil
}

func environment(pairs []string) map[string]string {
	m := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		if name, value, found := strings.Cut(pair, "="); found {
			m[name] = value
		}
	}
	return m
}

// secrets are the variables that may also be given as the path of a file, in VARIABLE_FILE.
var secrets = []string{"TELAAH_DATABASE_URL", "TELAAH_DATABASE_OWNER_URL", "TELAAH_TEMPORAL_DATABASE_URL", "TELAAH_SMTP_PASSWORD", "TELAAH_EVIDENCE_S3_ACCESS_KEY", "TELAAH_EVIDENCE_S3_SECRET_KEY",
	"TELAAH_OIDC_CLIENT_SECRET", "TELAAH_PAYLOAD_KEY"}

func withSecretFiles(environ map[string]string) (map[string]string, Problems) {
	vars := make(map[string]string, len(environ))
	for name, value := range environ {
		vars[name] = strings.TrimSpace(value)
	}
	var problems Problems
	for _, name := range secrets {
		pathVar := name + "_FILE"
		path := vars[pathVar]
		if path == "" {
			continue
		}
		if vars[name] != "" {
			problems = append(problems, Problem{pathVar, "is set beside " + name, "unset one of the two"})
			continue
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, Problem{pathVar, "cannot be read: " + err.Error(), "name a file that the program's user may read"})
			continue
		}
		if vars[name] = strings.TrimSpace(string(raw)); vars[name] == "" {
			problems = append(problems, Problem{pathVar, "names an empty file (" + path + ")", "put the secret into the file"})
		}
	}
	return vars, problems
}

// parse turns text into typed settings. A parser learns the variable's name from OnSet, which the library calls just
// before it: the library's own errors know only the name of the Go field.
func parse(vars map[string]string) (Config, Problems) {
	var c Config
	var variable string
	fault := func(value, what, remedy string) error {
		return Problem{variable, fmt.Sprintf("%q %s", value, what), remedy}
	}
	err := env.ParseWithOptions(&c, env.Options{
		Environment: vars,
		OnSet:       func(name string, _ any, _ bool) { variable = name },
		FuncMap: map[reflect.Type]env.ParserFunc{
			reflect.TypeFor[int](): func(v string) (any, error) {
				n, err := strconv.Atoi(v)
				if err != nil {
					return nil, fault(v, "is not a whole number", "write digits only")
				}
				return n, nil
			},
			reflect.TypeFor[float64](): func(v string) (any, error) {
				n, err := strconv.ParseFloat(v, 64)
				if err != nil {
					return nil, fault(v, "is not a number", "write digits with a decimal point, such as 2.5")
				}
				return n, nil
			},
			reflect.TypeFor[time.Duration](): func(v string) (any, error) {
				d, err := time.ParseDuration(v)
				if err != nil {
					return nil, fault(v, "is not a duration", "write hours, minutes and seconds such as 2160h or 1h30m")
				}
				return d, nil
			},
		},
	})
	var problems Problems
	var all env.AggregateError
	if errors.As(err, &all) {
		for _, e := range all.Errors {
			problems = append(problems, asProblem(e))
		}
	}
	return c, problems
}

func asProblem(err error) Problem {
	var p Problem
	var parseErr env.ParseError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &parseErr) && errors.As(parseErr.Err, &p):
		return p
	default:
		return Problem{"TELAAH_*", err.Error(), "correct the variable"}
	}
}
