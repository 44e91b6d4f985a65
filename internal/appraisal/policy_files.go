package appraisal

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
)

//go:embed policies/*.json
var policyFiles embed.FS

// Policies are the versions of the policies that an office can use, and its rules for citizen satisfaction.
type Policies struct {
	all          []*Policy
	files        map[*Policy]string // that each was loaded from
	satisfaction *SatisfactionRules // nil: no file with them
	retention    *RetentionSchedule // nil: no file with it
}

// satisfactionFile holds the rules for citizen satisfaction, retentionFile how long records are kept; every other file holds a policy.
const (
	satisfactionFile = "satisfaction.json"
	retentionFile    = "retention.json"
)

// Embedded returns the policies that come with the program.
func Embedded() Policies {
	files, err := fs.Sub(policyFiles, "policies")
	if err != nil {
		panic(err)
	}
	policies, err := LoadPolicies(files)
	if err != nil {
		panic(fmt.Errorf("embedded policies: %w", err))
	}
	return policies
}

// LoadPolicies reads every *.json file at the root of fsys: policies, in satisfaction.json SatisfactionRules, and in retention.json
// a RetentionSchedule. The error is an *Error with CodeInvalid that names each fault as
// file and place in it ("ours.json: scoring.bands[1].from").
func LoadPolicies(fsys fs.FS) (Policies, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return Policies{}, fmt.Errorf("list policy files: %w", err)
	}
	loaded := Policies{files: map[*Policy]string{}}
	var faults Faults
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return Policies{}, fmt.Errorf("read policy file: %w", err)
		}
		var invalid *Error
		switch err := loaded.read(name, raw); {
		case errors.As(err, &invalid):
			for _, f := range invalid.Fields {
				faults.Add(strings.TrimSuffix(name+": "+f.Field, ": "), f.Key, f.Args)
			}
		case err != nil:
			return Policies{}, fmt.Errorf("policy file %s: %w", name, err)
		}
	}
	if err := faults.Err(); err != nil {
		return Policies{}, err
	}
	loaded.sort()
	return loaded, nil
}

// read adds what one file holds.
func (p *Policies) read(name string, raw []byte) error {
	if name == satisfactionFile {
		rules, err := ParseSatisfactionRules(raw)
		p.satisfaction = rules
		return err
	}
	if name == retentionFile {
		schedule, err := ParseRetentionSchedule(raw)
		p.retention = schedule
		return err
	}
	policy, err := ParsePolicy(raw)
	if err != nil {
		return err
	}
	if p.has(policy.Ref()) {
		var faults Faults
		faults.Add("version", "policy.fault.policy_twice", map[string]any{"policy": policy.Ref()})
		return faults.Err()
	}
	p.all = append(p.all, policy)
	p.files[policy] = name
	return nil
}

// With returns both collections together. More's rules for citizen satisfaction and retention take the place of
// p's. An office's own policy needs a name or version of its own: one that exists in
// both is refused, since a running cycle may already keep it.
func (p Policies) With(more Policies) (Policies, error) {
	both := Policies{all: slices.Clone(p.all), files: map[*Policy]string{}, satisfaction: p.satisfaction, retention: p.retention}
	maps.Copy(both.files, p.files)
	maps.Copy(both.files, more.files)
	if more.satisfaction != nil {
		both.satisfaction = more.satisfaction
	}
	if more.retention != nil {
		both.retention = more.retention
	}
	var faults Faults
	for _, policy := range more.all {
		if p.has(policy.Ref()) {
			faults.Add(more.files[policy]+": version", "policy.fault.policy_twice", map[string]any{"policy": policy.Ref()})
		}
		both.all = append(both.all, policy)
	}
	if err := faults.Err(); err != nil {
		return Policies{}, err
	}
	both.sort()
	return both, nil
}

// Get returns the newest version of the policy called name, or the exact one of a reference such as "permen6-2022@1". The
// error has CodeNotFound and lists what there is.
func (p Policies) Get(name string) (*Policy, error) {
	base, version, exact := strings.Cut(name, "@")
	var found *Policy
	for _, policy := range p.all {
		if policy.Name == base && (!exact || strconv.Itoa(policy.Version) == version) {
			found = policy
		}
	}
	if found == nil {
		return nil, Fault(CodeNotFound, "policy.fault.policy_unknown", map[string]any{
			"given": name, "known": strings.Join(p.Refs(), ", "),
		})
	}
	return found, nil
}

// Satisfaction returns the rules for citizen satisfaction, those of the regulation unless the office has its own.
func (p Policies) Satisfaction() *SatisfactionRules { return p.satisfaction }

// Retention returns how long records are kept, by the defaults unless the office has its own schedule.
func (p Policies) Retention() *RetentionSchedule { return p.retention }

// All returns every policy, ordered by name and then by version.
func (p Policies) All() []*Policy { return slices.Clone(p.all) }

// Refs lists the reference of every policy, in the order of All.
func (p Policies) Refs() []string {
	refs := make([]string, len(p.all))
	for i, policy := range p.all {
		refs[i] = policy.Ref()
	}
	return refs
}

func (p Policies) has(ref string) bool { return slices.Contains(p.Refs(), ref) }

func (p Policies) sort() {
	slices.SortFunc(p.all, func(a, b *Policy) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return a.Version - b.Version
	})
}
