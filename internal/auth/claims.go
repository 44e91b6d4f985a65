package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/marelan/telaah/internal/appraisal"
)

// claims are those that we know people by.
type claims struct {
	NIP      json.RawMessage `json:"nip"`
	Email    json.RawMessage `json:"email"`
	Verified json.RawMessage `json:"email_verified"`
}

// has reports whether what the setting asks for is there.
func (c claims) has(claim appraisal.IdentityClaim) bool {
	if claim == appraisal.ClaimEmail {
		return c.Email != nil && c.Verified != nil
	}
	return c.NIP != nil
}

// identity reads whom the token is about. What a provider keeps out of its tokens is asked of it.
func (p *Provider) identity(ctx context.Context, d *discovery, token *oidc.IDToken, tokens *oauth2.Token) (appraisal.Identity, error) {
	var none appraisal.Identity
	var said claims
	if err := token.Claims(&said); err != nil {
		return none, p.untrusted(err)
	}
	if !said.has(p.options.Claim) && d.provider.UserInfoEndpoint() != "" {
		info, err := d.provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		if err != nil {
			return none, p.unreachable(fmt.Errorf("ask for the claim %s: %w", p.options.Claim, err))
		}
		if info.Subject != token.Subject {
			return none, p.untrusted(errors.New("the claims are of another account"))
		}
		if err := info.Claims(&said); err != nil {
			return none, p.untrusted(err)
		}
	}
	return p.known(appraisal.Identity{Issuer: token.Issuer, Subject: token.Subject, Claim: p.options.Claim}, said)
}

// known completes an identity with the claim that people are found by.
func (p *Provider) known(who appraisal.Identity, said claims) (appraisal.Identity, error) {
	switch who.Claim {
	case appraisal.ClaimEmail:
		if verified := string(said.Verified); verified != `true` && verified != `"true"` { // some providers write it as text
			return appraisal.Identity{}, &appraisal.Error{Code: appraisal.CodeForbidden, Key: "federated.email_unverified", Args: p.named()}
		}
		who.Value = strings.ToLower(text(said.Email))
	default:
		who.Value = text(said.NIP)
	}
	if err := who.Check(); err != nil {
		return appraisal.Identity{}, err
	}
	return who, nil
}

// text returns a claim that is a text: a number of 18 digits has lost some on its way.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}
