// Package auth talks to what proves who somebody is: a provider of OpenID Connect, and the authenticators of browsers.
package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/marelan/telaah/internal/appraisal"
)

// Clocks of providers may differ from ours by so much.
const skew = 2 * time.Minute

// ProviderOptions are the settings of a provider.
type ProviderOptions struct {
	Name         string // how people call it
	Issuer       string // its address, as its tokens name it
	ClientID     string
	ClientSecret string
	Scopes       []string // openid is always asked for
	Claim        appraisal.IdentityClaim
	ReturnURL    string           // where it sends browsers back to
	Now          func() time.Time // time.Now unless set
}

// Provider is a provider of OpenID Connect, asked by the authorization code flow with PKCE. What it offers is looked up when
// somebody first wants to sign in, and again when that failed. It is safe for concurrent use.
type Provider struct {
	options ProviderOptions
	client  *http.Client
	looking singleflight.Group
	found   known
}

// NewProvider returns a provider without asking it anything.
func NewProvider(o ProviderOptions) *Provider {
	if o.Now == nil {
		o.Now = time.Now
	}
	if !slices.Contains(o.Scopes, oidc.ScopeOpenID) {
		o.Scopes = append([]string{oidc.ScopeOpenID}, o.Scopes...)
	}
	return &Provider{options: o, client: &http.Client{Timeout: askTime, Transport: bounded{http.DefaultTransport}}}
}

// Name is how people call the provider.
func (p *Provider) Name() string { return p.options.Name }

// Address returns where a browser has to go to be asked who it is. A provider that does not answer is CodeUnavailable.
func (p *Provider) Address(ctx context.Context, q appraisal.IdentityQuestion) (string, error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(q.Nonce), oauth2.S256ChallengeOption(q.Verifier)}
	if q.AnewSince != nil { // max_age makes the answer say when they were asked (OpenID Connect Core, section 3.1.2.1)
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return p.exchange(d).AuthCodeURL(q.State, options...), nil
}

// Identify checks an answer against its question and returns whom the provider vouches for. CodeUnauthorized: the answer proves
// nothing; CodeForbidden: it names nobody that we could know; CodeUnavailable: the provider does not answer.
func (p *Provider) Identify(ctx context.Context, q appraisal.IdentityQuestion, a appraisal.IdentityAnswer) (appraisal.Identity, error) {
	var none appraisal.Identity
	d, err := p.discover(ctx)
	if err != nil {
		return none, err
	}
	if a.Issuer != p.options.Issuer && (a.Issuer != "" || d.namesItself) {
		return none, p.untrusted(fmt.Errorf("the answer comes from %.200q", a.Issuer))
	}
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := p.exchange(d).Exchange(ctx, a.Code, oauth2.VerifierOption(q.Verifier))
	if err != nil {
		return none, p.unexchanged(err)
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return none, p.untrusted(errors.New("there is no ID token"))
	}
	now := p.options.Now()
	token, err := d.provider.VerifierContext(ctx, &oidc.Config{
		ClientID: p.options.ClientID, Now: func() time.Time { return now.Add(-skew) },
	}).Verify(ctx, raw)
	if err != nil {
		return none, p.untrusted(err)
	}
	if err := p.meantForUs(token, q, now); err != nil {
		return none, p.untrusted(err)
	}
	return p.identity(ctx, d, token, tokens)
}

// longestSubject is the longest id of an account (OpenID Connect Core, section 2).
const longestSubject = 255

// meantForUs checks what the library leaves to its user (OpenID Connect Core, section 3.1.3.7).
func (p *Provider) meantForUs(token *oidc.IDToken, q appraisal.IdentityQuestion, now time.Time) error {
	var party struct {
		Authorised string  `json:"azp"`
		AskedAt    float64 `json:"auth_time"` // seconds since 1970
	}
	if err := token.Claims(&party); err != nil {
		return err
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(q.Nonce)) != 1:
		return errors.New("the nonce is another's")
	case party.Authorised != p.options.ClientID && (party.Authorised != "" || len(token.Audience) > 1):
		return fmt.Errorf("the token was issued to %.200q", party.Authorised)
	case token.IssuedAt.After(now.Add(skew)):
		return fmt.Errorf("the token is from the future: %s", token.IssuedAt)
	case q.AnewSince != nil && time.Unix(int64(party.AskedAt), 0).Before(q.AnewSince.Add(-skew)):
		return fmt.Errorf("whoever is there was not asked anew: last at %s", time.Unix(int64(party.AskedAt), 0))
	case token.Subject == "" || len(token.Subject) > longestSubject:
		return errors.New("the token names no account")
	default:
		return nil
	}
}

func (p *Provider) exchange(d *discovery) *oauth2.Config {
	endpoint := d.provider.Endpoint()
	endpoint.AuthStyle = d.style // without one the library tries both, and uses up the code twice
	return &oauth2.Config{
		ClientID: p.options.ClientID, ClientSecret: p.options.ClientSecret, Endpoint: endpoint,
		RedirectURL: p.options.ReturnURL, Scopes: p.options.Scopes,
	}
}

// unexchanged tells a code that is used up or made up from a provider that does not answer, and from wrong settings of ours.
func (p *Provider) unexchanged(err error) error {
	var refused *oauth2.RetrieveError
	switch {
	case !errors.As(err, &refused):
		return p.unreachable(err)
	case refused.ErrorCode == "invalid_grant":
		return &appraisal.Error{Code: appraisal.CodeUnauthorized, Key: "federated.void", Err: fmt.Errorf("exchange the code: %w", err)}
	default:
		return &appraisal.Error{Code: appraisal.CodeUnavailable, Key: "federated.misconfigured", Args: p.named(), Err: fmt.Errorf("exchange the code: %w", err)}
	}
}

func (p *Provider) untrusted(err error) error {
	return &appraisal.Error{Code: appraisal.CodeUnauthorized, Key: "federated.untrusted", Args: p.named(), Err: err}
}

func (p *Provider) unreachable(err error) error {
	return &appraisal.Error{Code: appraisal.CodeUnavailable, Key: "federated.unreachable", Args: p.named(), Err: err}
}

func (p *Provider) named() map[string]any { return map[string]any{"name": p.options.Name} }
