package locale_test

import (
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/locale"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

func TestEveryLanguageHasEveryKeyWithTheSamePlaceholders(t *testing.T) {
	for _, a := range locale.Langs {
		for _, b := range locale.Langs {
			for key, sentence := range locale.Keys(a) {
				other, ok := locale.Keys(b)[key]
				if !ok {
					t.Errorf("%s lacks %q, which %s has", b, key, a)
					continue
				}
				if got, want := holes(other), holes(sentence); got != want {
					t.Errorf("%q has the placeholders %s in %s and %s in %s", key, want, a, got, b)
				}
			}
		}
	}
}

func holes(s string) string {
	found := placeholder.FindAllString(s, -1)
	sort.Strings(found)
	return strings.Join(found, " ")
}
