package config

import (
	"fmt"
	"net/url"
	"strings"
)

// OIDC is a provider of OpenID Connect with which people can sign in beside the mailed link. An empty Issuer: there is none.
type OIDC struct {
	// Issuer is the provider's address exactly as its tokens name it, with or without a slash at its end.
	Issuer       string `env:"ISSUER"`
	ClientID     string `env:"CLIENT_ID"`
	ClientSecret Secret `env:"CLIENT_SECRET"`
	// Scopes are asked for beside openid.
	Scopes []string `env:"SCOPES" envDefault:"profile,email"`
	// Claim is what people are found by: "nip", or "email" if the provider has verified it.
	Claim string `env:"CLAIM" envDefault:"email"`
	// Name is how people call the provider.
	Name string `env:"NAME" envDefault:"SSO"`
}

// longestProvider is the longest name that a button on a phone has room for, in characters.
const longestProvider = 40

func (c Config) checkOIDC(add report) {
	o := c.OIDC
	if o.Issuer == "" {
		if o.ClientID != "" || o.ClientSecret != "" {
			add("TELAAH_OIDC_ISSUER", "is not set beside the client", "write the provider's address, such as https://sso.example.go.id, or unset TELAAH_OIDC_CLIENT_ID and its secret")
		}
		return
	}
	const example = "write the address that the provider's tokens name, such as https://sso.example.go.id/realms/pegawai"
	u, err := url.Parse(o.Issuer)
	switch {
	case err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		add("TELAAH_OIDC_ISSUER", fmt.Sprintf("%q is not an address", o.Issuer), example)
	case u.Scheme != "https" && !(u.Scheme == "http" && LoopbackAddress(u.Hostname()+":0")):
		add("TELAAH_OIDC_ISSUER", fmt.Sprintf("%q is not protected by https", o.Issuer), example)
	}
	if o.ClientID == "" {
		add("TELAAH_OIDC_CLIENT_ID", "is not set", "write the name under which the provider knows Telaah")
	}
	if o.ClientSecret == "" {
		add("TELAAH_OIDC_CLIENT_SECRET", "is not set", "write the secret that the provider gave to Telaah, or its file in TELAAH_OIDC_CLIENT_SECRET_FILE")
	}
	if o.Claim != "nip" && o.Claim != "email" {
		add("TELAAH_OIDC_CLAIM", fmt.Sprintf("%q is unknown", o.Claim), "use nip, or email if the provider verifies addresses")
	}
	if name := strings.TrimSpace(o.Name); name == "" || len([]rune(name)) > longestProvider {
		add("TELAAH_OIDC_NAME", fmt.Sprintf("%q is not a name for a button", o.Name), fmt.Sprintf("use 1 to %d characters, such as SSO BKN", longestProvider))
	}
	for _, scope := range o.Scopes {
		if scope == "" || strings.ContainsAny(scope, " \"\\") {
			add("TELAAH_OIDC_SCOPES", fmt.Sprintf("%q is not a scope", scope), "write them with commas, such as profile,email")
		}
	}
}
