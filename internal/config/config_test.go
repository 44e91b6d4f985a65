package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAnEmptyEnvironmentGivesDefaultsThatAreValid(t *testing.T) {
	t.Parallel()
	c, err := LoadFrom(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.HTTP.Listen != "127.0.0.1:8080" || c.HTTP.BaseURL != "http://127.0.0.1:8080" {
		t.Errorf("listens on %s as %s", c.HTTP.Listen, c.HTTP.BaseURL)
	}
	if c.Temporal.Retention != 90*24*time.Hour || c.Temporal.Namespace != "telaah" || c.Temporal.External() {
		t.Errorf("Temporal is %+v", c.Temporal)
	}
	if c.Location().String() != "Asia/Jakarta" || c.Stack.Data == "" || c.Mail.Digest != On {
		t.Errorf("got %+v", c)
	}
}

func TestEachFaultNamesItsVariableAndTheRemedy(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, value string
		want        string
	}{
		{"TELAAH_DATABASE_URL", "mysql://u:p@h/db", "does not begin with postgres://; write postgres://"},
		{"TELAAH_DATABASE_URL", "postgres://u:p@h:5432", "names no database"},
		{"TELAAH_DATABASE_URL", "postgres://u:p%zz@h/db", "is not a URL"},
		{"TELAAH_DATABASE_OWNER_URL", "postgres://telaah@h:5432", "names no database"},
		{"TELAAH_TEMPORAL_DATABASE_URL", "postgres://t@h:5432/telaah", "Temporal's two cannot be; write postgres://telaah_temporal:"},
		{"TELAAH_LISTEN", "8080", "is not host:port; write it like"},
		{"TELAAH_LISTEN", "127.0.0.1:99999", "is not host:port"},
		{"TELAAH_METRICS_LISTEN", "127.0.0.1:8080", "is the same as TELAAH_LISTEN"},
		{"TELAAH_TRUSTED_PROXIES", "10.0.0.5,proxy.local", "is neither an address nor a network"},
		{"TELAAH_BASE_URL", "telaah.go.id", "is not an http or https address; write the address that people type"},
		{"TELAAH_BASE_URL", "https://telaah.go.id/app", "has more than scheme, host and port"},
		{"TELAAH_SMTP_HOST", "smtp.go.id:587", "is not a host name; write the name only"},
		{"TELAAH_SMTP_PORT", "smtp", `"smtp" is not a whole number; write digits only`},
		{"TELAAH_SMTP_PORT", "70000", "70000 is not a port"},
		{"TELAAH_SMTP_TLS", "ssl", `"ssl" is unknown; use none, starttls or tls`},
		{"TELAAH_MAIL_FROM", "telaah", "is not a mail address"},
		{"TELAAH_MAIL_DIGEST", "yes", `"yes" is unknown; use on or off`},
		{"TELAAH_MAIL_RATE", "0", "use a number above 0"},
		{"TELAAH_EVIDENCE_MAX_FILE_MB", "0", "use 1 to 200"},
		{"TELAAH_EVIDENCE_MAX_FILE_MB", "201", "use 1 to 200"},
		{"TELAAH_EVIDENCE_MAX_TOTAL_MB", "9", "use a multiple"},
		{"TELAAH_RATE_PERSON", "5", "would shut people out; use 60 or more, or 0 for no limit"},
		{"TELAAH_RATE_NETWORK", "-1", "would shut people out"},
		{"TELAAH_EVIDENCE_S3_BUCKET", "bukti", "is set but TELAAH_EVIDENCE_S3_ENDPOINT is not; name the store"},
		{"TELAAH_EVIDENCE_S3_PREFIX", "../lain", "cannot stand before a key"},
		{"TELAAH_EVIDENCE_S3_TLS", "no", `"no" is unknown; use on or off`},
		{"TELAAH_MAIL_RATE", "fast", `"fast" is not a number`},
		{"TELAAH_MAIL_RATE", "NaN", "use a number above 0"},
		{"TELAAH_SESSION_IDLE", "1m", "1m0s is no time after which a session can end; use 5m to 2160h"},
		{"TELAAH_SESSION_BRIEF_IDLE", "0s", "use 5m to 2160h"},
		{"TELAAH_SESSION_LIFE", "2161h", "use 5m to 2160h"},
		{"TELAAH_TIMEZONE", "WIB", `"WIB" is not a time zone; use Asia/Jakarta`},
		{"TELAAH_TEMPORAL_RETENTION", "90 days", "is not a duration; write hours"},
		{"TELAAH_TEMPORAL_RETENTION", "1h", "is shorter than a day"},
		{"TELAAH_TEMPORAL_UI_URL", "localhost:8233", "is not an http or https address"},
		{"TELAAH_TEMPORAL_UI", "here", "is not host:port"},
		{"TELAAH_PASSKEYS", "yes", `"yes" is unknown; use on or off`},
		{"TELAAH_PAYLOAD_KEY", "rahasia", "something else than the base64 of 32 bytes; make a key with `openssl rand -base64 32`"},
		{"TELAAH_PAYLOAD_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,AAAA", "has as number 2 something else"},
		{"TELAAH_PAYLOAD_CODEC", "true", `"true" is unknown; use on or off`},
		{"TELAAH_DEMONSTRATION", "no", `"no" is unknown; use on or off`},
		{"TELAAH_RETENTION", "daily", `"daily" is unknown; use on or off`},
		{"TELAAH_ORGANISATION", "Kota\nB", "write one line of at most 200"},
		{"TELAAH_PRIVACY_CONTACT", strings.Repeat("x", 201), "write one line of at most 200"},
		{"TEMPORAL_ADDRESS", "temporal", "is not host:port"},
		{"TELAAH_POSTGRES_PORT", "0", "0 is not a port"},
		{"TELAAH_CATCHER_SMTP_LISTEN", "x", "is not host:port"},
		{"TELAAH_OIDC_ISSUER", "sso.go.id", "is not an address; write the address that the provider's tokens name"},
		{"TELAAH_OIDC_ISSUER", "http://sso.go.id", "is not protected by https"},
		{"TELAAH_OIDC_CLAIM", "e-mail", `"e-mail" is unknown; use nip, or email`},
		{"TELAAH_OIDC_SCOPES", "profile,e mail", "is not a scope; write them with commas"},
		{"TELAAH_OIDC_NAME", strings.Repeat("S", 41), "is not a name for a button"},
	} {
		t.Run(tc.name+"="+tc.value, func(t *testing.T) {
			t.Parallel()
			environ := map[string]string{}
			if strings.HasPrefix(tc.name, "TELAAH_OIDC_") {
				environ = map[string]string{"TELAAH_OIDC_ISSUER": "https://sso.go.id", "TELAAH_OIDC_CLIENT_ID": "telaah", "TELAAH_OIDC_CLIENT_SECRET": "secret"}
			}
			environ[tc.name] = tc.value
			_, err := LoadFrom(environ)
			var ps Problems
			if !errors.As(err, &ps) || len(ps) != 1 {
				t.Fatalf("want one problem, got %v", err)
			}
			if ps[0].Variable != tc.name || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %q, want %q", err, tc.want)
			}
		})
	}
}

func TestAProviderNeedsItsClientAndAClientItsProvider(t *testing.T) {
	t.Parallel()
	for given, wanted := range map[string][]string{
		"TELAAH_OIDC_ISSUER":        {"TELAAH_OIDC_CLIENT_ID", "TELAAH_OIDC_CLIENT_SECRET"},
		"TELAAH_OIDC_CLIENT_SECRET": {"TELAAH_OIDC_ISSUER"},
	} {
		_, err := LoadFrom(map[string]string{given: "http://127.0.0.1:9000/"})
		var ps Problems
		if !errors.As(err, &ps) || len(ps) != len(wanted) {
			t.Fatalf("with %s alone: %v", given, err)
		}
		for i, p := range ps {
			if p.Variable != wanted[i] {
				t.Errorf("with %s alone %s is reported", given, p.Variable)
			}
		}
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := LoadFrom(map[string]string{
		"TELAAH_SMTP_PORT": "many", "TELAAH_SMTP_TLS": "maybe", "TELAAH_TIMEZONE": "Mars/Olympus", "TELAAH_LISTEN": "0.0.0.0:80",
	}, NeedDatabase, NeedMail, NeedBaseURL)
	var ps Problems
	if !errors.As(err, &ps) {
		t.Fatalf("got %v", err)
	}
	seen := map[string]int{}
	for _, p := range ps {
		seen[p.Variable]++
	}
	for _, name := range []string{
		"TELAAH_SMTP_PORT", "TELAAH_SMTP_TLS", "TELAAH_TIMEZONE", "TELAAH_DATABASE_URL", "TELAAH_SMTP_HOST", "TELAAH_MAIL_FROM", "TELAAH_BASE_URL",
	} {
		if seen[name] != 1 {
			t.Errorf("%s is reported %d times in:\n%v", name, seen[name], err)
		}
	}
	if len(seen) != 7 {
		t.Errorf("reported more than asked for:\n%v", err)
	}
}

func TestASecretComesFromItsFileWithoutTheLineBreak(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(path, []byte("postgres://u:p@h/telaah\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := LoadFrom(map[string]string{"TELAAH_DATABASE_URL_FILE": path}, NeedDatabase)
	if err != nil || c.Database.URL.Reveal() != "postgres://u:p@h/telaah" {
		t.Errorf("got %q, %v", c.Database.URL.Reveal(), err)
	}
}

func TestASecretFileThatCannotServeIsNamed(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		environ map[string]string
		want    string
	}{
		{map[string]string{"TELAAH_DATABASE_URL_FILE": "/no/such/file"}, "TELAAH_DATABASE_URL_FILE: cannot be read"},
		{map[string]string{"TELAAH_DATABASE_URL_FILE": empty}, "TELAAH_DATABASE_URL_FILE: names an empty file"},
		{map[string]string{"TELAAH_DATABASE_URL_FILE": empty, "TELAAH_DATABASE_URL": "postgres://h/d"}, "is set beside TELAAH_DATABASE_URL"},
	} {
		_, err := LoadFrom(tc.environ, NeedDatabase)
		var ps Problems
		if !errors.As(err, &ps) || len(ps) != 1 || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v: got %v, want the one problem %q", tc.environ, err, tc.want)
		}
	}
}

func TestTheFirstMasterKeyWrapsAndNoneIsRepeatedInAFault(t *testing.T) {
	t.Parallel()
	first, second := strings.Repeat("A", 43)+"=", strings.Repeat("B", 43)+"="
	c, err := LoadFrom(map[string]string{"TELAAH_PAYLOAD_KEY": first + ", " + second})
	if err != nil || len(c.Payload.Masters()) != 2 || c.Payload.Masters()[0][0] != 0 || !c.Payload.Encrypts() {
		t.Errorf("got %d keys, %v", len(c.Payload.Masters()), err)
	}
	if c, err = LoadFrom(map[string]string{"TELAAH_PAYLOAD_KEY": first, "TELAAH_PAYLOAD_CODEC": "off"}); err != nil || c.Payload.Encrypts() || len(c.Payload.Masters()) != 1 {
		t.Errorf("switched off it encrypts (%t) or has lost its key: %v", c.Payload.Encrypts(), err)
	}
	if c, err = LoadFrom(nil); err != nil || c.Payload.Encrypts() || c.Payload.Masters() != nil {
		t.Errorf("without a key it encrypts: %v", err)
	}
	if _, err = LoadFrom(map[string]string{"TELAAH_PAYLOAD_KEY": "rahasia," + first}); err == nil || strings.Contains(err.Error(), "rahasia") {
		t.Errorf("got %v", err)
	}
}

func TestAPasswordIsNotSentInTheClearToAnotherMachine(t *testing.T) {
	t.Parallel()
	vars := map[string]string{
		"TELAAH_SMTP_HOST": "smtp.example.go.id", "TELAAH_SMTP_TLS": "none", "TELAAH_SMTP_USER": "u", "TELAAH_SMTP_PASSWORD": "p",
	}
	if _, err := LoadFrom(vars); err == nil || !strings.Contains(err.Error(), "TELAAH_SMTP_TLS") {
		t.Errorf("got %v", err)
	}
	vars["TELAAH_SMTP_HOST"] = "127.0.0.1"
	if _, err := LoadFrom(vars); err != nil {
		t.Errorf("on this machine: %v", err)
	}
}

func TestASecretIsHiddenHoweverItIsPrinted(t *testing.T) {
	t.Parallel()
	c := Config{SMTP: SMTP{Password: "rahasia"}}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{
		fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", c), fmt.Sprintf("%q", c.SMTP.Password), string(asJSON),
		c.SMTP.Password.LogValue().String(),
	} {
		if strings.Contains(printed, "rahasia") || !strings.Contains(printed, "hidden") {
			t.Errorf("printed %s", printed)
		}
	}
}

func TestAFaultyDatabaseURLIsNotRepeatedWithItsPassword(t *testing.T) {
	t.Parallel()
	_, err := LoadFrom(map[string]string{"TELAAH_DATABASE_URL": "postgre://u:rahasia@h/d"})
	if err == nil || strings.Contains(err.Error(), "rahasia") {
		t.Errorf("got %v", err)
	}
}

func TestAStoreForEvidenceIsCheckedWhole(t *testing.T) {
	t.Parallel()
	whole := map[string]string{
		"TELAAH_EVIDENCE_S3_ENDPOINT": "s3.example.go.id", "TELAAH_EVIDENCE_S3_BUCKET": "bukti", "TELAAH_EVIDENCE_S3_ACCESS_KEY": "a", "TELAAH_EVIDENCE_S3_SECRET_KEY": "s",
	}
	for name, tc := range map[string]struct{ variable, value, want string }{
		"whole":              {},
		"on this machine":    {"TELAAH_EVIDENCE_S3_ENDPOINT", "127.0.0.1:9000", ""},
		"with its scheme":    {"TELAAH_EVIDENCE_S3_ENDPOINT", "https://s3.example.go.id", "without https://"},
		"with a path":        {"TELAAH_EVIDENCE_S3_ENDPOINT", "s3.example.go.id/bukti", "without https://"},
		"in the clear":       {"TELAAH_EVIDENCE_S3_TLS", "off", "in the clear"},
		"without a bucket":   {"TELAAH_EVIDENCE_S3_BUCKET", "", "is not the name of a bucket"},
		"with a wrong one":   {"TELAAH_EVIDENCE_S3_BUCKET", "Bukti_1", "is not the name of a bucket"},
		"without its key":    {"TELAAH_EVIDENCE_S3_ACCESS_KEY", "", "is not set"},
		"without its secret": {"TELAAH_EVIDENCE_S3_SECRET_KEY", "", "is not set"},
	} {
		vars := maps.Clone(whole)
		if tc.variable != "" {
			vars[tc.variable] = tc.value
		}
		_, err := LoadFrom(vars)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.variable+": ") || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
