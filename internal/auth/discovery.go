package auth

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	askTime     = 5 * time.Second // for one answer of the provider
	retryAfter  = 2 * time.Second // everybody who comes sooner gets the same refusal
	knownFor    = 12 * time.Hour  // then it is asked anew what it offers
	mostAnswer  = 1 << 20         // bytes
	oldestKnown = 30 * 24 * time.Hour
)

// discovery is what a provider says of itself.
type discovery struct {
	provider    *oidc.Provider
	style       oauth2.AuthStyle
	namesItself bool // in every answer (RFC 9207)
	at          time.Time
}

// known is what the last look-up found.
type known struct {
	mu        sync.Mutex
	discovery *discovery
	failed    error
	failedAt  time.Time
}

// discover returns what the provider offers, and asks it when that is not known or not fresh. All who wait for it wait together.
func (p *Provider) discover(ctx context.Context) (*discovery, error) {
	now := time.Now()
	p.found.mu.Lock()
	last, failed, failedAt := p.found.discovery, p.found.failed, p.found.failedAt
	p.found.mu.Unlock()
	switch {
	case last != nil && now.Sub(last.at) < knownFor:
		return last, nil
	case failed != nil && now.Sub(failedAt) < retryAfter:
		return p.stale(last, failed, now)
	}
	answer := p.looking.DoChan("", func() (any, error) { return p.look(context.WithoutCancel(ctx)) })
	select {
	case <-ctx.Done():
		return nil, p.unreachable(ctx.Err())
	case r := <-answer:
		if r.Err != nil {
			return p.stale(last, r.Err, now)
		}
		return r.Val.(*discovery), nil
	}
}

// stale goes on with what was known before where the provider does not say it anew.
func (p *Provider) stale(last *discovery, err error, now time.Time) (*discovery, error) {
	if last != nil && now.Sub(last.at) < oldestKnown {
		return last, nil
	}
	return nil, p.unreachable(err)
}

func (p *Provider) look(ctx context.Context) (*discovery, error) {
	d, err := p.ask(ctx)
	p.found.mu.Lock()
	defer p.found.mu.Unlock()
	p.found.failed, p.found.failedAt = err, time.Now()
	if err == nil {
		p.found.discovery = d
	}
	return d, err
}

func (p *Provider) ask(ctx context.Context) (*discovery, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.options.Issuer)
	if err != nil {
		return nil, fmt.Errorf("ask %s what it offers: %w", p.options.Issuer, err)
	}
	var offers struct {
		NamesItself bool     `json:"authorization_response_iss_parameter_supported"`
		Methods     []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := provider.Claims(&offers); err != nil {
		return nil, fmt.Errorf("read what %s offers: %w", p.options.Issuer, err)
	}
	d := &discovery{provider: provider, style: oauth2.AuthStyleInHeader, namesItself: offers.NamesItself, at: time.Now()}
	if len(offers.Methods) > 0 && !slices.Contains(offers.Methods, "client_secret_basic") {
		d.style = oauth2.AuthStyleInParams
	}
	return d, nil
}

// bounded reads no more of an answer than any right one has.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = limitedBody{io.LimitReader(answer.Body, mostAnswer), answer.Body}
	return answer, nil
}

type limitedBody struct {
	io.Reader
	io.Closer
}
