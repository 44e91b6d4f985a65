package rest

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/service"
)

func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheDescriptionIsValidOpenAPI(t *testing.T) {
	if err := document(t).Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

var parameter = regexp.MustCompile(`:([a-z_]+)`)

func TestRoutesAndDescriptionAreTheSameWithTheSamePermissions(t *testing.T) {
	served := map[string]string{}
	for _, r := range Routes(service.New(service.Options{})) {
		served[r.Method+" "+parameter.ReplaceAllString(r.Path, "{$1}")] = string(r.Action)
	}
	described := map[string]string{}
	for path, item := range document(t).Paths.Map() {
		for method, operation := range item.Operations() {
			permission, _ := operation.Extensions["x-permission"].(string)
			described[method+" "+path] = permission
		}
	}
	for route, action := range served {
		if described[route] != action {
			t.Errorf("%s needs %q and is described with %q", route, action, described[route])
		}
	}
	for route := range described {
		if _, ok := served[route]; !ok {
			t.Errorf("%s is described and not served", route)
		}
	}
}

// schemas are the types whose fields the description lists; those that they contain follow from them.
var schemas = map[string]any{
	"LinkRequest": linkRequest{}, "AskedLink": askedLink{}, "Session": service.Session{}, "EndedCount": endedCount{}, "APIToken": service.APIToken{},
	"MadeAPIToken": service.MadeAPIToken{}, "NewAPIToken": service.NewAPIToken{}, "Somebody": somebody{}, "NewSession": newSession{}, "StartedSession": startedSession{}, "LanguageChoice": languageChoice{},
	"Myself": myself{}, "SavedDraft": savedDraft{}, "PlanSubmission": planSubmission{}, "PlanDecision": service.PlanDecision{},
	"NewSelfReview": appraisal.SelfReview{}, "Nomination": service.Nomination{}, "PeersDecision": service.PeersDecision{},
	"PeerAnswer": appraisal.PeerAnswer{}, "Review": appraisal.Review{}, "NewObjection": service.NewObjection{},
	"ObjectionAnswer": service.ObjectionAnswer{}, "ObjectionDecision": service.ObjectionDecision{},
	"DevelopmentDecision": service.DevelopmentDecision{}, "NewProgress": appraisal.Progress{}, "CycleCommand": service.CycleCommand{},
	"NewCycle": service.NewCycle{}, "UnitRating": service.UnitRating{}, "CalibrationChange": service.CalibrationChange{},
	"Lock": service.Lock{}, "ServiceByUnit": service.ServiceByUnit{}, "Receipt": service.Receipt{}, "StepForm": service.StepForm{}, "Appraisal": service.Appraisal{},
	"Cycle": service.Cycle{}, "Preview": service.Preview{}, "FunnelRow": service.FunnelRow{}, "Listed": service.Listed{},
	"Cohort": service.Cohort{}, "Template": appraisal.Template{}, "Stalled": service.Stalled{}, "Mail": service.Mail{},
	"Problem": problem.Problem{}, "ImportAnswer": importAnswer{}, "NewFeedback": appraisal.Feedback{}, "NewLink": service.NewLink{},
	"SessionOpinion": service.SessionOpinion{}, "MemberHistory": service.MemberHistory{}, "RatedUnit": service.RatedUnit{}, "CycleSpread": service.CycleSpread{},
	"NewMember": service.NewMember{}, "Candidate": service.Candidate{}, "TenureCorrection": service.TenureCorrection{},
	"NewTraining": service.NewTraining{}, "TrainingVerdict": service.TrainingVerdict{}, "History": service.History{},
	"Verification": service.Verification{}, "NewDelegation": service.NewDelegation{}, "Delegations": service.Delegations{}, "PersonalData": service.PersonalData{}, "CorrectionList": service.CorrectionList{},
	"NewCorrection": appraisal.Correction{}, "CorrectionAnswer": appraisal.CorrectionAnswer{}, "RetentionPreview": service.RetentionPreview{},
	"DestructionOrder": service.DestructionOrder{}, "Destruction": service.Destruction{},
}

func TestSchemasListExactlyTheFieldsOfTheTypes(t *testing.T) {
	doc := document(t)
	compared := map[string]bool{}
	var compare func(name string, goType reflect.Type)
	compare = func(name string, goType reflect.Type) {
		for goType.Kind() == reflect.Pointer || goType.Kind() == reflect.Slice || goType.Kind() == reflect.Map {
			goType = goType.Elem()
		}
		if goType.Kind() != reflect.Struct || goType.PkgPath() == "time" || compared[name] {
			return
		}
		compared[name] = true
		ref := doc.Components.Schemas[name]
		if ref == nil {
			t.Errorf("%s, which is %s, is not described", name, goType)
			return
		}
		want := fieldsOf(goType)
		var required []string
		for field, of := range want {
			if of.required {
				required = append(required, field)
			}
			property := ref.Value.Properties[field]
			if property == nil {
				t.Errorf("%s lacks %s", name, field)
				continue
			}
			if inner := referenced(property); inner != "" {
				compare(inner, of.goType)
			}
		}
		for field := range ref.Value.Properties {
			if _, ok := want[field]; !ok {
				t.Errorf("%s describes %s, which %s does not have", name, field, goType)
			}
		}
		slices.Sort(required)
		if got := slices.Sorted(slices.Values(ref.Value.Required)); !slices.Equal(got, required) {
			t.Errorf("%s requires %v, want %v", name, got, required)
		}
	}
	for name, value := range schemas {
		compare(name, reflect.TypeOf(value))
	}
	if len(compared) < 60 {
		t.Errorf("only %d schemas were compared", len(compared))
	}
}

type describedField struct {
	goType   reflect.Type
	required bool
}

func fieldsOf(t reflect.Type) map[string]describedField {
	found := map[string]describedField{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		found[name] = describedField{f.Type, !strings.Contains(options, "omitempty")}
	}
	return found
}

// referenced names the schema that a property, its items or its non-null alternative refers to.
func referenced(s *openapi3.SchemaRef) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	case len(s.Value.OneOf) > 0:
		return referenced(s.Value.OneOf[0])
	case s.Value.Items != nil:
		return referenced(s.Value.Items)
	default:
		return referenced(s.Value.AdditionalProperties.Schema)
	}
}

func TestListsOfWordsAreThoseOfTheDomain(t *testing.T) {
	words := constants(t, "../../internal/appraisal")
	maps.Copy(words, constants(t, "../../internal/service"))
	compared := 0
	for name, ref := range document(t).Components.Schemas {
		if len(ref.Value.Enum) == 0 || words[name] == nil {
			continue
		}
		compared++
		var got []string
		for _, v := range ref.Value.Enum {
			got = append(got, v.(string))
		}
		slices.Sort(got)
		if want := slices.Sorted(maps.Keys(words[name])); !slices.Equal(got, want) {
			t.Errorf("%s lists %v, the domain %v", name, got, want)
		}
	}
	if compared < 18 {
		t.Errorf("only %d lists were compared", compared)
	}
}

// constants collects the string constants of each type of a package.
func constants(t *testing.T, dir string) map[string]map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			named, isNamed := spec.Type.(*ast.Ident)
			literal, isLiteral := spec.Values[0].(*ast.BasicLit)
			if isNamed && isLiteral && literal.Kind == token.STRING {
				if value, err := strconv.Unquote(literal.Value); err == nil {
					if found[named.Name] == nil {
						found[named.Name] = map[string]bool{}
					}
					found[named.Name][value] = true
				}
			}
			return true
		})
	}
	return found
}

func TestMissingListsAreToldAsEmptyOnes(t *testing.T) {
	w := serve(t, handlerOf(func() service.Appraisal {
		return service.Appraisal{Peers: &service.PeerState{}, Plan: &service.Plan{KeyResults: []service.KeyResult{{}}}}
	}), "GET", "", "")
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	plan := got["plan"].(map[string]any)["key_results"].([]any)[0].(map[string]any)
	peers := got["peers"].(map[string]any)
	for name, list := range map[string]any{
		"steps": got["steps"], "ratings": got["ratings"], "indicators": plan["indicators"], "nominees": peers["nominees"],
	} {
		if items, ok := list.([]any); !ok || len(items) != 0 {
			t.Errorf("%s is %v", name, list)
		}
	}
	if got["rating"] != nil {
		t.Errorf("a rating that does not exist is told as %v", got["rating"])
	}
}
