package problem_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/marelan/telaah/api/problem"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/locale"
)

func TestEveryCodeHasItsStatusAlsoWhenWrapped(t *testing.T) {
	for code, want := range map[appraisal.Code]int{
		appraisal.CodeInvalid: 422, appraisal.CodeUnauthorized: 401, appraisal.CodeForbidden: 403, appraisal.CodeNotFound: 404,
		appraisal.CodeConflict: 409, appraisal.CodeWrongStage: 409, appraisal.CodeKeyReused: 422, appraisal.CodeTooMany: 429,
		appraisal.CodeUnavailable: 503, appraisal.CodeUnexpected: 500, "unheard_of": 500,
	} {
		err := fmt.Errorf("submit plan: %w", appraisal.Fault(code, "error.invalid", nil))
		if p := problem.Of(err, locale.English, "r1"); p.Status != want || p.Code != code || p.RequestID != "r1" {
			t.Errorf("%s became %+v", code, p)
		}
		if got := problem.Ours(err); got != (want >= 500) {
			t.Errorf("%s is ours: %t", code, got)
		}
	}
}

func TestAnErrorOfOursIsToldWithoutItsCause(t *testing.T) {
	for _, err := range []error{
		errors.New("password authentication failed for user telaah"),
		&appraisal.Error{Code: appraisal.CodeUnavailable, Key: "error.unavailable", Err: errors.New("dial tcp 10.1.2.3")},
	} {
		p := problem.Of(err, locale.Indonesian, "")
		if strings.Contains(p.Detail, "telaah") || strings.Contains(p.Detail, "10.1.2.3") || strings.HasPrefix(p.Detail, "error.") {
			t.Errorf("%v is told as %q", err, p.Detail)
		}
	}
}

func TestFieldsAreToldInTheReadersLanguage(t *testing.T) {
	var f appraisal.Faults
	f.Add("key_results[0].statement", "error.text_long", map[string]any{"max": 500, "length": 812})
	for lang, want := range map[locale.Lang]string{locale.Indonesian: "812 huruf", locale.English: "812 characters"} {
		p := problem.Of(f.Err(), lang, "")
		if len(p.Errors) != 1 || p.Errors[0].Field != "key_results[0].statement" || p.Errors[0].Code != "error.text_long" {
			t.Fatalf("fields are %+v", p.Errors)
		}
		if !strings.Contains(p.Errors[0].Message, want) {
			t.Errorf("in %s it reads %q", lang, p.Errors[0].Message)
		}
	}
}

func TestAnErrorCanBringAStatusOfItsOwn(t *testing.T) {
	err := fmt.Errorf("import: %w", problem.WithStatus(http.StatusRequestEntityTooLarge, appraisal.Fault(appraisal.CodeInvalid, "error.invalid", nil)))
	if p := problem.Of(err, locale.English, ""); p.Status != 413 || p.Code != appraisal.CodeInvalid {
		t.Errorf("it became %+v", p)
	}
}

// errorKey finds the keys; one that ends in a dot is completed by a word at run time.
var errorKey = regexp.MustCompile(`"(error\.[a-z0-9_]+[a-z0-9_.]*)"`)

func TestEveryErrorThatTheSourcesNameHasASentence(t *testing.T) {
	named := 0
	for _, root := range []string{"../../internal", ".."} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, found := range errorKey.FindAllStringSubmatch(string(source), -1) {
				named++
				if !hasSentence(found[1]) {
					t.Errorf("%s names %q, which has no sentence", path, found[1])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if named < 50 {
		t.Errorf("only %d keys were found: is the search broken?", named)
	}
}

func hasSentence(key string) bool {
	for known, sentence := range locale.Keys(locale.Indonesian) {
		if sentence != "" && (known == key || strings.HasSuffix(key, ".") && strings.HasPrefix(known, key)) {
			return true
		}
	}
	return false
}
