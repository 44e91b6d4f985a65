// Package config reads every setting of the program from TELAAH_* environment variables into one struct, checks all of
// them at once, and says for each fault which variable to change and to what. Temporal's TLS, API key and headers are
// not here: the Temporal SDK reads those itself from TEMPORAL_*.
package config

import (
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
	_ "time/tzdata" // a container without zone files still knows Asia/Jakarta
)

// Config holds every setting. The zero value is not usable; Load fills in the defaults.
type Config struct {
	Database Database `envPrefix:"TELAAH_DATABASE_"`
	HTTP     HTTP     `envPrefix:"TELAAH_"`
	SMTP     SMTP     `envPrefix:"TELAAH_SMTP_"`
	Mail     Mail     `envPrefix:"TELAAH_MAIL_"`
	Evidence Evidence `envPrefix:"TELAAH_EVIDENCE_"`
	OIDC     OIDC     `envPrefix:"TELAAH_OIDC_"`
	Audit    Audit    `envPrefix:"TELAAH_AUDIT_"`
	Session  Session  `envPrefix:"TELAAH_SESSION_"`
	Temporal Temporal
	Payload  Payload `envPrefix:"TELAAH_PAYLOAD_"`
	Stack    Stack   `envPrefix:"TELAAH_"`

	// Passkeys lets people sign in with passkeys where browsers keep them: for a name that is reached by https.
	Passkeys Switch `env:"TELAAH_PASSKEYS" envDefault:"on"`
	// Demonstration fills an empty database of `telaah up` with the demonstration government.
	Demonstration Switch `env:"TELAAH_DEMONSTRATION" envDefault:"on"`
	// Timezone is the IANA name of the office's zone, in which days begin and deadlines are written.
	Timezone string `env:"TELAAH_TIMEZONE" envDefault:"Asia/Jakarta"`
	// PolicyDir holds appraisal policies of the organisation's own beside the built-in ones, in satisfaction.json its own
	// weights and grades of citizen satisfaction, and in retention.json how long records are kept. Empty: only the built-in.
	PolicyDir string `env:"TELAAH_POLICY_DIR"`
	// Organisation is the name of whoever controls the personal data, for the purpose statement; PrivacyContact where questions about
	// them go, an address of any kind. Empty: said without a name.
	Organisation   string `env:"TELAAH_ORGANISATION"`
	PrivacyContact string `env:"TELAAH_PRIVACY_CONTACT"`
	// Retention lets the worker destroy every day what the retention schedule says. Off: nothing is destroyed without an order.
	Retention Switch `env:"TELAAH_RETENTION" envDefault:"off"`
}

// Database is the record: the API and the worker reach it by URL, best as a role that may change rows and nothing else.
type Database struct {
	// URL is a PostgreSQL connection URL. It carries a password, hence a Secret.
	URL Secret `env:"URL"`
	// OwnerURL is the same database as the role that owns the tables, for migrating; empty: URL is the owner's.
	OwnerURL Secret `env:"OWNER_URL"`
}

// Owner returns the address by which the schema is changed.
func (d Database) Owner() Secret {
	if d.OwnerURL != "" {
		return d.OwnerURL
	}
	return d.URL
}

// HTTP is where pages, JSON and metrics are served.
type HTTP struct {
	// BaseURL is the address that people type and that links in mails begin with, without a slash at its end. When
	// TELAAH_BASE_URL is unset and Listen is on this machine only, it is Listen.
	BaseURL       string `env:"BASE_URL"`
	Listen        string `env:"LISTEN" envDefault:"127.0.0.1:8080"`
	MetricsListen string `env:"METRICS_LISTEN" envDefault:"127.0.0.1:9080"`
	// TrustedProxies are the addresses or networks whose X-Forwarded-For is believed. Empty: nobody's.
	TrustedProxies []string `env:"TRUSTED_PROXIES"`
	// RatePerson and RateNetwork are how many requests a minute a process carries out for one person and for one network, which may
	// be a whole office behind one address; 0 for no limit.
	RatePerson  int `env:"RATE_PERSON" envDefault:"600"`
	RateNetwork int `env:"RATE_NETWORK" envDefault:"30000"`
}

// TLSMode says how a connection to the mail server is protected.
type TLSMode string

const (
	TLSNone     TLSMode = "none"     // in the clear; for a mail catcher or a relay on the same machine
	TLSStartTLS TLSMode = "starttls" // upgraded before anything is said; usually port 587
	TLSImplicit TLSMode = "tls"      // encrypted from the first byte; usually port 465
)

// SMTP is the mail server that takes our mails.
type SMTP struct {
	Host     string  `env:"HOST"`
	Port     int     `env:"PORT" envDefault:"587"`
	User     string  `env:"USER"`
	Password Secret  `env:"PASSWORD"`
	TLS      TLSMode `env:"TLS" envDefault:"starttls"`
}

// Switch is a setting that is "on" or "off".
type Switch string

const (
	On  Switch = "on"
	Off Switch = "off"
)

// Mail is how mails are written and paced.
type Mail struct {
	// From is the sender, "Name <address>" or a bare address.
	From string `env:"FROM"`
	// Digest gathers the reminders of one person and day into one mail.
	Digest Switch `env:"DIGEST" envDefault:"on"`
	// Rate is the most mails handed to the server per second.
	Rate float64 `env:"RATE" envDefault:"20"`
}

// Evidence bounds the files that support what people say in an appraisal, and says where they are kept.
type Evidence struct {
	// S3 is where contents are kept instead of the database.
	S3 S3 `envPrefix:"S3_"`

	// MaxFile is the size of the largest file, in MB.
	MaxFile int `env:"MAX_FILE_MB" envDefault:"10"`
	// MaxTotal is how much all files of one appraisal may take, in MB.
	MaxTotal int `env:"MAX_TOTAL_MB" envDefault:"100"`
}

// S3 is a bucket of an S3-compatible store. Without an Endpoint there is none.
type S3 struct {
	Endpoint  string `env:"ENDPOINT"` // host or host:port
	Bucket    string `env:"BUCKET"`
	Region    string `env:"REGION" envDefault:"us-east-1"`
	AccessKey Secret `env:"ACCESS_KEY"`
	SecretKey Secret `env:"SECRET_KEY"`
	// Prefix stands before every key, where several installations share a bucket.
	Prefix string `env:"PREFIX"`
	TLS    Switch `env:"TLS" envDefault:"on"`
}

// Audit is where the roots of the trail go beside the record.
type Audit struct {
	// RootFile is a file to which the worker adds a line a day; empty: none. It is worth most on another machine's disk.
	RootFile string `env:"ROOT_FILE"`
}

// Session is when sessions end by themselves.
type Session struct {
	// Idle is after how long without use.
	Idle time.Duration `env:"IDLE" envDefault:"168h"`
	// BriefIdle is the same for those who reach what is everybody's: HR, administrators and auditors.
	BriefIdle time.Duration `env:"BRIEF_IDLE" envDefault:"12h"`
	// Life is after how long in any case.
	Life time.Duration `env:"LIFE" envDefault:"720h"`
}

// Temporal is the conductor. Address is empty when the embedded server is to be used.
type Temporal struct {
	Address   string `env:"TEMPORAL_ADDRESS"`
	Namespace string `env:"TEMPORAL_NAMESPACE" envDefault:"telaah"`
	// ConfigFile and Profile are the SDK's own; that one of them is set means a Temporal server elsewhere.
	ConfigFile string `env:"TEMPORAL_CONFIG_FILE"`
	Profile    string `env:"TEMPORAL_PROFILE"`
	// UIURL is the address of Temporal's pages for links from ours, without a slash at its end; empty: no links. It is
	// set by `telaah up` for its own server.
	UIURL string `env:"TELAAH_TEMPORAL_UI_URL"`
	// DatabaseURL is where the embedded server keeps what it knows on a PostgreSQL that is not ours, by a role of its own, which no
	// other process is told. It names the first of its two databases, whose name ends in _temporal.
	DatabaseURL Secret `env:"TELAAH_TEMPORAL_DATABASE_URL"`
	// Retention is how long closed executions are kept: 2160h is 90 days.
	Retention time.Duration `env:"TELAAH_TEMPORAL_RETENTION" envDefault:"2160h"`
}

// Payload is how that which Temporal keeps of us is encrypted.
type Payload struct {
	// Key holds the master keys, each the base64 of 32 random bytes, with commas between them. The first wraps the keys that
	// encrypt; the others only unwrap, so that a master can be replaced. Without one nothing is encrypted.
	Key Secret `env:"KEY"`
	// Codec encrypts what is written from now on, where there is a key. Switched off, what was encrypted can still be read.
	Codec Switch `env:"CODEC" envDefault:"on"`
}

// Masters returns the master keys, the one that wraps first; nil when Validate would refuse them.
func (p Payload) Masters() [][]byte {
	keys, err := p.masters()
	if err != nil {
		return nil
	}
	return keys
}

func (p Payload) masters() ([][]byte, error) {
	if p.Key == "" {
		return nil, nil
	}
	var keys [][]byte
	for i, text := range strings.Split(p.Key.Reveal(), ",") {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil || len(key) != masterKeySize { // the key itself is never repeated
			return nil, fmt.Errorf("has as number %d something else than the base64 of %d bytes", i+1, masterKeySize)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// masterKeySize is that of AES-256 in bytes.
const masterKeySize = 32

// Encrypts reports whether new payloads are encrypted.
func (p Payload) Encrypts() bool { return p.Codec == On && p.Key != "" }

// External reports whether a Temporal server other than the embedded one is configured.
func (t Temporal) External() bool { return t.Address != "" || t.ConfigFile != "" || t.Profile != "" }

// Stack is what `telaah up` needs for the parts that it runs itself.
type Stack struct {
	// Data is the directory with everything that must outlive a restart.
	Data string `env:"DATA"`
	// PostgresBin is the directory with postgres and initdb; empty: looked for.
	PostgresBin  string `env:"POSTGRES_BIN"`
	PostgresPort int    `env:"POSTGRES_PORT" envDefault:"54329"`
	// TemporalBin is the path of telaah-temporal; empty: beside the running executable, then PATH.
	TemporalBin    string `env:"TEMPORAL_BIN"`
	TemporalListen string `env:"TEMPORAL_LISTEN" envDefault:"127.0.0.1:7233"`
	// TemporalUI is where Temporal's pages are served, "off" for nowhere.
	TemporalUI        string `env:"TEMPORAL_UI" envDefault:"127.0.0.1:8233"`
	CatcherSMTPListen string `env:"CATCHER_SMTP_LISTEN" envDefault:"127.0.0.1:1025"`
	CatcherHTTPListen string `env:"CATCHER_HTTP_LISTEN" envDefault:"127.0.0.1:8025"`
	// WorkerMetricsListen is what the worker gets as its TELAAH_METRICS_LISTEN beside an API that has taken that address.
	WorkerMetricsListen string `env:"WORKER_METRICS_LISTEN" envDefault:"127.0.0.1:9081"`
}

// Location is the zone that Timezone names, and UTC for a name that Validate would refuse.
func (c Config) Location() *time.Location {
	loc, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// DefaultData is where `telaah up` keeps its state when TELAAH_DATA is unset: /var/lib/telaah for root,
// ~/.local/share/telaah for anybody else, and empty when the home directory is unknown.
func DefaultData() string {
	if os.Geteuid() == 0 {
		return "/var/lib/telaah"
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".local", "share", "telaah")
}

// complete fills in the defaults that depend on other settings.
func (c *Config) complete() {
	c.HTTP.BaseURL = strings.TrimRight(c.HTTP.BaseURL, "/")
	c.Temporal.UIURL = strings.TrimRight(c.Temporal.UIURL, "/")
	if c.HTTP.BaseURL == "" && LoopbackAddress(c.HTTP.Listen) {
		c.HTTP.BaseURL = "http://" + c.HTTP.Listen
	}
	if c.Stack.Data == "" {
		c.Stack.Data = DefaultData()
	}
}

// LoopbackAddress reports whether host:port can be reached from this machine only.
func LoopbackAddress(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
