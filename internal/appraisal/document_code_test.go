package appraisal_test

import (
	"crypto/rand"
	"regexp"
	"strings"
	"testing"

	"github.com/marelan/telaah/internal/appraisal"
)

func randomCode(t *testing.T) appraisal.DocumentCode {
	t.Helper()
	var random [appraisal.DocumentCodeEntropy]byte
	if _, err := rand.Read(random[:]); err != nil {
		t.Fatal(err)
	}
	return appraisal.NewDocumentCode(random)
}

func TestACodeIsReadBackHoweverItIsTyped(t *testing.T) {
	form := regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$`)
	for range 200 {
		code := randomCode(t)
		if !form.MatchString(string(code)) {
			t.Fatalf("%s has another form", code)
		}
		for _, typed := range []string{
			string(code), strings.ToLower(string(code)), strings.ReplaceAll(string(code), "-", ""), " " + strings.ReplaceAll(string(code), "-", " "),
			strings.ReplaceAll(strings.ReplaceAll(string(code), "0", "O"), "1", "l"),
		} {
			if read, ok := appraisal.ParseDocumentCode(typed); !ok || read != code {
				t.Errorf("%q is read as %q, %t", typed, read, ok)
			}
		}
	}
}

func TestEveryWrongSignAndEveryExchangeIsFound(t *testing.T) {
	const signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	code := []byte(strings.ReplaceAll(string(randomCode(t)), "-", ""))
	for i := range code {
		for _, other := range []byte(signs) {
			wrong := append([]byte(nil), code...)
			if wrong[i] == other {
				continue
			}
			wrong[i] = other
			if _, ok := appraisal.ParseDocumentCode(string(wrong)); ok {
				t.Errorf("%s with %c at %d passes", code, other, i)
			}
		}
		for j := range i {
			wrong := append([]byte(nil), code...)
			wrong[i], wrong[j] = wrong[j], wrong[i]
			if _, ok := appraisal.ParseDocumentCode(string(wrong)); ok && wrong[i] != wrong[j] {
				t.Errorf("%s passes with signs %d and %d exchanged", code, i, j)
			}
		}
	}
}

func TestWhatIsNoCodeIsRefused(t *testing.T) {
	for _, typed := range []string{"", "-", "ABC", "00000-00000-00000-0000U", strings.Repeat("0", 21), strings.Repeat("0", 1000), "０００００", "'; drop table document"} {
		if code, ok := appraisal.ParseDocumentCode(typed); ok {
			t.Errorf("%q is taken for %s", typed, code)
		}
	}
}

func TestAMaskedNameShowsTheFirstLetterOfEachWordOnly(t *testing.T) {
	for name, want := range map[string]string{
		"Siti Nurhaliza": "S*** N***", "I Gusti Ngurah": "I*** G*** N***", "Đặng Thị Hồng": "Đ*** T*** H***", "": "", "  Ani ": "A***",
		"A\u030ake": "A\u030a***",
	} {
		if got := appraisal.MaskName(name); got != want {
			t.Errorf("%q is masked as %q, want %q", name, got, want)
		}
	}
}
