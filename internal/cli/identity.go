package cli

import (
	"errors"

	"github.com/marelan/telaah/api/web"
	"github.com/marelan/telaah/internal/appraisal"
	"github.com/marelan/telaah/internal/auth"
	"github.com/marelan/telaah/internal/config"
	"github.com/marelan/telaah/internal/service"
)

// identityProvider is where people can sign in beside the mailed link, nil if the settings name nothing.
func identityProvider(c config.Config) service.IdentityProvider {
	if c.OIDC.Issuer == "" {
		return nil
	}
	return auth.NewProvider(auth.ProviderOptions{
		Name: c.OIDC.Name, Issuer: c.OIDC.Issuer, ClientID: c.OIDC.ClientID, ClientSecret: c.OIDC.ClientSecret.Reveal(),
		Scopes: c.OIDC.Scopes, Claim: appraisal.IdentityClaim(c.OIDC.Claim), ReturnURL: c.HTTP.BaseURL + web.FederatedReturnPath,
	})
}

// authenticators of passkeys, nil where they are switched off or browsers keep none for the address that people type.
func authenticators(c config.Config) (service.Authenticators, error) {
	if c.Passkeys != config.On || c.HTTP.BaseURL == "" {
		return nil, nil
	}
	passkeys, err := auth.NewPasskeys(c.HTTP.BaseURL)
	if errors.Is(err, auth.ErrNoPasskeys) {
		return nil, nil
	}
	return passkeys, err
}
