package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Need is something that a command cannot do without, beyond settings that are well formed.
type Need string

const (
	NeedDatabase Need = "database" // TELAAH_DATABASE_URL
	NeedMail     Need = "mail"     // TELAAH_SMTP_HOST and TELAAH_MAIL_FROM
	NeedBaseURL  Need = "base_url" // an address for the links in mails
)

// Validate checks every setting, and that those which the needs name are present. Its error is Problems.
func (c Config) Validate(needs ...Need) error {
	if ps := c.problems(needs); len(ps) > 0 {
		return ps
	}
	return nil
}

func (c Config) problems(needs []Need) Problems {
	need := map[Need]bool{}
	for _, n := range needs {
		need[n] = true
	}
	var ps Problems
	add := func(variable, fault, remedy string) { ps = append(ps, Problem{variable, fault, remedy}) }

	c.checkDatabase(need[NeedDatabase], add)
	c.checkHTTP(need[NeedBaseURL], add)
	c.checkMail(need[NeedMail], add)
	c.checkEvidence(add)
	c.checkS3(add)
	c.checkOIDC(add)
	c.checkSession(add)
	c.checkTemporal(add)
	c.checkPayload(add)
	c.checkStack(add)
	checkSwitch("TELAAH_PASSKEYS", c.Passkeys, add)
	checkSwitch("TELAAH_DEMONSTRATION", c.Demonstration, add)
	checkSwitch("TELAAH_RETENTION", c.Retention, add)
	checkLine("TELAAH_ORGANISATION", c.Organisation, add)
	checkLine("TELAAH_PRIVACY_CONTACT", c.PrivacyContact, add)
	if _, err := time.LoadLocation(c.Timezone); err != nil || c.Timezone == "" || c.Timezone == "Local" {
		add("TELAAH_TIMEZONE", fmt.Sprintf("%q is not a time zone", c.Timezone), "use Asia/Jakarta, Asia/Makassar or Asia/Jayapura")
	}
	return ps
}

var temporalDatabase = regexp.MustCompile(`^/[a-z][a-z0-9_]{0,39}_temporal$`)

type report func(variable, fault, remedy string)

func (c Config) checkDatabase(needed bool, add report) {
	const example = "write postgres://user:password@host:5432/database"
	if c.Database.URL == "" && needed {
		add("TELAAH_DATABASE_URL", "is not set", example+", or start everything with `telaah up`")
	}
	checkDatabaseURL("TELAAH_DATABASE_URL", c.Database.URL, example, add)
	checkDatabaseURL("TELAAH_DATABASE_OWNER_URL", c.Database.OwnerURL, example, add)
	const temporal, temporalExample = "TELAAH_TEMPORAL_DATABASE_URL", "write postgres://telaah_temporal:password@host:5432/telaah_temporal"
	checkDatabaseURL(temporal, c.Temporal.DatabaseURL, temporalExample, add)
	if u, err := url.Parse(c.Temporal.DatabaseURL.Reveal()); err == nil && strings.Trim(u.Path, "/") != "" && !temporalDatabase.MatchString(u.Path) {
		add(temporal, "names a database of which Temporal's two cannot be", temporalExample+", with at most 40 lower-case letters, digits and underscores before _temporal")
	}
}

func checkDatabaseURL(variable string, secret Secret, example string, add report) {
	raw := secret.Reveal()
	if raw == "" {
		return
	}
	// The URL itself is never repeated: it holds a password.
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		add(variable, "is not a URL", example+" and write special characters of the password as %XX")
	case u.Scheme != "postgres" && u.Scheme != "postgresql":
		add(variable, "does not begin with postgres://", example)
	case strings.Trim(u.Path, "/") == "":
		add(variable, "names no database", example)
	}
}

// leastRate is how many requests a minute somebody makes who goes quickly through pages.
const leastRate = 60

func (c Config) checkHTTP(baseNeeded bool, add report) {
	checkListen("TELAAH_LISTEN", c.HTTP.Listen, add)
	checkListen("TELAAH_METRICS_LISTEN", c.HTTP.MetricsListen, add)
	if c.HTTP.Listen == c.HTTP.MetricsListen && !strings.HasSuffix(c.HTTP.Listen, ":0") {
		add("TELAAH_METRICS_LISTEN", "is the same as TELAAH_LISTEN", "give metrics a port of their own")
	}
	for _, proxy := range c.HTTP.TrustedProxies {
		if _, _, err := net.ParseCIDR(proxy); err != nil && net.ParseIP(proxy) == nil {
			add("TELAAH_TRUSTED_PROXIES", fmt.Sprintf("%q is neither an address nor a network", proxy), "write them with commas, such as 10.0.0.5,10.1.0.0/16")
		}
	}
	for variable, rate := range map[string]int{"TELAAH_RATE_PERSON": c.HTTP.RatePerson, "TELAAH_RATE_NETWORK": c.HTTP.RateNetwork} {
		if rate != 0 && rate < leastRate {
			add(variable, fmt.Sprintf("%d requests a minute would shut people out", rate), fmt.Sprintf("use %d or more, or 0 for no limit", leastRate))
		}
	}
	const variable, example = "TELAAH_BASE_URL", "write the address that people type, such as https://telaah.example.go.id"
	if c.HTTP.BaseURL == "" {
		if baseNeeded {
			add(variable, "is not set while TELAAH_LISTEN is open to other machines", example)
		}
		return
	}
	u, err := url.Parse(c.HTTP.BaseURL)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		add(variable, fmt.Sprintf("%q is not an http or https address", c.HTTP.BaseURL), example)
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		add(variable, fmt.Sprintf("%q has more than scheme, host and port", c.HTTP.BaseURL), example)
	}
}

func (c Config) checkMail(needed bool, add report) {
	if c.SMTP.Host == "" && needed {
		add("TELAAH_SMTP_HOST", "is not set", "name the mail server, such as smtp.example.go.id")
	}
	if strings.ContainsAny(c.SMTP.Host, ":/ ") && net.ParseIP(c.SMTP.Host) == nil {
		add("TELAAH_SMTP_HOST", fmt.Sprintf("%q is not a host name", c.SMTP.Host), "write the name only and the port in TELAAH_SMTP_PORT")
	}
	if c.SMTP.Port < 1 || c.SMTP.Port > 65535 {
		add("TELAAH_SMTP_PORT", fmt.Sprintf("%d is not a port", c.SMTP.Port), "use 587, 465, 25 or what your mail server says")
	}
	switch c.SMTP.TLS {
	case TLSStartTLS, TLSImplicit:
	case TLSNone:
		if c.SMTP.Password != "" && !LoopbackAddress(net.JoinHostPort(c.SMTP.Host, "0")) {
			add("TELAAH_SMTP_TLS", "is none, which would send the password in the clear", "use starttls or tls")
		}
	default:
		add("TELAAH_SMTP_TLS", fmt.Sprintf("%q is unknown", c.SMTP.TLS), "use none, starttls or tls")
	}
	if (c.SMTP.User == "") != (c.SMTP.Password == "") {
		add("TELAAH_SMTP_USER", "and TELAAH_SMTP_PASSWORD belong together but only one is set", "set both or neither")
	}
	switch {
	case c.Mail.From == "" && needed:
		add("TELAAH_MAIL_FROM", "is not set", "write the sender, such as Telaah <telaah@example.go.id>")
	case c.Mail.From != "":
		if _, err := mail.ParseAddress(c.Mail.From); err != nil {
			add("TELAAH_MAIL_FROM", fmt.Sprintf("%q is not a mail address", c.Mail.From), "write it like Telaah <telaah@example.go.id>")
		}
	}
	checkSwitch("TELAAH_MAIL_DIGEST", c.Mail.Digest, add)
	if !(c.Mail.Rate > 0 && c.Mail.Rate <= 10000) {
		add("TELAAH_MAIL_RATE", fmt.Sprintf("%g mails per second cannot be kept", c.Mail.Rate), "use a number above 0 and up to 10000")
	}
}

// longestSession is how long browsers keep the cookie of a session.
const longestSession = 90 * 24 * time.Hour

func (c Config) checkSession(add report) {
	for _, s := range []struct {
		variable string
		limit    time.Duration
	}{{"TELAAH_SESSION_IDLE", c.Session.Idle}, {"TELAAH_SESSION_BRIEF_IDLE", c.Session.BriefIdle}, {"TELAAH_SESSION_LIFE", c.Session.Life}} {
		if s.limit < 5*time.Minute || s.limit > longestSession {
			add(s.variable, s.limit.String()+" is no time after which a session can end", "use 5m to 2160h, which is 90 days; 12h, 168h and 720h are usual")
		}
	}
}

func (c Config) checkTemporal(add report) {
	if c.Temporal.Retention < 24*time.Hour {
		add("TELAAH_TEMPORAL_RETENTION", c.Temporal.Retention.String()+" is shorter than a day", "use 24h or more; 2160h is 90 days")
	}
	if c.Temporal.Address != "" {
		if _, port, err := net.SplitHostPort(c.Temporal.Address); err != nil || port == "" {
			add("TEMPORAL_ADDRESS", fmt.Sprintf("%q is not host:port", c.Temporal.Address), "write it like temporal.example.go.id:7233")
		}
	}
	if c.Temporal.UIURL != "" {
		if u, err := url.Parse(c.Temporal.UIURL); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			add("TELAAH_TEMPORAL_UI_URL", fmt.Sprintf("%q is not an http or https address", c.Temporal.UIURL), "write it like https://temporal.example.go.id")
		}
	}
}

func (c Config) checkPayload(add report) {
	if _, err := c.Payload.masters(); err != nil {
		add("TELAAH_PAYLOAD_KEY", err.Error(), "make a key with `openssl rand -base64 32`; write a comma before each further one")
	}
	checkSwitch("TELAAH_PAYLOAD_CODEC", c.Payload.Codec, add)
}

func (c Config) checkStack(add report) {
	if c.Stack.Data == "" {
		add("TELAAH_DATA", "is not set and the home directory is unknown", "name a directory that outlives restarts")
	}
	if c.Stack.PostgresPort < 1 || c.Stack.PostgresPort > 65535 {
		add("TELAAH_POSTGRES_PORT", fmt.Sprintf("%d is not a port", c.Stack.PostgresPort), "use a free port such as 54329")
	}
	checkListen("TELAAH_TEMPORAL_LISTEN", c.Stack.TemporalListen, add)
	if c.Stack.TemporalUI != string(Off) {
		checkListen("TELAAH_TEMPORAL_UI", c.Stack.TemporalUI, add)
	}
	checkListen("TELAAH_CATCHER_SMTP_LISTEN", c.Stack.CatcherSMTPListen, add)
	checkListen("TELAAH_CATCHER_HTTP_LISTEN", c.Stack.CatcherHTTPListen, add)
	checkListen("TELAAH_WORKER_METRICS_LISTEN", c.Stack.WorkerMetricsListen, add)
}

func checkSwitch(variable string, s Switch, add report) {
	if s != On && s != Off {
		add(variable, fmt.Sprintf("%q is unknown", s), "use on or off")
	}
}

// longestLine is the longest text that a page shows as one line.
const longestLine = 200

func checkLine(variable, text string, add report) {
	if utf8.RuneCountInString(text) > longestLine || strings.ContainsFunc(text, unicode.IsControl) {
		add(variable, "is too long or has more than one line", fmt.Sprintf("write one line of at most %d characters", longestLine))
	}
}

func checkListen(variable, address string, add report) {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		add(variable, fmt.Sprintf("%q is not host:port", address), "write it like 127.0.0.1:8080, or :8080 for every network")
	}
}
