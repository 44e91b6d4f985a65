package config

import (
	"fmt"
	"net"
	"regexp"
	"strings"
)

// mostFile is the largest file, in MB, that the database can hold in one value beside what the server has to do with it.
const mostFile = 200

func (c Config) checkEvidence(add report) {
	if c.Evidence.MaxFile < 1 || c.Evidence.MaxFile > mostFile {
		add("TELAAH_EVIDENCE_MAX_FILE_MB", fmt.Sprintf("%d MB is not a size for one file", c.Evidence.MaxFile), fmt.Sprintf("use 1 to %d; 10 is usual", mostFile))
	} else if c.Evidence.MaxTotal < c.Evidence.MaxFile {
		add("TELAAH_EVIDENCE_MAX_TOTAL_MB", fmt.Sprintf("%d MB is less than one file may take", c.Evidence.MaxTotal), "use a multiple of TELAAH_EVIDENCE_MAX_FILE_MB")
	}
}

// Names of buckets as S3 has them, and prefixes of which no part could lead elsewhere.
var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	keyPrefix  = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$`)
)

func (c Config) checkS3(add report) {
	s := c.Evidence.S3
	checkSwitch("TELAAH_EVIDENCE_S3_TLS", s.TLS, add)
	if s.Prefix != "" && !keyPrefix.MatchString(s.Prefix) {
		add("TELAAH_EVIDENCE_S3_PREFIX", fmt.Sprintf("%q cannot stand before a key", s.Prefix), "write letters and digits, such as telaah/evidence, without a slash at either end")
	}
	if s.Endpoint == "" {
		for name, set := range map[string]bool{"BUCKET": s.Bucket != "", "ACCESS_KEY": s.AccessKey != "", "SECRET_KEY": s.SecretKey != ""} {
			if set {
				add("TELAAH_EVIDENCE_S3_"+name, "is set but TELAAH_EVIDENCE_S3_ENDPOINT is not", "name the store, such as s3.example.go.id, or unset it")
			}
		}
		return
	}
	host := s.Endpoint
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "" || strings.ContainsAny(s.Endpoint, "/@? ") || strings.Contains(host, ":") && net.ParseIP(host) == nil {
		add("TELAAH_EVIDENCE_S3_ENDPOINT", fmt.Sprintf("%q is not a host or host:port", s.Endpoint), "write it like s3.example.go.id or 10.0.0.8:9000, without https:// and path")
	} else if s.TLS == Off && !LoopbackAddress(net.JoinHostPort(host, "0")) {
		add("TELAAH_EVIDENCE_S3_TLS", "is off, which would send people's files in the clear to another machine", "use on; off is for a store on this machine only")
	}
	if !bucketName.MatchString(s.Bucket) {
		add("TELAAH_EVIDENCE_S3_BUCKET", fmt.Sprintf("%q is not the name of a bucket", s.Bucket), "write 3 to 63 small letters, digits, dots and hyphens")
	}
	if s.AccessKey == "" {
		add("TELAAH_EVIDENCE_S3_ACCESS_KEY", "is not set", "write the key of an account that may use this bucket only")
	}
	if s.SecretKey == "" {
		add("TELAAH_EVIDENCE_S3_SECRET_KEY", "is not set", "write the secret of TELAAH_EVIDENCE_S3_ACCESS_KEY, or its file in TELAAH_EVIDENCE_S3_SECRET_KEY_FILE")
	}
}
